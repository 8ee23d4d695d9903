"""Reading the calendar.  It is everybody's, so no `visible_to`."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from banshi.errors import InvalidInput
from miniapps.calendar.rules import FIRST_YEAR, LAST_YEAR, Calendar, Day, Notice, compose
from storage.db import fetch

IN_FORCE = (
    "SELECT DISTINCT ON (year) id, year, source, loaded_at FROM calendar_notice ORDER BY year, revision DESC"
)
"""Of each year the notice loaded last."""

NEWEST = "SELECT id FROM calendar_notice ORDER BY revision DESC LIMIT 1"
"""The last loading, if any, as a subquery in a caller's own statement: `as_of` takes it."""


@dataclass
class _Cache:
    """The calendar this process last composed, and the loading it was composed at."""

    at: UUID | None = None
    calendar: Calendar = field(default_factory=Calendar)


_cache = _Cache()


@dataclass(frozen=True)
class LoadedNotice:
    """A notice in force, and when it was loaded."""

    notice: Notice
    loaded_at: datetime


async def current() -> Calendar:
    """Return the calendar in force now; one small statement while no notice is loaded."""
    rows = await fetch(NEWEST)
    return await as_of(rows[0]["id"] if rows else None)


async def as_of(newest: UUID | None) -> Calendar:
    """Return the calendar in force since the loading `newest`; no statement while it is the one known."""
    if newest != _cache.at:
        _cache.calendar = compose([loaded.notice for loaded in await notices()])
        _cache.at = newest
    return _cache.calendar


async def notices(year: int | None = None) -> list[LoadedNotice]:
    """Return the notices in force, or the one for `year`, by year."""
    rows = await fetch(
        f"SELECT n.id, n.year, n.source, n.loaded_at, d.day, d.works, d.name FROM ({IN_FORCE}) n"  # noqa: S608
        " JOIN calendar_day d ON d.notice = n.id WHERE $1::int IS NULL OR n.year = $1 ORDER BY n.year, d.day",
        year,
    )
    days: dict[int, list[Day]] = {}
    heads = {}
    for row in rows:
        heads[row["year"]] = row
        days.setdefault(row["year"], []).append(Day(on=row["day"], works=row["works"], name=row["name"]))
    return [
        LoadedNotice(Notice(found, head["source"], tuple(days[found])), head["loaded_at"])
        for found, head in heads.items()
    ]


async def year(number: int) -> LoadedNotice | None:
    """Return the notice in force for the year `number`; None while it is provisional.

    Raises: InvalidInput when no notice could ever be about that year.
    """
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise InvalidInput(field="year", problem=f"ask for {FIRST_YEAR} to {LAST_YEAR}")
    found = await notices(number)
    return found[0] if found else None
