"""`miniapp dev`: the mini-app on one's own machine, in a simulator."""

import asyncio
import signal
import webbrowser
from contextlib import suppress
from pathlib import Path

import click

from banshi.cli._account import PLATFORM, TOKEN, token_for
from banshi.cli._local import WEB
from banshi.manifest import ManifestRefused
from banshi.simulator import Plan, simulate


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default="miniapp.yaml")
@click.option(
    "--program", type=click.Path(dir_okay=False, path_type=Path), help="[default: app.py beside the manifest]"
)
@PLATFORM
@TOKEN
@click.option("--alone", is_flag=True, help="Without a platform: nothing leaves this machine.")
@click.option("--port", type=int, default=0, help="Of the simulator.  [default: any that is free]")
@click.option("--open/--no-open", "is_opened", default=True, help="Open the simulator in a browser.")
def dev(
    file: Path,
    program: Path | None,
    platform: str,
    token: str | None,
    alone: bool,
    port: int,
    is_opened: bool,
) -> None:
    """Run the mini-app, connected outward to a platform, and open the simulator.

    A file that changes is taken up at once.  Ctrl-C ends it.  Example: miniapp dev --alone
    """
    web = file.parent / WEB
    shown = program or file.parent / "app.py"
    for path in (file, shown, web):
        if not path.exists():
            raise click.ClickException(f"{path} is not there: `miniapp init` makes a mini-app that runs")
    plan = Plan(
        manifest=file.resolve(), program=shown.resolve(), web=web.resolve(), port=port,
        platform="" if alone else platform.rstrip("/"), token="" if alone else token_for(platform, token),
    )  # fmt: skip

    def opened(url: str) -> None:
        if is_opened:
            webbrowser.open(url)

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # tidily, also where a shell ignores SIGINT
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(simulate(plan, say=click.echo, opened=opened))
    except ManifestRefused as refusal:
        for fault in refusal.faults:
            click.echo(fault.show(str(file)))
        raise SystemExit(1) from None
    except OSError as error:
        raise click.ClickException(str(error)) from None
