"""`banshi migrate` and `banshi seed`."""

import asyncio

import click

from api import prepare
from api.cli.environment import current


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
@click.option("--first-party", is_flag=True, help="Hand the platform's own mini-apps in for review, too.")
def seed(first_party: bool) -> None:
    """Store divisions, departments, working days and the shipped items; harmless when they are there.

    \b
    Example: banshi seed
    """
    asyncio.run(prepare.seed(current()))
    click.echo("seeded")
    if first_party:
        for name in asyncio.run(prepare.bring_first_party(current())):
            click.echo(f"{name} is in review")
