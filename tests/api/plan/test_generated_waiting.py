"""The generated executor waits as it should: together, apart, in order, and never for what was given up."""

import asyncio
from collections.abc import AsyncIterator
from contextvars import ContextVar
from typing import Any

import pytest
import strawberry
from strawberry.dataloader import DataLoader

from tests.api.plan.generated_comparing import both, by_core, by_generated, compiled
from tests.api.plan.generated_world import Raised, Thing, World

WHO: ContextVar[str] = ContextVar("who", default="nobody")


def schema_of(query: type) -> strawberry.Schema:
    return strawberry.Schema(query=query)


async def test_no_resolver_sees_what_another_one_put_into_its_context():
    @strawberry.type
    class Row:
        number: int

        @strawberry.field
        async def who(self, name: str) -> str:
            WHO.set(f"{name}{self.number}")
            for _ in range(self.number % 3 + 1):
                await asyncio.sleep(0)
            return WHO.get()

    @strawberry.type
    class Query:
        @strawberry.field
        async def rows(self, name: str) -> list[Row]:
            WHO.set(name)
            await asyncio.sleep(0)
            return [Row(number=number) for number in range(20)]

        @strawberry.field
        async def who(self) -> str:
            await asyncio.sleep(0)
            return WHO.get()

    document = """{ a: rows(name: "a") { x: who(name: "x") y: who(name: "y") }
      b: rows(name: "b") { x: who(name: "z") } who }"""

    data, errors = await compiled(document, of=schema_of(Query)).run({}, None)

    assert not errors
    assert data == {
        "a": [{"x": f"x{number}", "y": f"y{number}"} for number in range(20)],
        "b": [{"x": f"z{number}"} for number in range(20)],
        "who": "nobody",
    }
    assert WHO.get() == "nobody"


async def test_a_timeout_ends_its_own_resolver_only():
    @strawberry.type
    class Row:
        number: int

        @strawberry.field
        async def answer(self) -> str:
            try:
                async with asyncio.timeout(0.01 if self.number == 1 else 5):
                    await asyncio.sleep(0.05)
            except TimeoutError:
                return "late"
            return "in time"

    @strawberry.type
    class Query:
        @strawberry.field
        def rows(self) -> list[Row]:
            return [Row(number=number) for number in range(3)]

    data, errors = await compiled("{ rows { answer } }", of=schema_of(Query)).run({}, None)

    assert data == {"rows": [{"answer": "in time"}, {"answer": "late"}, {"answer": "in time"}]}
    assert not errors


async def test_a_level_loads_at_once():
    loads: list[list[int]] = []

    async def load(keys: list[int]) -> list[str]:
        loads.append(keys)
        await asyncio.sleep(0)
        return [f"name of {key}" for key in keys]

    @strawberry.type
    class Row:
        number: int

        @strawberry.field
        async def name(self, info: strawberry.Info) -> str:
            return await info.context.load(self.number % 3)

        @strawberry.field
        def future(self, info: strawberry.Info) -> str:
            return info.context.load(self.number % 5)

    @strawberry.type
    class Query:
        @strawberry.field
        async def rows(self) -> list[Row]:
            return [Row(number=number) for number in range(10)]

    executor = compiled("{ a: rows { name future } b: rows { name } }", of=schema_of(Query))

    data, _ = await executor.run({}, DataLoader(load))

    assert loads == [[0, 1, 2, 3, 4]]
    assert data is not None
    assert data["a"][7] == {"name": "name of 1", "future": "name of 2"}


async def test_a_level_is_asked_of_a_batch_at_once():
    world = World(things=[Thing(many=[Thing(), Thing()]), Thing(many=[Thing()])])
    expected = await by_core("{ things { many { batched { name } } } }", {}, world)

    found = await by_generated("{ things { many { batched { name } } } }", {}, world)

    assert found == expected
    assert world.batches == [3]


@strawberry.type
class Step:
    name: str

    @strawberry.field
    def inner(self) -> "Step":
        return Step(name=f"{self.name}.inner")

    @strawberry.field
    async def slow(self, info: strawberry.Info) -> "Step":
        info.context.append(f"{self.name} begins")
        await asyncio.sleep(0.001)
        info.context.append(f"{self.name} ends")
        return Step(name=f"{self.name}.slow")


@strawberry.type
class StepQuery:
    @strawberry.field
    def step(self) -> Step:
        return Step(name="step")


async def test_all_that_can_be_asked_is_asked_before_anything_is_awaited():
    asked: list[str] = []
    document = "{ step { slow { slow { name } } inner { slow { name } inner { slow { name } } } } }"

    await compiled(document, of=schema_of(StepQuery)).run({}, asked)

    assert [word.split()[1] for word in asked] == ["begins"] * 3 + ["ends"] * 3 + ["begins", "ends"]


async def test_awaitables_may_stand_anywhere():
    async def later(value: Any) -> Any:
        await asyncio.sleep(0.001)
        if isinstance(value, Exception):
            raise value
        return value

    def make() -> World:
        things = [later(Thing(name=later("late"))), Thing(name="now", size=later(5)), later(None)]  # type: ignore[arg-type]
        many = [later(Thing(held={"made": later(Thing(name="made"))})), Thing(held={"made": Thing()})]
        thing = Thing(some=things, many=later(many), held={"label": later("label")})  # type: ignore[arg-type]
        return World(thing=later(thing))

    document = "{ thingNow { label some { name size maybeLabel } many { made { name slowLabel } } } }"

    _, errors = await both(document, make)

    assert not errors


async def test_awaitables_in_lists_fail_in_their_places():
    async def later(value: Any) -> Any:
        await asyncio.sleep(0.001)
        if isinstance(value, Exception):
            raise value
        return value

    def make() -> World:
        some = [later(Thing()), later(ValueError("second")), later(None), later(Thing(size=later("x")))]  # type: ignore[arg-type]
        return World(thing=Thing(some=some))  # type: ignore[arg-type]

    data, errors = await both("{ thing { some { name size slowLabel } } }", make)

    assert data.count(b"null") == 3
    assert len(errors) == 2


async def test_lists_may_come_one_by_one():
    async def numbers(upto: int) -> AsyncIterator[Any]:
        for number in range(upto):
            await asyncio.sleep(0)
            yield Thing(size=number)
        if upto > 2:
            raise ValueError("too many")

    for upto in (2, 3):
        await both("{ things { size slowLabel } }", lambda upto=upto: World(things=numbers(upto)))
        await both("{ maybeThings { size } }", lambda upto=upto: World(things=numbers(upto)))


async def test_generators_are_read_once():
    def make() -> World:
        return World(
            things=(Thing(size=size) for size in range(3)), thing=Thing(many=(Thing() for _ in "ab"))
        )  # type: ignore[arg-type]

    data, _ = await both("{ things { size label } thing { many { name } } }", make)

    assert data.count(b'"size"') == 3
    assert data.count(b'"name"') == 2


STEPS = """mutation { a: step(name: "a") { name maybeSlow } b: step(name: "b", fails: true) { name }
  c: sureStep(name: "c"%s) count d: step(name: "d") { slowLabel } }"""


@pytest.mark.parametrize("fails", ["", ", fails: true"])
async def test_mutations_run_one_after_the_other(fails):
    worlds: list[World] = []

    def make() -> World:
        worlds.append(World())
        return worlds[-1]

    await both(STEPS % fails, make)

    assert worlds[0].steps == worlds[1].steps
    assert worlds[0].steps[:4] == ["a begins", "a ends", "b begins", "b ends"]
    assert ("d begins" in worlds[0].steps) is not bool(fails)


async def test_many_runs_of_one_executor_keep_apart():
    executor = compiled(
        "query($s: String!) { thing { slowLabel(times: 2) maybeLabel(suffix: $s) many { slowLabel } } }"
    )
    worlds = [
        World(thing=Thing(many=[Thing()] * (number % 3)), viewer=f"viewer {number}") for number in range(50)
    ]

    answers = await asyncio.gather(*(executor.run({"s": world.viewer}, world) for world in worlds))

    for number, (data, errors) in enumerate(answers):
        assert not errors
        assert data == {
            "thing": {
                "slowLabel": f"slowLabel viewer {number}",
                "maybeLabel": f"thing/maybeLabelviewer {number}",
                "many": [{"slowLabel": f"slowLabel viewer {number}"}] * (number % 3),
            }
        }


async def test_the_error_of_one_run_is_not_that_of_another():
    executor = compiled("{ maybeThings { slowLabel } }")
    good, bad = World(things=[Thing()]), World(things=[Thing(held={"slow_label": Raised(ValueError("bad"))})])

    answers = await asyncio.gather(*(executor.run({}, world) for world in (good, bad, good)))

    assert [len(errors) for _, errors in answers] == [0, 1, 0]
