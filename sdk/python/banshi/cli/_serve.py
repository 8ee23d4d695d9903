"""Credentials of a back end, and running it with them."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import click

from banshi.cli._account import PLATFORM, TOKEN, token_for
from banshi.cli._asking import ask
from banshi.cli._documents import ISSUE_APP_CREDENTIAL
from banshi.cli._publish import APP, app_of
from banshi.serving import ConnectionRefused
from banshi.simulator.child import load

ENVIRONMENTS = {"production": "PRODUCTION", "sandbox": "SANDBOX"}
KEPT = Path(".miniapp", "credential.env")


@click.command()
@APP
@click.option("--environment", type=click.Choice(list(ENVIRONMENTS)), default="production", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=KEPT, show_default=True)
@PLATFORM
@TOKEN
def credentials(app_id: str | None, environment: str, out: Path, platform: str, token: str | None) -> None:
    """Make the credentials of the back end; they are shown once, and kept in a file that only you can read.

    Example: miniapp credentials --environment sandbox
    """
    if out.exists():
        raise click.ClickException(f"{out} is there already; secrets that were lost cannot be had again")
    told = ask(
        platform, token_for(platform, token), ISSUE_APP_CREDENTIAL, appId=app_of(app_id),
        environment=ENVIRONMENTS[environment],
    )["issueAppCredential"]  # fmt: skip
    out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = [
        f"MINIAPP_PLATFORM={platform}",
        f"MINIAPP_CREDENTIAL={told['clientId']}:{told['clientSecret']}",
        f"MINIAPP_WEBHOOK_SECRETS={told['webhookSecret'] or ''}",
    ]
    with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")
    click.echo(f"✓ {told['clientId']}: its secrets are in {out}, for you alone")


@click.command()
@click.argument("program", type=click.Path(exists=True, dir_okay=False, path_type=Path), default="app.py")
@click.option(
    "--env", type=click.Path(path_type=Path), default=KEPT, show_default=True, help="Of `credentials`."
)
def serve(program: Path, env: Path) -> None:
    """Run the back end, connected outward to the platform, until Ctrl-C.

    What MINIAPP_PLATFORM and MINIAPP_CREDENTIAL say goes before the file.  Example: miniapp serve
    """
    for name, value in _read(env).items():
        os.environ.setdefault(name, value)
    if not os.environ.get("MINIAPP_CREDENTIAL"):
        raise click.ClickException(
            f"there is no {env}, and no MINIAPP_CREDENTIAL: `miniapp credentials` makes them"
        )
    app = load(program)
    click.echo(f"{app.manifest.id} {app.manifest.version} answers {', '.join(app.apis)}; Ctrl-C ends it")
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(app.connect())
    except ConnectionRefused as refused:
        raise click.ClickException(str(refused)) from None


def _read(env: Path) -> dict[str, str]:
    try:
        lines = env.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)
