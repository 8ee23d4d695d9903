"""Fixtures shared by all tests: real servers, and a fresh database for each test that asks for one."""

import asyncio
import gc
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.remote import Producer

from miniapps.catalog.service import origins
from miniapps.catalog.service.origins import OriginsSettings
from storage import db as storage_db
from storage import seal
from storage.embedded.postgres import Postgres
from storage.embedded.seaweed import Seaweed
from storage.embedded.valkey import Valkey
from storage.lending import Lender
from storage.migrations import migrate
from storage.settings import DatabaseSettings, ObjectsSettings, SealSettings
from tests import order
from tests.databases import TEMPLATE, Databases
from tests.kept import KeptPool, KeptSlots, Queries, swept


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Spare the collector modules and tests, which live to the end, as a server does."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let long modules begin first."""
    items[:] = order.slow_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> order.Units | None:
    """Hand modules out whole, and together what shares a platform."""
    return order.Units(config, log) if config.option.dist == "loadfile" else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Leave nothing of a test under way in the loop that the next one runs in."""
    try:
        return (yield)
    finally:
        runner = (getattr(item, "funcargs", None) or {}).get("_session_scoped_runner")
        if runner is not None:
            swept(runner)


@pytest.fixture(autouse=True)
def keys() -> None:
    """This process' sealing keys, the same in every test."""
    seal.configure(SealSettings(master_key=b"m" * 32, index_key=b"i" * 32, token_key=b"t" * 32))


@pytest.fixture(autouse=True)
def at_home() -> None:
    """Where this process' mini-apps live: on a developer's machine, whatever the test before was told."""
    origins.configure(OriginsSettings())


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's unprivileged user can reach, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="banshi-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(servers_folder: Path) -> Iterator[Postgres]:
    """One cluster per test process; its database `banshi` is migrated and never written to by tests."""
    server = Postgres(servers_folder / "postgres", durable=False)
    server.start()
    asyncio.run(_migrate(server))
    yield server
    server.stop()


async def _migrate(server: Postgres) -> None:
    await storage_db.connect(DatabaseSettings(url=server.url("owner", TEMPLATE), pool_min=2, pool_max=2))
    await migrate()
    await storage_db.disconnect()


@pytest.fixture(scope="session")
def valkey(servers_folder: Path) -> Iterator[Valkey]:
    server = Valkey(servers_folder / "valkey")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def seaweed(servers_folder: Path) -> Iterator[ObjectsSettings]:
    server = Seaweed(servers_folder / "seaweed", access_key="tests", secret_key="tests-secret-key")
    server.start()
    yield ObjectsSettings(
        endpoint=server.endpoint,
        public_endpoint=server.endpoint,
        access_key=server.access_key,
        secret_key=server.secret_key,
        bucket="tests",
    )
    server.stop()


class Telling(Lender):
    """asyncpg tells of a statement in the loop's next turn: who gives back a connection waits for that."""

    async def give(self, connection: Any, *, as_it_was: bool) -> None:
        await super().give(connection, as_it_was=as_it_was)
        await asyncio.sleep(0)


@pytest.fixture(scope="session")
def databases(postgres: Postgres) -> Iterator[Databases]:
    made = Databases(postgres)
    yield made
    made.close()


@pytest.fixture(scope="session")
async def kept_pool(databases: Databases) -> AsyncIterator[KeptPool]:
    """The pool that `db` lends to each test."""
    made = KeptPool(databases)
    yield made
    await made.drop()


@pytest.fixture(scope="session")
async def kept_slots(databases: Databases) -> AsyncIterator[KeptSlots]:
    """The connections that plans are lent in each test."""
    made = KeptSlots(databases)
    yield made
    made.drop()


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[str]:
    """A migrated database without rows, for this test alone: its name."""
    name = await databases.take()
    yield name
    await databases.give_back(name)


@pytest.fixture
async def db(postgres: Postgres, database: str, kept_pool: KeptPool) -> AsyncIterator[Queries]:
    """This process connected to a fresh database as role `app`; yields the statements sent."""
    sent = Queries()
    pool = await kept_pool.lend(postgres.url("app", database), sent)
    storage_db.DB.lender = Telling(pool)
    yield sent
    await kept_pool.take_back(pool)
