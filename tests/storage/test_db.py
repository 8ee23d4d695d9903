"""The engine survives what stock Piccolo does not."""

import asyncio
import re
from pathlib import Path

import asyncpg
import pytest

from storage.db import DB, execute, fetch, leave_as_it_is, transaction


@pytest.fixture
async def deferred(db, postgres, database):
    owner = await asyncpg.connect(postgres.url("owner", database))
    await owner.execute("CREATE TABLE probe (v int, CONSTRAINT one UNIQUE (v) DEFERRABLE INITIALLY DEFERRED)")
    await owner.close()
    await execute("INSERT INTO probe VALUES (1)")


async def test_failed_commit_gives_the_connection_back(deferred):
    for _ in range(10):
        with pytest.raises(asyncpg.UniqueViolationError):
            async with transaction():
                await execute("INSERT INTO probe VALUES (1)")

    assert DB.current_transaction.get() is None
    assert await fetch("SELECT count(*) AS n FROM probe") == [{"n": 1}]


async def test_nested_transaction_is_a_savepoint(deferred):
    async with transaction():
        await execute("INSERT INTO probe VALUES (10)")
        with pytest.raises(ZeroDivisionError):
            async with transaction():
                await execute("INSERT INTO probe VALUES (11)")
                raise ZeroDivisionError

    assert await fetch("SELECT v FROM probe ORDER BY v") == [{"v": 1}, {"v": 10}]


async def test_read_only_transaction_refuses_writes(deferred):
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with transaction(read_only=True):
            await execute("INSERT INTO probe VALUES (2)")


async def test_serializable_transactions_see_each_other(deferred):
    async def add_one() -> None:
        for _ in range(20):
            try:
                async with transaction(isolation="serializable"):
                    top = (await fetch("SELECT max(v) AS v FROM probe"))[0]["v"]
                    await asyncio.sleep(0.01)
                    await execute("INSERT INTO probe VALUES ($1)", top + 1)
                return
            except (asyncpg.SerializationError, asyncpg.UniqueViolationError):
                continue

    await asyncio.gather(add_one(), add_one())

    assert await fetch("SELECT v FROM probe ORDER BY v") == [{"v": 1}, {"v": 2}, {"v": 3}]


async def test_db_fixture_counts_statements(db):
    db.clear()

    await fetch("SELECT 1 AS one")

    assert db == ["SELECT 1 AS one"]


SESSION_STATE = re.compile(
    r"pg_(try_)?advisory_lock\b|\"LISTEN |\bDECLARE [a-z]+ CURSOR|CREATE TEMP|\bSET (SESSION|ROLE)"
    r"|set_config\((?![^()]*, true\))"
)
OWN_CONNECTION = {"storage/heart.py"}  # holds its lock on a connection outside the pool


def test_nothing_outlives_its_transaction_on_a_connection_of_the_pool():
    found = {
        str(file)
        for folder in ("api", "miniapps", "identity", "storage")
        for file in Path(folder).rglob("*.py")
        if "migrations" not in str(file) and SESSION_STATE.search(file.read_text())
    }

    assert found - OWN_CONNECTION == set()


async def test_a_connection_comes_back_without_a_word(postgres, database):
    pool = await asyncpg.create_pool(
        postgres.url("app", database), min_size=1, max_size=1, reset=leave_as_it_is
    )
    sent: list[str] = []
    async with pool.acquire() as connection:
        connection.add_query_logger(lambda record: sent.append(record.query))
        await connection.fetchval("SELECT 1")
    await pool.close()

    assert sent == ["SELECT 1"]
