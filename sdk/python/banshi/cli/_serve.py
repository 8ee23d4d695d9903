"""Running a back end with its credentials."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import click

from banshi.serving import ConnectionRefused
from banshi.simulator.child import load

KEPT = Path(".miniapp", "credential.env")


@click.command()
@click.argument("program", type=click.Path(exists=True, dir_okay=False, path_type=Path), default="app.py")
@click.option(
    "--env", type=click.Path(path_type=Path), default=KEPT, show_default=True, help="Its credentials."
)
def serve(program: Path, env: Path) -> None:
    """Run the back end, connected outward to the platform, until Ctrl-C.

    What MINIAPP_PLATFORM and MINIAPP_CREDENTIAL say goes before the file.  Example: miniapp serve
    """
    for name, value in _read(env).items():
        os.environ.setdefault(name, value)
    if not os.environ.get("MINIAPP_CREDENTIAL"):
        raise click.ClickException(f"there is no {env}, and no MINIAPP_CREDENTIAL")
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
