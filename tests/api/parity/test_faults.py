"""Rows that cannot be told, fragments gone bad, a schema that moves: only those concerned hear of it."""

import asyncio
import json
from random import Random

import asyncpg
import pytest

from api.graphql import execute
from api.graphql.engine import PlanParts
from api.graphql.paths import Paths
from miniapps.items import queries
from tests.api.conftest import some_settings
from tests.api.parity.load import CASES, ONE, SHOP, Load, Question, ask, planned, question, questions
from tests.api.parity.viewers import citizen
from tests.api.parity.world import draw

pytestmark = pytest.mark.slow

SOON_S = 5.0  # the promise is two; the machine that runs the tests may be busy


@pytest.fixture
async def load(ways, schema, postgres, database):
    """All ways as the server has them: news of changes, kept fragments."""
    plans = PlanParts(some_settings(plan_database=postgres.url("plan", database)))
    async with plans.running():
        yield Load(Paths(schema, runner=plans.runner, eager=True))


@pytest.fixture
async def admin(postgres, database):
    connection = await asyncpg.connect(postgres.url(database=database))
    yield connection
    await connection.close()


async def until_expected(load: Load, question: Question) -> float:
    """Ask until the answer is as expected and a plan gave it; return after how many seconds."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        before = planned()
        found = await ask(load.paths, question.operation, question.actor, question.variables)
        if found == question.expected and planned() > before:
            return loop.time() - began
        assert loop.time() - began < SOON_S, found
        await asyncio.sleep(0.02)


def paths_of(errors: tuple[str, ...]) -> list[tuple[list[str | int], str]]:
    return [(error["path"], error["extensions"]["code"]) for error in map(json.loads, errors)]


def codes_of(errors: tuple[str, ...]) -> set[str]:
    return {code for _, code in paths_of(errors)}


async def test_a_row_with_an_unknown_word_fails_for_its_owner_alone(settle, load, schema, admin):
    world = await settle(draw(41, people=40))
    victim = max(world.people, key=lambda each: sum(c["party_id"] == each for c in world.tables["case_file"]))
    await admin.execute("ALTER TABLE case_file DROP CONSTRAINT case_state_is_known")
    await admin.execute(
        "UPDATE case_file SET state = 'dreaming', number = coalesce(number, id::text::varchar(21)),"
        " department_id = coalesce(department_id, id), decline = NULL, outcome = NULL WHERE id ="
        " (SELECT id FROM case_file WHERE party_id = $1 ORDER BY id DESC LIMIT 1 OFFSET 1)", victim,
    )  # fmt: skip
    asked = await questions(schema, world, Random(41), 150)
    his = [each for each in asked if each.actor.person_id == victim and each.operation.text == CASES]
    before = planned()

    await load.all(asked)

    assert not load.different
    assert planned() - before > 60
    assert his
    for each in his:
        assert paths_of(each.expected.errors) == [(["cases", "edges", 1, "node", "state"], "INTERNAL")]
    assert all(
        not each.expected.errors
        for each in asked
        if each.actor.person_id != victim and each.operation.text == CASES
    )


async def test_a_row_that_breaks_the_statement_fails_for_its_owner_alone(settle, load, schema, admin):
    world = await settle(draw(42, people=40))
    broken = world.tables["case_correction"][0]
    await admin.execute("UPDATE case_correction SET defects = '7' WHERE id = $1", broken["id"])
    about = {"id": str(broken["case_id"])}
    stranger = next(each for each in world.people if each != broken["party_id"])
    his = await question(schema, ONE, citizen(broken["party_id"]), about)
    strangers = await question(schema, ONE, citizen(stranger), about)
    others = await questions(schema, world, Random(42), 250)
    asked = [his, strangers, *others]
    before = planned()

    found = await load.all(asked)

    assert not load.different
    assert planned() - before > 100
    assert paths_of(found[0].errors) == [(["case", "corrections"], "INTERNAL")]
    assert paths_of(found[1].errors) == [(["case"], "CASE_NOT_FOUND")]
    rows = [each for each in asked if each.operation.text in (CASES, ONE)]
    hurt = [each for each in rows if "INTERNAL" in codes_of(each.expected.errors)]
    assert {(each.actor.person_id, each.variables.get("id")) for each in hurt} == {
        (broken["party_id"], about["id"])
    }


async def test_a_fragment_whose_maker_fails_is_not_kept(settle, load, schema, monkeypatch):
    world = await settle(draw(43, people=10))
    [code] = [row["code"] for row in world.tables["item"] if row["current_id"]][:1]
    [question] = await _asked(schema, f'{{ item(code: "{code}") {{ name conditions }} }}', world)
    real, failing = queries.described, 5

    async def poisoned(wanted):
        nonlocal failing
        failing -= 1
        if failing >= 0:
            raise RuntimeError("poisoned")
        return await real(wanted)

    monkeypatch.setattr(queries, "described", poisoned)
    found = await load.all([question] * 3)
    assert {code for each in found for _, code in paths_of(each.errors)} <= {"INTERNAL"}

    assert await until_expected(load, question) < SOON_S


async def test_what_is_shared_follows_the_table_it_is_made_of(settle, load, schema, admin):
    world = await settle(draw(44, people=10))
    [question] = await _asked(schema, SHOP, world)
    await load.all([question] * 50)
    assert not load.different

    stop = asyncio.Event()

    async def asking() -> None:
        while not stop.is_set():
            await ask(load.paths, question.operation, question.actor, {})

    noise = [asyncio.create_task(asking()) for _ in range(8)]
    worst = 0.0
    for turn in range(5):
        await admin.execute("UPDATE item SET name = $1", f"名称 {turn}")  # while fragments of it are made
        [fresh] = await _asked(schema, SHOP, world)
        worst = max(worst, await until_expected(load, fresh))
    stop.set()
    await asyncio.gather(*noise)
    print(f"a change was seen after {worst:.3f} s at most")


CHANGES = (
    "ALTER TABLE case_file ADD COLUMN mood text",
    "ALTER TABLE case_file ALTER COLUMN title TYPE text",
    "ALTER TABLE case_clock ALTER COLUMN days TYPE bigint",
    "ALTER TABLE notice ADD COLUMN mood int NOT NULL DEFAULT 7",
    "ALTER TABLE case_file DROP COLUMN mood",
    "ALTER TABLE material RENAME COLUMN title TO heading",
    "ALTER TABLE material RENAME COLUMN heading TO title",
)


async def test_a_schema_may_change_under_load(settle, load, schema, admin):
    world = await settle(draw(45, people=40))
    asked = [each for each in await questions(schema, world, Random(45), 120)]
    stop = asyncio.Event()

    async def asking(mine: list[Question]) -> None:
        while not stop.is_set():
            for each in mine:
                await load.ask(each)

    before = planned()
    askers = [asyncio.create_task(asking(asked[start::6])) for start in range(6)]
    for change in CHANGES:
        await asyncio.sleep(0.3)
        await admin.execute(change)
    simple = next(each for each in asked if each.operation.text == CASES)
    back = await until_expected(load, simple)
    stop.set()
    await asyncio.gather(*askers)

    print(f"{load.counted}, {planned() - before:.0f} by plans, by plan again after {back:.3f} s")
    for concerned, found in load.different:  # while a column was away, with nobody's rows
        assert concerned.operation.text == SHOP
        assert codes_of(found.errors) == {"INTERNAL"}
        assert found.body == b"null"


async def _asked(schema, text: str, world) -> list[Question]:
    operation = execute.choose_operation(schema, execute.Ask(text), is_open=True)
    actor = citizen(world.people[0])
    expected = await ask(Paths(schema, open_=("ordinary",)), operation, actor, {})
    return [Question(actor, operation, {}, expected)]
