"""Where the platform calls the back end, and what pages of the old gateway need."""

from pathlib import Path

import click
import msgspec

from banshi import mgop
from banshi.cli._account import PLATFORM, TOKEN, token_for
from banshi.cli._asking import ask
from banshi.cli._documents import APP_UPSTREAMS, REMOVE_APP_UPSTREAM, SET_APP_UPSTREAM
from banshi.cli._local import MANIFEST, made_of
from banshi.cli._publish import APP, app_of
from banshi.cli._serve import ENVIRONMENTS

HOST = "https://apps.example"


@click.command()
@click.argument("url", required=False)
@APP
@click.option("--environment", type=click.Choice(list(ENVIRONMENTS)), default="production", show_default=True)
@click.option("--signed", is_flag=True, help="Calls carry a signature by the webhook secret, too.")
@click.option("--remove", is_flag=True, help="The back end connects outward again.")
@PLATFORM
@TOKEN
def upstream(
    url: str | None, app_id: str | None, environment: str, signed: bool, remove: bool, platform: str,
    token: str | None,
) -> None:  # fmt: skip
    """Say at which https address the back end is called; without one, show what is said.

    A back end without an address connects outward (`miniapp serve`).  Example: miniapp upstream https://rent.example
    """
    named, shown = app_of(app_id), token_for(platform, token)
    where = {"appId": named, "environment": ENVIRONMENTS[environment]}
    if remove:
        ask(platform, shown, REMOVE_APP_UPSTREAM, **where)
        click.echo(f"✓ {named} connects outward in {environment}")
    elif url:
        told = ask(platform, shown, SET_APP_UPSTREAM, **where, address=url, isSigned=signed)["setAppUpstream"]
        click.echo(f"✓ {named} is called at {told['url']}/apis/… in {environment}")
    else:
        for each in ask(platform, shown, APP_UPSTREAMS, appId=named)["appUpstreams"]:
            click.echo(
                f"{each['environment'].lower():<12}{each['url']}{'  signed' if each['isSigned'] else ''}"
            )


@click.command()
@MANIFEST
@click.option("--host", default=HOST, show_default=True, help="The origin of the mini-app.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("mgopSchema.json"), show_default=True)
def schema(file: Path, host: str, out: Path) -> None:
    """Write the APIs of the manifest as mgopSchema.json, of which `mgop-generator` makes a client.

    Example: miniapp schema --host https://rent-app.apps.example
    """
    told = mgop.catalogue(made_of(file), host)
    out.write_bytes(msgspec.json.format(msgspec.json.encode(told)) + b"\n")
    click.echo(f"✓ {len(told['systems'][0]['apiList'])} APIs are in {out}")
