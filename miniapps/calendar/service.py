"""Verbs of the calendar: take in notices."""

from datetime import datetime
from pathlib import Path

from identity import audit
from identity.actor import WORKER, Actor
from miniapps.calendar import queries
from miniapps.calendar.events import CalendarNoticed
from miniapps.calendar.rules import Notice, parse
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from storage.outbox import emit

SHIPPED = Path(__file__).parent / "data" / "notices.txt"
"""The notices known when this version was made: 2004 to 2026."""

LOCK = 0x63616C65  # any number; loadings take turns, so that revisions appear in order


async def load(actor: Actor, text: str, *, now: datetime) -> list[int]:
    """Take in the notices in `text` and return the years that changed.  Loading the same again changes none.

    Raises: CalendarFileInvalid naming every wrong line; nothing is loaded then.
    """
    return await _take_in(actor, list(parse(text)), correct=True, now=now)


async def check(text: str) -> list[int]:
    """Return the years that `load` would change; it changes nothing.

    Raises: CalendarFileInvalid naming every wrong line.
    """
    return [notice.year for notice in await _news(list(parse(text)), correct=True)]


async def seed(*, now: datetime) -> list[int]:
    """Take in the shipped notices for years that have none; what an operator loaded stays."""
    shipped = list(parse(SHIPPED.read_text(encoding="utf-8")))
    return await _take_in(WORKER, shipped, correct=False, now=now)


async def _take_in(actor: Actor, notices: list[Notice], *, correct: bool, now: datetime) -> list[int]:
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        news = await _news(notices, correct=correct)
        for notice in news:
            await _save(actor, notice, now=now)
            await emit(CalendarNoticed(party_id=None, year=notice.year), now=now)
            await audit.record(actor, "calendar.load", f"calendar/{notice.year}", notice.source, now=now)
    return [notice.year for notice in news]


async def _news(notices: list[Notice], *, correct: bool) -> list[Notice]:
    """Return the notices for years without one; with `correct`, also those unlike the one in force."""
    known = {loaded.notice.year: loaded.notice for loaded in await queries.notices()}
    if correct:
        return [notice for notice in notices if known.get(notice.year) != notice]
    return [notice for notice in notices if notice.year not in known]


async def _save(actor: Actor, notice: Notice, *, now: datetime) -> None:
    rows = await fetch(
        "INSERT INTO calendar_notice (id, revision, year, source, loaded_by, loaded_at)"
        " SELECT $1, coalesce(max(revision), 0) + 1, $2, $3, $4, $5 FROM calendar_notice RETURNING id",
        new_id(), notice.year, notice.source, actor.person_id, now,
    )  # fmt: skip
    await execute(
        "INSERT INTO calendar_day (id, notice, day, works, name)"
        " SELECT a, $1, b, c, d FROM unnest($2::uuid[], $3::date[], $4::bool[], $5::text[]) AS x(a, b, c, d)",
        rows[0]["id"],
        [new_id() for _ in notice.days],
        [day.on for day in notice.days],
        [day.works for day in notice.days],
        [day.name for day in notice.days],
    )
