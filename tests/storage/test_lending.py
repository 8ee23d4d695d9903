"""Connections are lent again at once, and none is lost, whatever becomes of who had it."""

import asyncio
from contextlib import suppress

import asyncpg
import pytest

from storage import lending
from storage.lending import Lender

PID = "SELECT pg_backend_pid()"


@pytest.fixture
async def pool(postgres, database):
    pool = await asyncpg.create_pool(postgres.url("app", database), min_size=1, max_size=2)
    yield pool
    async with asyncio.timeout(5):
        await pool.close()


@pytest.fixture
async def lender(pool):
    lender = Lender(pool)
    yield lender
    await lender.end()


async def pid_of(lender: Lender) -> int:
    async with lender.lent() as connection:
        return await connection.fetchval(PID)


async def test_who_comes_next_gets_the_connection_used_last(pool, lender):
    async with lender.lent() as one, lender.lent() as other:
        pids = [await each.fetchval(PID) for each in (one, other)]

    assert await pid_of(lender) == await pid_of(lender) == pids[0]  # the last to come back
    assert pool.get_idle_size() == 0  # for the pool both are out


async def test_whoever_waits_for_the_pool_gets_what_comes_back(lender):
    async with asyncio.timeout(5):
        await asyncio.gather(*(pid_of(lender) for _ in range(20)))


async def test_what_failed_goes_by_the_pool(pool, lender):
    async with lender.lent() as kept:
        with pytest.raises(asyncpg.DivisionByZeroError):
            async with lender.lent() as connection:
                await connection.fetchval("SELECT 1 / 0")
        assert pool.get_idle_size() == 1
        assert await pid_of(lender) != await kept.fetchval(PID)


async def test_a_statement_that_was_left_leaves_its_connection_good(lender):
    async def slow() -> None:
        async with lender.lent() as connection:
            await connection.execute("SELECT pg_sleep(10)")

    for _ in range(4):
        leaving = asyncio.create_task(slow())
        await asyncio.sleep(0.05)
        leaving.cancel()
        with suppress(asyncio.CancelledError):
            await leaving

    async with asyncio.timeout(5), lender.lent() as one, lender.lent() as other:
        assert [await each.fetchval("SELECT 1") for each in (one, other)] == [1, 1]


async def test_a_connection_that_died_meanwhile_is_made_anew(postgres, database, lender):
    async with lender.lent() as connection:
        pid = await connection.fetchval(PID)
    other = await asyncpg.connect(postgres.url("app", database))
    await other.execute("SELECT pg_terminate_backend($1)", pid)
    await other.close()
    async with asyncio.timeout(5):
        while lending._lives(connection):
            await asyncio.sleep(0.01)

    assert await pid_of(lender) != pid


async def test_the_pool_gets_back_what_nobody_uses(pool, lender, monkeypatch):
    monkeypatch.setattr(lending, "KEPT_S", 0.05)
    pid = await pid_of(lender)
    assert pool.get_idle_size() == 0
    await asyncio.sleep(0.2)

    assert pool.get_idle_size() == pool.get_size()
    assert await pid_of(lender) == pid


async def test_at_the_end_all_are_the_pools_also_those_still_lent(pool, lender):
    async with lender.lent():
        await pid_of(lender)
        await lender.end()
        assert pool.get_idle_size() == 1

    assert pool.get_idle_size() == 2
