"""PostgreSQL is restarted while citizens ask: refusals with code and path, nobody's rows, and back soon."""

import asyncio
import time
from random import Random

import pytest

from api.graphql.engine import PlanParts
from api.graphql.paths import Paths
from api.graphql.schema import Schema
from identity import audit
from storage import db as storage_db
from storage.embedded.postgres import Postgres
from storage.settings import DatabaseSettings
from tests.api.conftest import some_settings
from tests.api.parity.load import Load, Question, planned, questions
from tests.api.parity.test_faults import SOON_S, paths_of, until_expected
from tests.api.parity.world import draw, fill
from tests.conftest import _migrate

ROOTS = {"case", "cases", "recentCases", "notices", "catalog", "materials"}


@pytest.fixture(scope="module")
def server(servers_folder):
    """A migrated cluster that nobody else uses."""
    made = Postgres(servers_folder / "parity", durable=False)
    made.start()
    asyncio.run(_migrate(made))
    yield made
    made.stop()


@pytest.fixture
async def load(server, schema, keys, monkeypatch):
    async def unwritten(_entries) -> None: ...

    monkeypatch.setattr(audit, "_insert", unwritten)
    monkeypatch.setattr(Schema, "process_errors", lambda *_: None)  # thousands of tracebacks
    await storage_db.connect(DatabaseSettings(url=server.url("app"), pool_min=1, pool_max=4))
    plans = PlanParts(some_settings(plan_database=server.url("plan")))
    async with plans.running():
        yield Load(Paths(schema, runner=plans.runner, eager=True))
    await storage_db.disconnect()


@pytest.mark.slow
async def test_a_restart_under_load_hurts_only_while_it_lasts(server, load, schema):
    world = draw(51, people=30)
    await fill(world, server.url())
    asked = await questions(schema, world, Random(51), 80)
    good = [each for each in asked if not each.expected.errors]
    stop = asyncio.Event()

    async def asking(mine: list[Question]) -> None:
        while not stop.is_set():
            for each in mine:
                await load.ask(each)
                await asyncio.sleep(0.02)

    askers = [asyncio.create_task(asking(good[start::16])) for start in range(16)]
    worst = 0.0
    for _ in range(2):
        await asyncio.sleep(0.5)
        assert load.counted["as expected"]
        await asyncio.to_thread(server.stop)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(server.start)
        worst = max(worst, await _all_expected(load, good))
    stop.set()
    await asyncio.gather(*askers)

    print(f"all answered by plans {worst:.3f} s after the return; {load.counted}, {planned():.0f} by plans")
    assert load.different
    for question, found in load.different:
        assert found.errors, "an answer is as expected, or it says what is wrong"
        assert {code for _, code in paths_of(found.errors)} == {"INTERNAL"}
        assert {path[0] for path, _ in paths_of(found.errors)} <= ROOTS
        assert found.body == b"null" or question.expected.body != found.body


async def _all_expected(load: Load, good: list[Question]) -> float:
    began = time.monotonic()
    await asyncio.gather(*(until_expected(load, each) for each in good[:10]))
    took = time.monotonic() - began
    assert took < SOON_S
    return took
