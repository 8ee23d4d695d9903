"""The clocks of cases: started, stopped, lengthened, met, found overdue, counted anew."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from identity import audit
from identity.actor import WORKER
from miniapps.calendar import queries as calendar_queries
from miniapps.calendar.rules import Calendar
from miniapps.cases import queries, rules
from miniapps.cases.events import CaseOverdue, ClockRanOut
from miniapps.cases.rules import Clock, Limit
from miniapps.cases.tables import Case, CaseClock
from miniapps.items.rules import Unit
from storage.clock import local_date
from storage.db import execute, transaction
from storage.ids import new_id
from storage.outbox import emit

START = (
    "INSERT INTO case_clock (id, party_id, case_id, kind, basis, starts_on, days, unit, extended_days,"
    " stopped_days, stopped_on, due_on, provisional, met_at, overdue_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, NULL, $9, $10, NULL, NULL)"
    " ON CONFLICT (party_id, case_id, kind) DO UPDATE SET starts_on = EXCLUDED.starts_on,"
    " due_on = EXCLUDED.due_on, provisional = EXCLUDED.provisional, met_at = NULL"
)
"""A clock of one kind is started again only by an answered correction: the days for accepting begin anew."""


async def start(case: Case, limits: Iterable[Limit], *, on: date, now: datetime) -> dict[str, str]:
    """Start clocks on the local date `on` and return their due dates by kind."""
    calendar = await calendar_queries.current()
    due: dict[str, str] = {}
    for limit in limits:
        due_on = rules.due_on(calendar, on, limit.days, limit.unit)
        provisional = calendar.is_provisional(due_on)
        await execute(
            START,
            new_id(),
            case.party_id,
            case.id,
            limit.clock,
            limit.basis,
            on,
            limit.days,
            limit.unit,
            due_on,
            provisional,
        )
        await _remind(case.party_id, case.id, limit.clock, due_on, now=now)
        due[limit.clock] = due_on.isoformat()
    return due


async def meet(case: Case, kinds: Collection[Clock], *, now: datetime) -> None:
    """Note that the work of these clocks is done; one that is late already is flagged on the way."""
    for clock in await queries.clocks(case, kinds):
        if clock.met_at is None:
            if _is_late(clock, local_date(now)):
                await _flag(case, clock, now=now)
            clock.met_at = now
            clock.stopped_on = None
            await clock.save([CaseClock.met_at, CaseClock.stopped_on])


async def stop(case: Case, *, now: datetime) -> None:
    """Let both working clocks stand still."""
    for clock in await queries.clocks(case, WORKING):
        if clock.met_at is None:
            clock.stopped_on = local_date(now)
            await clock.save([CaseClock.stopped_on])


async def go_on(case: Case, *, now: datetime) -> dict[str, str]:
    """Let them run again, later by the days of all stops; return the new due dates."""
    calendar = await calendar_queries.current()
    stops = await queries.stops(case.party_id, [case.id])
    spans = [(stop.started_on, stop.ended_on) for stop in stops if stop.ended_on]
    due: dict[str, str] = {}
    for clock in await queries.clocks(case, WORKING):
        if clock.met_at is None:
            clock.stopped_on = None
            stopped = rules.stopped_days(calendar, spans, Unit(clock.unit))
            await _reckon(clock, calendar, stopped, now=now)
            due[clock.kind] = clock.due_on.isoformat()
    return due


async def extend(case: Case, days: int, *, now: datetime) -> dict[str, str]:
    """Give the statutory clock more working days.  The promise stays: a broken promise is told as one."""
    calendar = await calendar_queries.current()
    [clock] = await queries.clocks(case, {Clock.STATUTORY})
    clock.extended_days = days
    await _reckon(clock, calendar, clock.stopped_days, now=now)
    return {clock.kind: clock.due_on.isoformat()}


WORKING = frozenset({Clock.PROMISED, Clock.STATUTORY})
"""The clocks that run from acceptance and that a listed matter stops."""


async def _reckon(clock: CaseClock, calendar: Calendar, stopped: int, *, now: datetime) -> None:
    """Compute the due date anew, save it, and lay a reminder when it moved."""
    before = clock.due_on
    clock.stopped_days = stopped
    clock.due_on = rules.due_on(
        calendar, clock.starts_on, clock.days + stopped, Unit(clock.unit), extended_days=clock.extended_days
    )
    clock.provisional = calendar.is_provisional(clock.due_on)
    await clock.save(
        [
            CaseClock.stopped_on,
            CaseClock.stopped_days,
            CaseClock.extended_days,
            CaseClock.due_on,
            CaseClock.provisional,
        ]
    )
    if clock.due_on != before:
        await _remind(clock.party_id, clock.case_id, Clock(clock.kind), clock.due_on, now=now)


async def _remind(party_id: UUID, case_id: UUID, clock: Clock, due_on: date, *, now: datetime) -> None:
    fact = ClockRanOut(party_id=party_id, case_id=case_id, at=now, clock=clock)
    await emit(fact, now=now, not_before=rules.end_of(due_on))


def _is_late(clock: CaseClock, today: date) -> bool:
    """Say whether an unmet clock has run out; one that was stopped in time has not."""
    stopped_in_time = clock.stopped_on is not None and clock.stopped_on <= clock.due_on
    return clock.due_on < today and clock.overdue_at is None and not stopped_in_time


async def flag_overdue(case: Case, kind: Clock, *, now: datetime) -> bool:
    """Flag a clock of a locked case if it has run out; say whether it was."""
    for clock in await queries.clocks(case, {kind}):
        if clock.met_at is None and _is_late(clock, local_date(now)):
            await _flag(case, clock, now=now)
            return True
    return False


async def _flag(case: Case, clock: CaseClock, *, now: datetime) -> None:
    """Mark and tell, once for each clock.  Running out of days to accept is no delay: it accepts."""
    if clock.kind == Clock.ACCEPTANCE:
        return
    clock.overdue_at = now
    await clock.save([CaseClock.overdue_at])
    fact = CaseOverdue(party_id=case.party_id, case_id=case.id, at=now, clock=clock.kind)
    await emit(fact, now=now, app_id=case.app_id)
    await audit.record(WORKER, "case.overdue", f"case/{case.id}", clock.kind, now=now, party_id=case.party_id)


AT_ONCE = 200  # clocks in one transaction
FIRST_ID = UUID(int=0)


async def recount(year: int, *, now: datetime) -> int:
    """Count the open clocks anew after the calendar notice of `year`; return how many moved.

    The notice of a year may also move days of the December before it.
    """
    calendar = await calendar_queries.current()
    moved, after, since = 0, FIRST_ID, date(year - 1, 12, 1)
    while found := await queries.open_clocks(since, after=after, limit=AT_ONCE):
        after = found[-1][0]
        async with transaction():
            moved += await _recount(found, calendar, now=now)
    return moved


async def _recount(found: list[tuple[UUID, UUID]], calendar: Calendar, *, now: datetime) -> int:
    case_ids = await queries.lock_all([case_id for _, case_id in found])
    spans = await queries.ended_stops(case_ids)
    moved = 0
    for clock in await queries.still_open([clock_id for clock_id, _ in found]):
        before = (clock.due_on, clock.provisional)
        stops = spans.get(clock.case_id, []) if clock.kind in WORKING else []
        stopped = rules.stopped_days(calendar, stops, Unit(clock.unit))
        await _reckon(clock, calendar, stopped, now=now)
        moved += before != (clock.due_on, clock.provisional)
    return moved
