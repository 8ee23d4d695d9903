"""Reading clocks and stops.  Callers hold a case that a query let them see, or are our own workers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from piccolo.columns.combination import WhereRaw

from miniapps.cases.rules import Clock
from miniapps.cases.tables import Case, CaseClock, CaseStop
from storage.db import fetch


async def clocks(case: Case, kinds: Collection[Clock] = tuple(Clock)) -> list[CaseClock]:
    """Return the clocks of a case, of these kinds, in the order in which they started."""
    return (
        await CaseClock.objects()
        .where(
            CaseClock.party_id == case.party_id,
            CaseClock.case_id == case.id,
            WhereRaw("{} = ANY({})", CaseClock.kind, [str(kind) for kind in kinds]),
        )
        .order_by(CaseClock.id)
    )


async def stops(party_id: UUID, case_ids: Sequence[UUID]) -> list[CaseStop]:
    """Return when and why the clocks of a party's cases stood still, oldest first."""
    return (
        await CaseStop.objects()
        .where(CaseStop.party_id == party_id, WhereRaw("{} = ANY({})", CaseStop.case_id, list(case_ids)))
        .order_by(CaseStop.id)
    )


async def ended_stops(case_ids: Sequence[UUID]) -> dict[UUID, list[tuple[date, date]]]:
    """Return the ended stops of any parties' cases, by case: for our own workers."""
    rows = await fetch(
        "SELECT case_id, started_on, ended_on FROM case_stop"
        " WHERE case_id = ANY($1) AND ended_on IS NOT NULL",
        list(case_ids),
    )
    found: dict[UUID, list[tuple[date, date]]] = {}
    for row in rows:
        found.setdefault(row["case_id"], []).append((row["started_on"], row["ended_on"]))
    return found


@dataclass(frozen=True)
class LateClock:
    """A clock that has run out, as the sweep finds it."""

    id: UUID
    case_id: UUID
    kind: Clock


LATE = (
    "SELECT id, case_id, kind FROM case_clock WHERE met_at IS NULL AND overdue_at IS NULL AND due_on < $1"
    " AND (stopped_on IS NULL OR stopped_on > due_on) AND id > $2 ORDER BY id LIMIT $3"
)
"""Served by a partial index over the open clocks of all parties: the sweep's work queue."""


async def late_clocks(today: date, *, after: UUID, limit: int) -> list[LateClock]:
    """Return open clocks that ended before the local date `today`, by id after `after`."""
    rows = await fetch(LATE, today, after, limit)
    return [LateClock(row["id"], row["case_id"], Clock(row["kind"])) for row in rows]


OPEN_FROM = (
    "SELECT id, case_id FROM case_clock WHERE met_at IS NULL AND overdue_at IS NULL AND due_on >= $1"
    " AND id > $2 ORDER BY id LIMIT $3"
)


async def open_clocks(since: date, *, after: UUID, limit: int) -> list[tuple[UUID, UUID]]:
    """Return (clock, case) of open clocks due on `since` or later, by clock id after `after`."""
    return [(row["id"], row["case_id"]) for row in await fetch(OPEN_FROM, since, after, limit)]


async def still_open(clock_ids: Sequence[UUID]) -> list[CaseClock]:
    """Return those of the clocks that are open now, after their cases were locked."""
    return await CaseClock.objects().where(
        WhereRaw("{} = ANY({})", CaseClock.id, list(clock_ids)),
        CaseClock.met_at.is_null(),
        CaseClock.overdue_at.is_null(),
    )
