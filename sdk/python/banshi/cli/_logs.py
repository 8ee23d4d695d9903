"""Calls to a mini-app line by line, and doing things again."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import httpx
import msgspec

from banshi.cli._account import PLATFORM, TOKEN, token_for
from banshi.cli._asking import ask
from banshi.cli._documents import MINI_APP_CALLS
from banshi.cli._publish import APP, app_of
from banshi.serving import SqliteInbox
from banshi.simulator import NOTE

LOOK_S = 2.0


@click.command()
@APP
@click.option("-f", "--follow", is_flag=True, help="Go on, until Ctrl-C.")
@PLATFORM
@TOKEN
def logs(app_id: str | None, follow: bool, platform: str, token: str | None) -> None:
    """Show citizens' calls to the back end, the last hundred: when, which API, what came of it, and how long.

    The last column is the request's id, which the back end was told too.
    Example: miniapp logs rent-withdrawal -f
    """
    named, shown = app_of(app_id), token_for(platform, token)
    after = None
    while True:
        told = ask(platform, shown, MINI_APP_CALLS, appId=named, after=after)["miniAppCalls"]
        for edge in told["edges"]:
            click.echo(line(edge["node"]))
        after = told["pageInfo"]["endCursor"] or after
        if told["pageInfo"]["hasNextPage"]:
            continue
        if not follow:
            return
        try:
            time.sleep(LOOK_S)
        except KeyboardInterrupt:
            return


def line(call: Mapping[str, Any]) -> str:
    """Return one call as a line of columns; the time is UTC."""
    at = call["at"][:19].replace("T", " ")
    api = call["api"] or "(no such API)"
    return f"{at}  {api:<24} {call['code']:<24} {call['ms']:>6} ms  {call['version']:<10} {call['requestId']}"


@click.command()
@click.argument("id")
@click.option("--inbox", type=click.Path(path_type=Path), default="inbox.sqlite", show_default=True)
def replay(id: str, inbox: Path) -> None:
    """Do a call or event of the simulator's log again, or work on a delivery in the inbox again.

    While `miniapp dev` runs in this folder, ID is one of its log; else it is that of a delivery that failed.
    Example: miniapp replay 3f2a9c41d7e0
    """
    try:
        url = str(msgspec.json.decode(NOTE.read_bytes())["url"])
    except OSError:
        _replay_delivery(id, inbox)
        return
    try:
        answer = httpx.post(f"{url}/do", json={"do": "replay", "value": id}, timeout=30, trust_env=False)
    except httpx.HTTPError:
        raise click.ClickException(f"{NOTE} tells of a simulator that does not answer; remove it") from None
    told = answer.json()
    if answer.status_code != 200:
        raise click.ClickException(told["errors"][0]["message"])
    click.echo(f"{told['title']}: {told['status']}\n{told['answer']}")


def _replay_delivery(id: str, inbox: Path) -> None:
    if not inbox.exists():
        raise click.ClickException(f"no simulator runs here, and there is no {inbox}")
    kept = SqliteInbox(inbox)
    try:
        is_due = asyncio.run(kept.again(id))
    finally:
        kept.close()
    if not is_due:
        raise click.ClickException(f"{inbox} has no delivery {id} that is still to be worked on")
    click.echo(f"✓ {id} is due now: the back end works on it when it runs")
