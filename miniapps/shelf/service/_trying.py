"""Which mini-apps a tester tries before others get their versions."""

from datetime import datetime
from uuid import UUID

from identity import audit
from identity.actor import Actor
from miniapps.release import service as release
from miniapps.shelf import queries
from miniapps.shelf.events import AppTesterAssigned
from miniapps.shelf.tables import AppTester
from storage.db import transaction
from storage.outbox import emit


async def assign(actor: Actor, tester_id: UUID, app_id: str, *, now: datetime) -> AppTester:
    """Let a tester get what is on trial of a mini-app while his time lasts; again nothing happens.

    Raises: ScopeMissing, NoSuchTester; AppNotFound; InvalidInput when he tries too many.
    """
    async with transaction():
        row = await queries.lock_tester(actor, tester_id, now=now)
        if await release.let_try(actor, row.party_id, app_id, until=row.ends_at, now=now):
            told = f"tester/{row.id}"
            await audit.record(actor, "tester.assign", told, app_id, now=now, party_id=row.party_id)
            event = AppTesterAssigned(party_id=row.party_id, tester_id=row.id, app_id=app_id, at=now)
            await emit(event, now=now)
    return row


async def unassign(actor: Actor, tester_id: UUID, app_id: str, *, now: datetime) -> AppTester:
    """Take it from him: his next session gets what everybody has.  What he does not try stays so.

    Raises: ScopeMissing, NoSuchTester.
    """
    async with transaction():
        row = await queries.lock_tester(actor, tester_id, now=now)
        if await release.end_trial(row.party_id, app_id):
            told = f"tester/{row.id}"
            await audit.record(actor, "tester.unassign", told, app_id, now=now, party_id=row.party_id)
    return row
