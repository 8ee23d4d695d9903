"""Cut off in the middle: nothing is half done, and the same key finishes the work."""

import asyncio

import asyncpg
import pytest

from miniapps.cases import queries, service
from miniapps.cases.rules import CaseState
from miniapps.materials.tables import Certificate
from storage import db as storage_db
from storage.outbox import OutboxRow
from tests.miniapps.cases.factories import (
    NOON,
    a_citizen,
    a_draft,
    a_town,
    an_instant_item,
    fresh,
    hold,
)

PLACES = (4, 11, 18, 25, 32)  # statements sent before the cut; the whole submission sends more
LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""How asyncpg says that a connection went away, by the moment it did."""


@pytest.fixture
async def admin(postgres):
    connection = await asyncpg.connect(postgres.url())
    yield connection
    await connection.close()


async def a_ready_draft(citizen):
    await a_town(an_instant_item())
    await hold(citizen)
    return await a_draft(citizen)


async def until_sent(sent, count, task):
    """Wait until the verb has sent so many statements."""
    while not task.done() and len(sent) < count:
        await asyncio.sleep(0)


async def until_reachable():
    """Wait until the pool has heard that its connections are gone."""
    for _ in range(200):
        try:
            await storage_db.fetch("SELECT 1")
            return
        except LOST:
            await asyncio.sleep(0.02)


async def finish_twice(citizen, case):
    done = await service.submit(citizen, case.id, idempotency_key="k", now=NOON)
    again = await service.submit(citizen, case.id, idempotency_key="k", now=NOON)
    assert done.number == again.number
    verbs = [line.verb for line in await queries.timeline(done)]
    assert verbs == ["submit", "accept", "decide", "complete", "deliver"]
    assert len(await queries.materials_of(done)) == 2
    assert await Certificate.count() == 1
    assert await OutboxRow.count().where(OutboxRow.type == "case.decided") == 1


async def test_a_cancelled_request_leaves_a_draft_that_the_same_key_hands_in_once(db):
    citizen = a_citizen()
    case = await a_ready_draft(citizen)

    for place in PLACES:
        db.clear()
        task = asyncio.ensure_future(service.submit(citizen, case.id, idempotency_key="k", now=NOON))
        await until_sent(db, place, task)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await fresh(case)).state == CaseState.DRAFT

    await finish_twice(citizen, case)


async def test_a_lost_connection_leaves_a_draft_that_the_same_key_hands_in_once(db, database, admin):
    citizen = a_citizen()
    case = await a_ready_draft(citizen)

    for place in PLACES:
        db.clear()
        task = asyncio.ensure_future(service.submit(citizen, case.id, idempotency_key="k", now=NOON))
        await until_sent(db, place, task)
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", database
        )
        with pytest.raises(LOST):
            await task
        await until_reachable()
        assert (await fresh(case)).state == CaseState.DRAFT

    await finish_twice(citizen, case)
