"""PostgreSQL is restarted while citizens ask: refusals with code and path, nobody's rows, and back soon."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from functools import reduce
from operator import getitem
from random import Random
from typing import Any
from uuid import UUID

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
from tests.api.parity.test_faults import paths_of, until_expected
from tests.api.parity.ways import Outcome, decode
from tests.api.parity.world import World, draw, fill
from tests.api.recovery import recovers
from tests.conftest import _migrate

OWNED = ("case_file", "notice", "material")


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

    async def restart() -> float:
        await asyncio.sleep(0.5)
        assert load.counted["as expected"]
        await asyncio.to_thread(server.stop)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(server.start)
        return max(await asyncio.gather(*(until_expected(load, each) for each in good[:10])))

    await recovers(restart)
    await recovers(restart)
    stop.set()
    await asyncio.gather(*askers)

    print(f"{load.counted}, {planned():.0f} by plans")
    assert load.different
    private = _private(world)
    for question, found in load.different:
        assert not _texts(decode(found.body)) & private[question.actor.person_id]
        _only_torn(question, found)


def _private(world: World) -> dict[UUID, set[str]]:
    """Return the ids and titles that no answer to each person may hold."""
    held: dict[str, set[UUID]] = defaultdict(set)
    for row in (row for table in OWNED for row in world.tables[table]):
        held[str(row["id"])].add(row["party_id"])
        if len(row["title"]) > 7:  # shorter ones stand in names of what is offered, too
            held[row["title"]].add(row["party_id"])
    return {each: {text for text, owners in held.items() if each not in owners} for each in world.people}


def _texts(value: Any) -> set[str]:
    """Return all strings of an answer."""
    if isinstance(value, str):
        return {value}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for each in inner for text in _texts(each)}


def _only_torn(question: Question, found: Outcome) -> None:
    """See that an answer is what is expected but for places that are null, each with an error of its own."""
    data, errors = decode(question.expected.body)["data"], paths_of(found.errors)
    assert errors, "an answer is as expected, or it says what is wrong"
    assert {code for _, code in errors} == {"INTERNAL"}
    torn = list(_torn(data, decode(found.body)))
    for path, _ in errors:
        assert path
        reduce(getitem, path, data)  # it leads somewhere
        assert any(path[: len(place)] == place for place in torn)
    for place in torn:
        assert any(path[: len(place)] == place for path, _ in errors)


def _torn(expected: Any, found: Any, *place: str | int) -> Iterator[list[str | int]]:
    """Tell where an answer is null and should not be."""
    if found == expected:
        return
    if found is None:
        yield list(place)
        return
    assert type(found) is type(expected)
    assert len(found) == len(expected)
    pairs = found.items() if isinstance(found, dict) else enumerate(found)
    for key, each in pairs:
        yield from _torn(expected[key], each, *place, key)
