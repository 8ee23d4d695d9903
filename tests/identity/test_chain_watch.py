"""Without proof for hours, staff looks at nobody's data; citizens and workers go on."""

import time
from datetime import timedelta

import pytest

from identity import audit, closure, sandbox, seed
from identity.actor import WORKER
from identity.chain import heads, links, watch
from identity.chain.places import Folder
from identity.errors import AuditBehind
from storage.db import execute
from storage.ids import new_id
from tests.identity.factories import NOON, make_session

HOURS = timedelta(hours=4)
OLD_NS = time.time_ns() - 5 * 3600 * 10**9


@pytest.fixture(autouse=True)
def open_again():
    yield
    closure.close_to_staff(False)


@pytest.fixture
async def clerk(db):
    await seed.seed(now=NOON, personas=True)
    _, actor = await make_session(sandbox.BY_KEY["clerk_health"], acting_as="clerk")
    return actor


async def look(actor) -> None:
    await audit.record_read(actor, "case.read", "case/1", now=NOON, party_id=new_id())


async def test_staff_waits_while_no_head_was_stored_for_hours(clerk, tmp_path, monkeypatch):
    monkeypatch.setattr(heads, "_places", (Folder(tmp_path),))
    _, citizen = await make_session()
    await links.seal(now=NOON)
    await heads.sign_head(now=NOON)
    await watch.look(since=time.monotonic(), patience=HOURS)
    await look(clerk)

    await execute("UPDATE audit_head SET stored_at = clock_timestamp() - interval '5 hours'")
    await watch.look(since=time.monotonic(), patience=HOURS)

    with pytest.raises(AuditBehind):
        await look(clerk)
    with pytest.raises(AuditBehind):
        await audit.record_reads(clerk, "case.list.read", [("case/1", new_id())], now=NOON)
    await look(WORKER)
    await audit.record_read(citizen, "case.read", "case/1", now=NOON)
    await heads.sign_head(now=NOON)
    await watch.look(since=time.monotonic(), patience=HOURS)
    await look(clerk)


async def test_rows_that_nobody_seals_are_as_bad_as_heads_that_nobody_stores(clerk, monkeypatch):
    monkeypatch.setattr("storage.ids.time.time_ns", lambda: OLD_NS)
    await look(clerk)
    monkeypatch.undo()

    await watch.look(since=time.monotonic(), patience=HOURS)

    assert watch.latest().unsealed_s > HOURS.total_seconds()
    with pytest.raises(AuditBehind):
        await look(clerk)
    await links.seal(now=NOON)
    await watch.look(since=time.monotonic(), patience=HOURS)
    await look(clerk)


async def test_a_fresh_installation_has_its_time_to_store_the_first_head(clerk):
    await links.seal(now=NOON)
    await watch.look(since=time.monotonic() - 60, patience=HOURS)
    await look(clerk)

    await watch.look(since=time.monotonic() - 5 * 3600, patience=HOURS)
    with pytest.raises(AuditBehind):
        await look(clerk)

    await watch.look(since=time.monotonic() - 5 * 3600, patience=timedelta(0))  # the operator's choice
    await look(clerk)


async def test_watching_begins_at_once_and_ends_with_its_block(clerk):
    async with watch.watching(HOURS):
        deadline = time.monotonic() + 5
        while watch.latest() is None and time.monotonic() < deadline:
            await execute("SELECT pg_sleep(0.02)")
        assert watch.latest() is not None
