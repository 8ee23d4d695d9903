"""Reading with a trace: staff who look at a citizen's trips leave an audit row before they see them."""

from datetime import datetime
from uuid import UUID

from identity import audit
from identity.actor import Actor
from miniapps.cases import queries as cases
from miniapps.trips import queries
from miniapps.trips.queries import SeenVisit
from miniapps.trips.tables import TripVerdict
from storage.paging import Page

VERDICT_READ = "verdict.read"


async def read_verdict(actor: Actor, case_id: UUID, *, now: datetime) -> TripVerdict | None:
    """Return the latest verdict of a case; None while it is not closed.

    Raises: CaseNotFound.
    """
    await _note(actor, case_id, VERDICT_READ, now=now)
    return await queries.verdict_of(actor, case_id)


async def read_verdicts(
    actor: Actor, case_id: UUID, *, first: int, after: UUID | None, now: datetime
) -> Page[TripVerdict]:
    """Return every verdict the case ever had, newest first.

    Raises: CaseNotFound.
    """
    await _note(actor, case_id, VERDICT_READ, now=now)
    return await queries.verdicts_of(actor, case_id, first=first, after=after)


async def read_visits(
    actor: Actor, case_id: UUID, *, first: int, after: UUID | None, now: datetime
) -> Page[SeenVisit]:
    """Return the visits of a case, the one recorded last first.

    Raises: CaseNotFound.
    """
    await _note(actor, case_id, "visit.read", now=now)
    return await queries.visits_of(actor, case_id, first=first, after=after)


async def verdict_seen(actor: Actor, case_id: UUID, party_id: UUID, *, now: datetime) -> None:
    """Note that `actor` saw a verdict, or that there is none, on a case of `party_id`."""
    await audit.record_read(actor, VERDICT_READ, f"case/{case_id}", now=now, party_id=party_id)


async def _note(actor: Actor, case_id: UUID, act: str, *, now: datetime) -> None:
    case = await cases.get(actor, case_id)
    await audit.record_read(actor, act, f"case/{case_id}", now=now, party_id=case.party_id)
