"""`banshi status`."""

import sys

import click
import httpx

from api.cli.environment import current

PATIENCE_S = 5


@click.command()
def status() -> None:
    """Ask the running API how it and each of its servers are; exit 1 unless all are well.

    \b
    Example: banshi status
    """
    settings = current()
    address = f"http://127.0.0.1:{settings.port}"
    try:
        answer = httpx.get(f"{address}/readyz", timeout=PATIENCE_S, trust_env=False)
    except httpx.HTTPError as error:
        raise click.ClickException(f"{address} does not answer ({type(error).__name__})") from error
    click.echo(f"{address} {settings.mode}: {'well' if answer.is_success else 'not well'}")
    click.echo(answer.text)
    sys.exit(0 if answer.is_success else 1)
