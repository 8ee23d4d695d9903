"""Hundreds at once through shared statements: to each his own rows, whatever happens to the others."""

import asyncio
from random import Random

import asyncpg
import pytest

from api.graphql.paths import HOUSE, Paths
from api.graphql.plan.running import Runner
from api.graphql.plan.runtime.batching import Batches
from api.graphql.plan.runtime.connections import Connections
from api.graphql.plan.runtime.fragments import Fragments
from api.graphql.plan.runtime.slots import Slot, Unavailable
from tests.api.parity.load import Load, planned, questions
from tests.api.parity.world import draw

pytestmark = pytest.mark.slow

PEOPLE, ASKERS = 40, 240


@pytest.fixture
async def load(ways, schema, postgres, database):
    """All ways; one statement of a kind at a time, so that whoever waits shares the next one."""
    connections = Connections(postgres.url("plan", database), size=3)
    runner = Runner(HOUSE, Batches(connections, in_flight=1, most=16), Fragments(), lambda _: None)
    yield Load(Paths(schema, runner=runner, eager=True))
    await connections.close()


@pytest.fixture
def sizes(monkeypatch) -> list[int]:
    """How many askers each statement had; `dice` of the test may spoil some."""
    found, fetch = [], Slot.fetch

    async def noted(self, text, arguments):
        found.append(len(arguments[0]))
        return await fetch(self, text, arguments)

    monkeypatch.setattr(Slot, "fetch", noted)
    return found


async def test_each_of_hundreds_gets_his_own_rows(settle, load, schema, sizes):
    world = await settle(draw(31, people=PEOPLE))
    asked = await questions(schema, world, Random(31), ASKERS)
    before = planned()

    await load.all(asked)

    assert not load.different
    assert max(sizes) > 4, "they did share statements"
    assert planned() - before > ASKERS / 2
    print(
        f"{load.counted}, {planned() - before:.0f} by plans in {len(sizes)} statements of up to {max(sizes)}"
    )


async def test_who_leaves_harms_nobody(settle, load, schema, sizes):
    world, dice = await settle(draw(32, people=PEOPLE)), Random(32)
    asked = await questions(schema, world, dice, ASKERS)

    tasks = [asyncio.create_task(load.ask(each)) for each in asked]
    for task in dice.sample(tasks, ASKERS // 3):
        await asyncio.sleep(0)
        task.cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)

    assert not load.different
    left = sum(isinstance(each, asyncio.CancelledError) for each in found)
    assert left > ASKERS // 10
    assert load.counted["as expected"] == ASKERS - left
    assert max(sizes) > 4


FAILURES = (
    lambda: Unavailable("out for lunch"), lambda: asyncpg.DataError("bad row"), lambda: TimeoutError(),
    lambda: asyncpg.UndefinedColumnError("gone"), lambda: asyncpg.QueryCanceledError("too slow"),
)  # fmt: skip


async def test_statements_that_fail_at_random_change_no_answer(settle, load, schema, sizes, monkeypatch):
    world, dice = await settle(draw(33, people=PEOPLE)), Random(33)
    asked = await questions(schema, world, dice, ASKERS)
    fetch = Slot.fetch

    async def spoiled(self, text, arguments):
        if dice.random() < 0.3:
            raise dice.choice(FAILURES)()
        return await fetch(self, text, arguments)

    monkeypatch.setattr(Slot, "fetch", spoiled)
    tasks = [asyncio.create_task(load.ask(each)) for each in asked]
    for task in dice.sample(tasks, ASKERS // 10):
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert not load.different
    assert load.counted["as expected"] > ASKERS / 2
