"""`banshi run`."""

import importlib
import os
import sys

import click

from api.settings import BadSettings
from api.supervisor.run import Part, Supervisor
from storage.embedded.trouble import DidNotStart


@click.command()
@click.option("--only", type=click.Choice(["api", "worker"]), help="Run just this part here.")
@click.option("--demo", is_flag=True, help="Play the main job on servers of its own, check it, and end.")
@click.option("--seed", type=int, help="Draw the demonstration's inputs from this number.")
def run(only: Part | None, demo: bool, seed: int | None) -> None:
    """Start servers, API and worker; restart what ends; end everything on Ctrl-C or SIGTERM.

    Servers whose address is given (BANSHI_DATABASE_URL, BANSHI_REDIS_URL, BANSHI_S3_ENDPOINT) are used;
    the others are started from their wheels on loopback, with their data in BANSHI_DATA (.banshi).

    \b
    Example: BANSHI_PORT=8010 banshi run
    """
    if demo:
        module = importlib.import_module("api.cli.demo.command")  # it brings what only a demonstration needs
        sys.exit(module.demonstrate(seed))
    parts: set[Part] = {only} if only else {"api", "worker"}
    try:
        Supervisor(os.environ, parts=parts, tell=_tell).run()
    except (DidNotStart, BadSettings) as error:
        sys.exit(f"banshi: {error}")


def _tell(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()
