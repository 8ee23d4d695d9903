"""The commands that speak with a platform."""

import asyncio
from pathlib import Path
from typing import Any

import click

from banshi import manifest
from banshi.cli._local import text_of
from banshi.client import Platform, PlatformError, Refused

# trusted documents of the platform: a session runs no other
SUBMIT_MINI_APP = "sha256:40c422779d2145012331b70f81aba53ca3062b996066ceb3971332590f1bb828"
MINI_APP = "sha256:cff7f61ec0e9c71be38ebac015138568f7c4e37dad16ac493fa1469097580809"

AT_HOME = "http://127.0.0.1:8000"
SESSION_HELP = "A developer's session token: what POST /session answers."


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--platform", envvar="MINIAPP_PLATFORM", default=AT_HOME, show_default=True, show_envvar=True)
@click.option("--token", envvar="MINIAPP_TOKEN", help=SESSION_HELP, required=True, show_envvar=True)
def publish(file: Path, platform: str, token: str) -> None:
    """Hand a version in for review.  The same version twice changes nothing.

    Example: MINIAPP_TOKEN=… miniapp publish miniapp.yaml --platform https://platform.example
    """
    text = text_of(file)
    try:
        made = manifest.read(text)
        data = asyncio.run(
            _ask(platform, token, SUBMIT_MINI_APP, {"manifest": text, "key": f"{made.id}:{made.version}"})
        )
    except manifest.ManifestRefused as refusal:
        for fault in refusal.faults:
            click.echo(fault.show(str(file)))
        raise SystemExit(1) from None
    version = data["submitMiniApp"]
    click.echo(f"✓ {version['appId']} {version['version']} is {version['state']}")
    if version["state"] in ("SUBMITTED", "QUEUED"):
        click.echo(f"  an operator reviews it: miniapp status {version['appId']} shows how far it is")


@click.command()
@click.argument("app_id")
@click.option("--platform", envvar="MINIAPP_PLATFORM", default=AT_HOME, show_default=True, show_envvar=True)
@click.option("--token", envvar="MINIAPP_TOKEN", help=SESSION_HELP, required=True, show_envvar=True)
def status(app_id: str, platform: str, token: str) -> None:
    """Show where each version of a mini-app stands.

    Example: miniapp status rent-withdrawal
    """
    app = asyncio.run(_ask(platform, token, MINI_APP, {"appId": app_id}))["miniApp"]
    click.echo(f"{app['appId']} {app['name']}: {app['state']}")
    for version in app["versions"]:
        click.echo(f"  {version['version']:<10} {version['state']:<10} {version['reason'] or ''}".rstrip())


async def _ask(url: str, token: str, document: str, variables: dict[str, str]) -> dict[str, Any]:
    try:
        async with Platform(url, token=token) as platform:
            return await platform.graphql(document, variables)
    except Refused as refusal:
        faults = refusal.details.get("faults") or []
        lines = [
            f"line {fault['line']}: {fault['path']}: {fault['expected']}; {fault['fix']}" for fault in faults
        ]
        raise click.ClickException("\n".join([str(refusal), *lines, f"see {refusal.docs_url}"])) from None
    except PlatformError as error:
        raise click.ClickException(f"{error}; is {url} the platform?") from None
