"""The chain: every committed row gets its link, in one order, soon, and once."""

import asyncio
import hashlib
import time
from dataclasses import replace

import asyncpg
import pytest

from api.worker import DUTIES
from identity import audit
from identity.actor import WORKER
from identity.chain import links
from storage import duties
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from tests.identity.factories import NOON

LINKS = "SELECT seq, row_id, digest, previous, sealed_at FROM audit_link ORDER BY seq"


async def add(count: int = 1, act: str = "case.read") -> None:
    for _ in range(count):
        await audit.record(WORKER, act, f"case/{new_id()}", now=NOON)


async def chain() -> list[links.Link]:
    return [links.Link(**row) for row in await fetch(LINKS)]


async def unsealed() -> int:
    [row] = await fetch(
        "SELECT count(*) AS n FROM audit_row a WHERE NOT EXISTS"
        " (SELECT FROM audit_link l WHERE l.row_id = a.id)"
    )
    return row["n"]


async def test_each_link_follows_the_one_before_and_names_its_row(db):
    await add(3)

    assert await links.seal(now=NOON) == 3

    found = await chain()
    assert [link.seq for link in found] == [1, 2, 3]
    assert found[0].previous == links.GENESIS
    assert [link.previous for link in found[1:]] == [link.value for link in found[:-1]]
    rows = await fetch(f"SELECT a.id, {links.CANONICAL.format(a='a')} AS bytes FROM audit_row a")
    digests = {row["id"]: hashlib.sha256(row["bytes"]).digest() for row in rows}
    assert {link.row_id: link.digest for link in found} == digests


async def test_sealing_again_adds_what_is_new_and_nothing_else(db):
    await add(2)
    await links.seal(now=NOON)
    assert await links.seal(now=NOON) == 0

    await add(2)
    await links.seal(now=NOON)

    assert [link.seq for link in await chain()] == [1, 2, 3, 4]
    assert await unsealed() == 0


async def test_rows_of_a_transaction_that_commits_late_are_not_missed(db, postgres, database):
    slow = await asyncpg.connect(postgres.url("app", database))
    late = slow.transaction()
    await late.start()
    await slow.execute(
        "INSERT INTO audit_row (id, party_id, at, person_id, acting_for, roles, act, object)"
        " VALUES ($1, $1, now(), $1, $1, '{}', 'late', 'case/1')", new_id(),
    )  # fmt: skip
    for _ in range(3):
        await add(2)
        await links.seal(now=NOON)
    assert await unsealed() == 0  # an open transaction keeps nobody else's rows waiting

    await late.commit()
    await slow.close()
    await links.seal(now=NOON)

    assert await unsealed() == 0
    assert len(await chain()) == 7


async def test_batches_end_where_they_must_and_lose_nothing(db, monkeypatch):
    monkeypatch.setattr(links, "BATCH", 3)
    async with transaction():
        await add(8)
    await add(2)

    assert await links.seal(now=NOON) == 10
    assert await unsealed() == 0
    assert [link.seq for link in await chain()] == list(range(1, 11))


async def test_many_sealers_and_many_writers_make_one_chain(db):
    async def write():
        for _ in range(20):
            async with transaction():
                await add(3)
                await asyncio.sleep(0)

    async def seal():
        for _ in range(30):
            await links.seal(now=NOON)
            await asyncio.sleep(0.002)

    await asyncio.gather(*(write() for _ in range(3)), *(seal() for _ in range(2)))
    await links.seal(now=NOON)

    found = await chain()
    assert [link.seq for link in found] == list(range(1, 181))
    assert [link.previous for link in found[1:]] == [link.value for link in found[:-1]]
    assert await unsealed() == 0


async def test_what_was_rolled_back_gets_no_link(db):
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await add(2)
            raise ZeroDivisionError
    await add()

    await links.seal(now=NOON)

    assert len(await chain()) == 1


async def test_a_restore_into_a_younger_cluster_starts_looking_anew(db, postgres, database):
    await add(2)
    await links.seal(now=NOON)
    await execute("UPDATE audit_boundary SET xid = 4000000000000")  # of a cluster that had lived longer
    await add(2)

    assert await links.seal(now=NOON) == 2
    assert await unsealed() == 0


@pytest.mark.parametrize("table", ["audit_link", "audit_head"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
async def test_links_and_heads_cannot_be_changed_or_removed_even_by_the_owner(
    db, postgres, database, table, statement
):
    await add()
    await links.seal(now=NOON)
    await execute("INSERT INTO audit_head (number, token, made_at) VALUES (1, 'x', now())")
    column = {"audit_link": ("seq", "seq + 1"), "audit_head": ("token", "'y'")}[table]
    text = statement.format(table, *column)

    for role in ("app", "owner"):
        connection = await asyncpg.connect(postgres.url(role, database))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(text)
        await connection.close()


@pytest.mark.slow
async def test_under_load_a_link_comes_within_a_second(db):
    """Four writers without a pause, sealed by the worker's own duty; only the machine's delay is forgiven."""
    stop, late = asyncio.Event(), [0.0]
    sealing = next(duty for duty in DUTIES if duty.function is links.seal)

    async def write():
        while not stop.is_set():
            await add(5)

    async def moment():
        return NOON

    async def watch():  # how long this machine takes for nothing
        while not stop.is_set():
            began = time.monotonic()
            await fetch("SELECT 1")
            late[0] = max(late[0], time.monotonic() - began)
            await asyncio.sleep(0.01)

    duty = duties.run([replace(sealing, next_at=0.0)], stop, leads=lambda: True, clock=moment)
    async with asyncio.TaskGroup() as group:
        group.create_task(duty)
        group.create_task(watch())
        for _ in range(4):
            group.create_task(write())
        await asyncio.sleep(4)
        stop.set()
    await links.seal(now=NOON)

    waited = sorted(link.sealed_at.timestamp() - (link.row_id.int >> 80) / 1000 for link in await chain())
    assert len(waited) > 400
    assert late[0] < 1, "this machine is too busy to tell"
    assert waited[-1] < 1 + late[0]
