"""What the tests of the fast paths share: a database, its owner, and connections as plans have them."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from api.graphql.plan.connections import Connections

SIZE = 3


@pytest.fixture
def plan_url(postgres, database) -> str:
    return postgres.url("plan", database)


@pytest.fixture
async def owner(postgres, database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres.url("owner", database))
    yield connection
    await connection.close()


@pytest.fixture
async def admin(postgres, database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres.url(database=database))
    yield connection
    await connection.close()


@pytest.fixture
async def connections(plan_url) -> AsyncIterator[Connections]:
    made = Connections(plan_url, size=SIZE)
    await made.open()
    yield made
    await made.close()
