"""Tables that answers are kept of tell that they changed, whoever changed them and however."""

import asyncio

import asyncpg
import pytest

TABLES = ("department", "item", "item_topic", "item_version", "mini_app", "mini_app_version", "team_key")


@pytest.fixture
async def owner(postgres, database):
    connection = await asyncpg.connect(postgres.url("owner", database))
    yield connection
    await connection.close()


@pytest.fixture
async def heard(postgres, database):
    connection = await asyncpg.connect(postgres.url("plan", database))
    found: asyncio.Queue[str] = asyncio.Queue()
    await connection.add_listener("changed", lambda *message: found.put_nowait(message[-1]))
    yield found
    await connection.close()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO {0} SELECT * FROM {0}",
        "UPDATE {0} SET {1} = {1}",
        "DELETE FROM {0}",
        "TRUNCATE {0} CASCADE",
    ],
)
async def test_a_change_is_told(owner, heard, table, statement):
    key = "code" if table == "item_topic" else "id"

    await owner.execute(statement.format(table, key))
    await owner.execute("NOTIFY changed, 'the end'")

    told = set()
    async with asyncio.timeout(10):
        while "the end" not in told:
            told.add(await heard.get())
    assert table in told


async def test_what_is_rolled_back_is_not_told(owner, heard):
    change = owner.transaction()
    await change.start()
    await owner.execute("UPDATE item SET id = id")
    await change.rollback()
    await owner.execute("NOTIFY changed, 'the end'")

    async with asyncio.timeout(10):
        assert await heard.get() == "the end"
