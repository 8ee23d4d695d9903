"""What time does to cases: silence accepts, clocks run out, late papers fall due."""

from datetime import datetime
from uuid import UUID

import structlog

from identity.actor import WORKER
from miniapps.cases import queries
from miniapps.cases.errors import CaseNotFound
from miniapps.cases.rules import CaseState, Clock
from miniapps.cases.service import _acceptance, _clocks
from miniapps.cases.tables import Case
from storage.clock import local_date
from storage.db import transaction

log = structlog.get_logger()

AT_ONCE = 200  # clocks fetched at a time


async def ring(case_id: UUID, clock: Clock, *, now: datetime) -> bool:
    """Look at a clock whose end was reached: accept by silence, or flag it overdue; say whether it did.

    Does nothing when the work is done, the clock stands still, or it now ends later.
    """
    async with transaction():
        case = await _find(case_id)
        if case is None:
            return False
        if clock is Clock.ACCEPTANCE:
            return await _accept_by_silence(case, now=now)
        return await _clocks.flag_overdue(case, clock, now=now)


async def _find(case_id: UUID) -> Case | None:
    try:
        return await queries.lock(WORKER, case_id)
    except CaseNotFound:
        log.warning("clock_without_case", case_id=str(case_id))
        return None


async def _accept_by_silence(case: Case, *, now: datetime) -> bool:
    [clock] = await queries.clocks(case, {Clock.ACCEPTANCE})
    if case.state != CaseState.SUBMITTED or clock.due_on >= local_date(now):
        return False
    await _acceptance.accept_locked(WORKER, case, silent=True, now=now)
    return True


async def sweep_overdue(*, now: datetime) -> int:
    """Ring every clock that has run out and was not heard; return how many had an effect.

    A safety net under the reminders in the outbox: run it every minute.  A case that fails is logged
    and left for the next sweep, and does not keep the others.
    """
    done, after = 0, UUID(int=0)
    while late := await queries.late_clocks(local_date(now), after=after, limit=AT_ONCE):
        after = late[-1].id
        for clock in late:
            done += await _ring_safely(clock, now=now)
    return done


async def _ring_safely(clock: queries.LateClock, *, now: datetime) -> bool:
    try:
        return await ring(clock.case_id, clock.kind, now=now)
    except Exception as error:
        log.error("sweep_failed", case_id=str(clock.case_id), clock=clock.kind, error=type(error).__name__)
        return False
