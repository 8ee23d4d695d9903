"""`banshi migrate` and `banshi seed`."""

import asyncio

import click

from api import prepare
from api.cli.environment import current
from api.settings import Settings


@click.command()
def migrate() -> None:
    """Run the migrations that the database lacks, as its owner (BANSHI_DATABASE_OWNER_URL).

    Several may be started at once: one runs, the others wait and find nothing to do.

    \b
    Example: banshi migrate
    """
    try:
        ran = asyncio.run(prepare.migrate(current()))
    except prepare.Unprepared as error:
        raise click.ClickException(str(error)) from error
    for name in ran:
        click.echo(name)
    click.echo(f"{len(ran)} migrations ran" if ran else "the database is up to date")


@click.command()
def seed() -> None:
    """Store divisions, departments, working days and items, and hand in the platform's own mini-apps.

    Harmless when they are there.  Makes the bucket if there is none.

    \b
    Example: banshi seed
    """
    try:
        asyncio.run(_seed(current()))
    except prepare.Unprepared as error:
        raise click.ClickException(str(error)) from error
    click.echo("seeded")


async def _seed(settings: Settings) -> None:
    await prepare.check(settings)
    await prepare.seed(settings)
    await prepare.bring(settings)
