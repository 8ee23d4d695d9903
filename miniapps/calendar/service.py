"""Verbs of the calendar: take in notices."""

from datetime import datetime
from pathlib import Path

from identity import audit
from identity.actor import WORKER, Actor
from miniapps.calendar import queries
from miniapps.calendar.events import CalendarNoticed
from miniapps.calendar.rules import Notice, parse
from storage.db import execute, transaction
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
        if news:
            await _save(actor, news, now=now)
            years = f"{news[0].year}..{news[-1].year}" if len(news) > 1 else str(news[0].year)
            sources = "; ".join(notice.source for notice in news)
            await audit.record(actor, "calendar.load", f"calendar/{years}", sources, now=now)
        for notice in news:
            await emit(CalendarNoticed(party_id=None, year=notice.year), now=now)
    return [notice.year for notice in news]


async def _news(notices: list[Notice], *, correct: bool) -> list[Notice]:
    """Return the notices for years without one; with `correct`, also those unlike the one in force."""
    known = {loaded.notice.year: loaded.notice for loaded in await queries.notices()}
    if correct:
        return [notice for notice in notices if known.get(notice.year) != notice]
    return [notice for notice in notices if notice.year not in known]


async def _save(actor: Actor, notices: list[Notice], *, now: datetime) -> None:
    ids = [new_id() for _ in notices]
    await execute(
        "INSERT INTO calendar_notice (id, revision, year, source, loaded_by, loaded_at)"
        " SELECT i, known.revision + r, y, s, $4, $5"
        " FROM unnest($1::uuid[], $2::int[], $3::text[]) WITH ORDINALITY AS made (i, y, s, r),"
        " (SELECT coalesce(max(revision), 0) AS revision FROM calendar_notice) AS known",
        ids,
        [notice.year for notice in notices],
        [notice.source for notice in notices],
        actor.person_id,
        now,
    )
    days = [(id_, day) for id_, notice in zip(ids, notices, strict=True) for day in notice.days]
    await execute(
        "INSERT INTO calendar_day (id, notice, day, works, name)"
        " SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::bool[], $5::text[])",
        [new_id() for _ in days],
        [id_ for id_, _ in days],
        [day.on for _, day in days],
        [day.works for _, day in days],
        [day.name for _, day in days],
    )
