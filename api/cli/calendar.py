"""`banshi calendar`: what an operator does when the State Council sets the holidays of a year."""

import asyncio
from pathlib import Path

import click

from api.cli.environment import connected
from identity.actor import WORKER
from miniapps.calendar import queries, service
from miniapps.calendar.errors import CalendarFileInvalid
from miniapps.calendar.rules import FIRST_YEAR, LAST_YEAR, parse
from storage import clock

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def calendar() -> None:
    """Load and show the working days that statutory clocks run on (docs/calendar.md).

    \b
    Example: banshi calendar load holidays-2027.txt --check
    """


@calendar.command()
@click.argument("file", type=FILE)
@click.option("--check", is_flag=True, help="Read the file and say what it holds; load nothing.")
def load(file: Path, check: bool) -> None:
    """Load yearly notices.  Every mistake is told as file:line, and then nothing is loaded.

    The workers count open deadlines in the years that changed again.  With --check no server is needed.

    Exit code: 0 in order, 1 not.

    \b
    Example: banshi calendar load holidays-2027.txt
    """
    text = _read(file)
    try:
        notices = parse(text)
    except CalendarFileInvalid as invalid:
        for problem in invalid.problems:
            click.echo(f"{file}:{problem.line}: {problem.text}", err=True)
        raise SystemExit(1) from invalid
    if check:
        for notice in notices:
            off = sum(not day.works for day in notice.days)
            click.echo(f"{notice.year}: {off} days off, {len(notice.days) - off} weekend days worked")
        return
    changed = asyncio.run(_load(text))
    click.echo(f"loaded {', '.join(map(str, changed))}" if changed else "these notices are in force already")


async def _load(text: str) -> list[int]:
    async with connected():
        return await service.load(WORKER, text, now=await clock.now())


@calendar.command()
@click.argument("year", type=click.IntRange(FIRST_YEAR, LAST_YEAR))
def show(year: int) -> None:
    """Show the notice in force for a year, in the form that `load` reads.

    \b
    Example: banshi calendar show 2026
    """
    click.echo(asyncio.run(_shown(year)))


async def _shown(year: int) -> str:
    async with connected():
        loaded = await queries.year(year)
    if loaded is None:
        return f"# {year} has no notice yet: counted provisionally"
    days = [f"{'work' if day.works else 'off '} {day.on} {day.name}" for day in loaded.notice.days]
    return "\n".join([f"notice {year} {loaded.notice.source}", *days])


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8: byte {error.start}; save it as UTF-8") from error
