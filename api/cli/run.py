"""`banshi run`."""

import os
import sys

import click

from api.settings import BadSettings
from api.supervisor.run import Part, Supervisor
from storage.embedded.trouble import DidNotStart


@click.command()
@click.option("--only", type=click.Choice(["api", "worker"]), help="Run just this part here.")
def run(only: Part | None) -> None:
    """Start servers, API and worker; restart what ends; end everything on Ctrl-C or SIGTERM.

    Servers whose address is given (BANSHI_DATABASE_URL, BANSHI_REDIS_URL, BANSHI_S3_ENDPOINT) are used;
    the others are started from their wheels on loopback, with their data in BANSHI_DATA (.banshi).

    \b
    Example: BANSHI_PORT=8010 banshi run
    """
    parts: set[Part] = {only} if only else {"api", "worker"}
    try:
        Supervisor(os.environ, parts=parts, tell=_tell).run()
    except (DidNotStart, BadSettings) as error:
        sys.exit(f"banshi: {error}")


def _tell(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()
