"""A world of random rows for each test that asks for one, and all ways through it."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from api.graphql.paths import HOUSE
from api.graphql.plan.running import Runner
from api.graphql.plan.runtime.batching import Batches
from api.graphql.plan.runtime.connections import Connections
from api.graphql.plan.runtime.fragments import Fragments
from api.graphql.schema import Schema
from tests.api.parity.ways import Tally, Ways
from tests.api.parity.world import World, fill

FORGOTTEN = (
    "ignore:coroutine '(Executor|GraphQLCoreConverter):RuntimeWarning",
    "ignore:Exception ignored in. <coroutine object (Executor|GraphQLCoreConverter)"
    ":pytest.PytestUnraisableExceptionWarning",
)
"""graphql-core forgets coroutines, its own and Strawberry's, when a sibling fails first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let graphql-core forget, in the tests of this folder."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            for each in FORGOTTEN:
                item.add_marker(pytest.mark.filterwarnings(each))


Settle = Callable[[World], Awaitable[World]]


@pytest.fixture
def settle(db: object, postgres, database: str) -> Settle:
    """Put a world into the test's own database: `await settle(draw(seed))`."""

    async def put(world: World) -> World:
        began = time.monotonic()
        await fill(world, postgres.url(database=database))
        rows = sum(map(len, world.tables.values()))
        print(f"{rows} rows in {time.monotonic() - began:.1f} s")
        return world

    return put


@pytest.fixture
def tally() -> Iterator[Tally]:
    """What is counted; at the end nothing may have been different, nor any statement wrong."""
    found = Tally()
    yield found
    print(found)
    assert not found.different, "\n".join(found.different[:5])
    assert not found.failures


@pytest.fixture
async def ways(
    schema: Schema, postgres, database: str, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Ways]:
    """All ways, plans with a place for fragments that are kept."""
    connections = Connections(postgres.url("plan", database), size=2)
    fragments = Fragments()
    fragments.trust()  # nothing changes under these tests
    runner = Runner(HOUSE, Batches(connections), fragments, lambda error: tally.failed(error))
    made = Ways(schema, runner, tally)
    made.listen(monkeypatch)
    yield made
    await connections.close()
