"""Audit: rows come with the act, never change, and show a citizen who touched his data."""

import asyncio

import asyncpg
import pytest

from identity import audit, audit_buffer, sandbox, seed
from identity.actor import WORKER
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from tests.identity.factories import NOON, WU, make_session

WAIT_S = 5.0


async def test_row_says_who_did_what_for_whom_and_why(db):
    _, actor = await make_session()
    case = f"case/{new_id()}"

    await audit.record(actor, "case.submit", case, "行政许可法 29", now=NOON)

    row = (await fetch("SELECT * FROM audit_row WHERE act = 'case.submit'"))[0]
    assert (row["person_id"], row["party_id"]) == (actor.person_id, actor.person_id)
    assert (row["object"], row["basis"], row["at"]) == (case, "行政许可法 29", NOON)
    assert (row["roles"], row["session_id"]) == (["citizen"], actor.session_id)


async def test_row_vanishes_with_the_transaction_that_failed(db):
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await audit.record(WORKER, "case.submit", "case/1", now=NOON)
            raise ZeroDivisionError

    assert await count() == 0


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_row SET act = 'x'", "DELETE FROM audit_row", "TRUNCATE audit_row"]
)
async def test_row_cannot_be_changed_or_removed_even_by_the_owner(db, postgres, database, statement):
    await audit.record(WORKER, "case.submit", "case/1", now=NOON)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await execute(statement)
    owner = await asyncpg.connect(postgres.url("owner", database))
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only added"):
        await owner.execute(statement)
    await owner.close()
    assert await count() == 1


async def test_role_audit_may_add_and_nothing_else(db, postgres, database):
    await audit.record(WORKER, "case.submit", "case/1", now=NOON)

    granted = await fetch(
        "SELECT privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = 'audit' AND table_name = 'audit_row'"
    )

    assert granted == [] or granted == [{"privilege_type": "INSERT"}]
    allowed = "SELECT has_table_privilege('audit', 'audit_row', $1) AS allowed"
    rights = {right: (await fetch(allowed, right))[0]["allowed"] for right in ("INSERT", "UPDATE", "DELETE")}
    assert rights == {"INSERT": True, "UPDATE": False, "DELETE": False}


async def test_own_reads_are_buffered_and_flushed_by_themselves(db):
    _, actor = await make_session()
    before = await count()

    async with audit.buffered_reads():
        db.clear()
        for number in range(50):
            await audit.record_read(actor, "case.read", f"case/{number}", now=NOON)
        assert db == []
        await until(before + 50)

    assert len([sql for sql in db if sql.startswith("INSERT INTO audit_row")]) == 1


async def test_reads_still_buffered_are_stored_at_the_end(db):
    _, actor = await make_session()
    before = await count()

    async with audit.buffered_reads():
        await audit.record_read(actor, "case.read", "case/1", now=NOON)

    assert await count() == before + 1


async def test_reads_without_a_buffer_are_stored_at_once(db):
    _, actor = await make_session()
    before = await count()

    await audit.record_read(actor, "case.read", "case/1", now=NOON)

    assert await count() == before + 1


async def test_looks_of_staff_and_at_others_are_never_buffered(db):
    await seed.seed(now=NOON, personas=True)
    _, clerk = await make_session(sandbox.BY_KEY["clerk_health"], acting_as="clerk")
    _, citizen = await make_session()
    before = await count()

    async with audit.buffered_reads():
        await audit.record_read(clerk, "case.read", "case/1", now=NOON, party_id=citizen.person_id)
        await audit.record_read(citizen, "case.read", "case/1", now=NOON, party_id=new_id())
        assert await count() == before + 2


async def test_full_buffer_makes_the_reader_wait(db, monkeypatch):
    monkeypatch.setattr(audit_buffer, "BUFFER_ROWS", 2)
    _, actor = await make_session()
    before = await count()

    async with audit.buffered_reads():
        for number in range(3):
            await audit.record_read(actor, "case.read", f"case/{number}", now=NOON)
        assert await count() == before + 1

    assert await count() == before + 3


async def test_flush_that_failed_is_tried_again(db, monkeypatch):
    _, actor = await make_session()
    before = await count()
    real, tries = audit._insert, []

    async def sometimes(entries):
        tries.append(len(entries))
        if len(tries) == 1:
            raise ConnectionError
        await real(entries)

    monkeypatch.setattr(audit, "_insert", sometimes)
    async with audit.buffered_reads():
        await audit.record_read(actor, "case.read", "case/1", now=NOON)
        await until(before + 1)

    assert tries == [1, 1]


async def test_a_long_flush_goes_in_pieces_and_stores_each_row_once(db, monkeypatch):
    monkeypatch.setattr(audit_buffer, "FLUSH_ROWS", 2)
    _, actor = await make_session()
    before = await count()
    real, tries = audit._insert, []

    async def sometimes(rows):
        tries.append([entry.object for _, entry in rows])
        if len(tries) == 2:
            raise ConnectionError
        await real(rows)

    monkeypatch.setattr(audit, "_insert", sometimes)
    async with audit.buffered_reads():
        for number in range(5):
            await audit.record_read(actor, "case.read", f"case/{number}", now=NOON)
        await until(before + 5)

    assert tries == [
        ["case/0", "case/1"], ["case/2", "case/3"], ["case/2", "case/3"], ["case/4"]
    ]  # fmt: skip


async def test_a_database_that_comes_back_while_the_process_ends_loses_nothing(db, monkeypatch):
    _, actor = await make_session()
    before = await count()
    real, tries = audit._insert, []

    async def away(rows):
        tries.append(len(rows))
        if len(tries) < 4:
            raise ConnectionError
        await real(rows)

    monkeypatch.setattr(audit, "_insert", away)
    async with audit.buffered_reads():
        await audit.record_read(actor, "case.read", "case/1", now=NOON)

    assert await count() == before + 1


async def test_rows_come_in_the_order_of_what_they_tell(db):
    _, actor = await make_session()

    async with audit.buffered_reads():
        await audit.record_read(actor, "case.read", "case/1", now=NOON)
        await asyncio.sleep(0.002)
        await audit.record(actor, "session.revoke", "session/1", now=NOON)

    acts = [row.act for row in (await audit.of_party(actor, first=2, after=None)).rows]
    assert acts == ["session.revoke", "case.read"]


async def test_flush_whose_answer_was_lost_stores_its_rows_once(db, monkeypatch):
    _, actor = await make_session()
    before = await count()
    real, tries = audit._insert, []

    async def stored_but_unheard(entries):
        tries.append(len(entries))
        await real(entries)
        if len(tries) == 1:
            raise ConnectionError

    monkeypatch.setattr(audit, "_insert", stored_but_unheard)
    async with audit.buffered_reads():
        await audit.record_read(actor, "case.read", "case/1", now=NOON)

    assert len(tries) == 2
    assert await count() == before + 1


async def test_citizen_sees_who_touched_his_data_and_nothing_of_others(db):
    await seed.seed(now=NOON, personas=True)
    _, clerk = await make_session(sandbox.BY_KEY["clerk_health"], acting_as="clerk")
    _, citizen = await make_session()
    _, other = await make_session(WU)
    await audit.record(clerk, "case.accept", "case/1", "受理", now=NOON, party_id=citizen.person_id)

    seen = await audit.of_party(citizen, first=1, after=None)
    rest = await audit.of_party(citizen, first=10, after=seen.rows[0].id)

    assert [row.act for row in seen.rows + rest.rows] == ["case.accept", "session.open"]
    assert seen.rows[0].acting_for == clerk.acting_for
    assert "case.accept" not in [row.act for row in (await audit.of_party(other, first=10, after=None)).rows]


async def count() -> int:
    return (await fetch("SELECT count(*) AS n FROM audit_row"))[0]["n"]


async def until(rows: int) -> None:
    async with asyncio.timeout(WAIT_S):
        while await count() < rows:
            await asyncio.sleep(0.01)


async def test_what_an_app_is_made_to_do_waits_for_the_callers_next_pause_and_is_stored_at_once_when_full(
    db, monkeypatch
):
    monkeypatch.setattr(audit_buffer, "BUFFER_ROWS", 1)
    _, actor = await make_session()
    before = await count()

    async with audit.buffered_reads():
        await audit.record_soon(actor, "app.call", "app/one", now=NOON)
        await asyncio.sleep(0)
        await audit.record_soon(actor, "app.call", "app/two", now=NOON)
        assert await count() == before + 1
        while await count() < before + 2:
            await asyncio.sleep(0.01)
        await audit.record_soon(actor, "app.call", "app/three", now=NOON)

    assert await count() == before + 3, "none is lost, though one came with the end"
