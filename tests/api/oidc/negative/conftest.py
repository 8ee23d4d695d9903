"""One world per module: making it costs what fifty cases cost."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from storage import clock, limits, queue, seal
from storage import db as storage_db
from storage.embedded.postgres import Postgres
from storage.embedded.valkey import Valkey
from storage.settings import QueueSettings
from tests.api.conftest import SEAL, serving, some_settings
from tests.api.oidc.negative.world import ALL, KINDS, Time, World
from tests.api.oidc.relying import add
from tests.databases import Databases

HERE = Path(__file__).parent


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(postgres: Postgres, valkey: Valkey, databases: Databases) -> AsyncIterator[World]:
    seal.configure(SEAL)
    name = await databases.take()
    storage_db.DB.config = {"dsn": postgres.url("app", name)}
    await storage_db.DB.start_connection_pool(min_size=1, max_size=10)
    tables = await asyncpg.connect(
        postgres.url(database=name), server_settings={"max_parallel_workers_per_gather": "0"}
    )
    settings = some_settings(
        queue=QueueSettings(url=valkey.url), plan_database=postgres.url("plan", name), clock="system"
    )
    time, real = Time(), clock.system_now
    clock.system_now = time.now
    async with serving(settings) as http:
        await queue.redis().flushdb()
        limits.forget()
        yield await _peopled(World(http, tables, time))
    clock.system_now = real
    await tables.close()
    await storage_db.disconnect()
    await databases.give_back(name)


async def _peopled(world: World) -> World:
    world.browser = await world.enter()
    for kind in KINDS:
        world.rps[kind] = await add(world.http, "basic" if kind == "other" else kind)
        await world.agree(world[kind], world.browser, scope=ALL)
    return world


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def fresh(world: World) -> AsyncIterator[None]:
    """Nobody's tries are counted yet, and the clock is right again afterwards."""
    await queue.redis().flushdb()
    limits.forget()
    yield
    world.time.ahead, world.time.still = type(world.time.ahead)(0), None


@pytest.hookimpl(tryfirst=True)  # before the slow ones are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the cases of a module share its loop; all together they are too many for every day."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)
            item.add_marker(pytest.mark.slow)
