"""How a mini-app does, and doing things again."""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import httpx
import msgspec

from banshi.cli._account import PLATFORM, TOKEN, token_for
from banshi.cli._asking import ask
from banshi.cli._documents import MINI_APP_FIGURES
from banshi.cli._publish import APP, app_of
from banshi.serving import SqliteInbox
from banshi.simulator import NOTE

LOOK_S = 2.0


@click.command()
@APP
@click.option("-f", "--follow", is_flag=True, help="Go on, until Ctrl-C.")
@click.option("--since", type=click.IntRange(1, 1440), default=60, show_default=True, help="Minutes ago.")
@PLATFORM
@TOKEN
def logs(app_id: str | None, follow: bool, since: int, platform: str, token: str | None) -> None:
    """Show calls, errors and the problems that the platform noticed, minute by minute.

    Example: miniapp logs rent-withdrawal -f
    """
    named, shown = app_of(app_id), token_for(platform, token)
    began = datetime.now(UTC) - timedelta(minutes=since)
    seen: dict[str, str] = {}
    while True:
        told = ask(platform, shown, MINI_APP_FIGURES, appId=named, since=began.isoformat())
        for key, line in _lines(told):
            if seen.get(key) != line:
                seen[key] = line
                click.echo(line)
        if not follow:
            return
        try:
            time.sleep(LOOK_S)
        except KeyboardInterrupt:
            return


def _lines(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return a line for each minute and each problem, in the order of time."""
    found = []
    for point in told["miniAppUsagePoints"]:
        counts = point["counts"]
        took = f", p95 {counts['p95Ms']:.0f} ms" if counts["p95Ms"] is not None else ""
        words = (
            f"{counts['opens']} opens, {counts['calls']} calls, {counts['callErrors']} failed, "
            f"{counts['pageErrors']} page errors, {counts['complaints']} complaints{took}"
        )
        found.append((point["beganAt"], point["beganAt"], words))
    for edge in told["miniAppProblems"]["edges"]:
        one = edge["node"]
        about = f"{one['key']} {one['version']}: {one['found']} of {one['outOf']}, limit {one['threshold']}"
        words = f"PROBLEM {about}"
        found.append((one["lastSeenAt"], one["id"], words))
    return [(key, f"{at[:19].replace('T', ' ')}  {words}") for at, key, words in sorted(found)]


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
