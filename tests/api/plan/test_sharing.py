"""Arguments that have the same answer share one, and never another's."""

import asyncio
import json
from collections.abc import Mapping

import strawberry
from graphql import parse
from pytest import fixture

from api.context import Context
from api.graphql.paths import HOUSE
from api.graphql.plan.compile import compile_plan
from api.graphql.plan.roots import Alike, Kept, root
from api.graphql.plan.runtime.compression import plain
from identity.actor import ANONYMOUS
from tests.api.conftest import NOON

WANTED = "query ($place: String!, $name: String) { told(place: $place, name: $name) }"


class World:
    """Places that have nothing of their own, and which places were told of."""

    def __init__(self) -> None:
        self.empty: dict[str, str] = {}
        self.made: list[str] = []
        self.coming: dict[str, str] = {}  # is known from the next answer on
        self.waiting: asyncio.Event | None = None

    def chosen(self, given: Mapping[str, object]) -> Mapping[str, str]:
        place = str(given["place"])
        return {"place": self.empty.get(place, place)}

    async def learn(self) -> None:
        self.empty |= self.coming


@fixture
def world() -> World:
    return World()


@fixture
def ask(world, runner):
    @strawberry.type
    class Query:
        @strawberry.field(metadata=root(Kept(by="shared", alike=Alike(world.chosen, world.learn))))
        async def told(self, place: str, name: str | None = None) -> str:
            world.made.append(place)
            if world.waiting is not None:
                await world.waiting.wait()
            return f"{name} in {place}"

    schema = strawberry.Schema(Query)
    runner.fragments.trust()
    plans = {}

    async def asked(text: str = WANTED, **variables: str) -> str:
        if text not in plans:
            document = parse(text)
            plans[text] = compile_plan(schema, document, document.definitions[0], HOUSE, flags={})
        context = Context(actor=ANONYMOUS, now=NOON, request_id="1", address="")
        parts = await runner.answer(plans[text], variables, context)
        return json.loads(plain(parts))["data"]["told"]

    return asked


async def test_places_with_nothing_of_their_own_share_an_answer(world, ask):
    world.empty = {"county": "city", "hamlet": "city"}

    told = [await ask(place=place, name="it") for place in ("county", "hamlet", "city", "town", "county")]

    assert told == ["it in city"] * 3 + ["it in town", "it in city"]
    assert world.made == ["city", "town"]


async def test_other_arguments_tell_answers_apart_still(world, ask):
    world.empty = {"county": "city"}

    told = [await ask(place=place, name=name) for place in ("county", "city") for name in ("a", "b")]

    assert told == ["a in city", "b in city"] * 2
    assert world.made == ["city"] * 2


async def test_what_is_alike_is_learnt_when_an_answer_is_made(world, ask):
    world.coming = {"county": "city"}

    told = [await ask(place="county") for _ in range(3)]

    assert told == ["None in county", "None in city", "None in city"]
    assert world.made == ["county", "city"]


async def test_who_gets_something_of_his_own_is_told_of_it_at_once(world, ask):
    world.empty = {"county": "city"}
    assert await ask(place="county") == "None in city"

    world.empty = {}

    assert await ask(place="county") == "None in county"
    assert await ask(place="city") == "None in city"


async def test_what_changes_while_an_answer_is_made_goes_under_no_others_name(world, ask):
    world.empty, world.waiting = {"county": "city"}, asyncio.Event()
    asking = asyncio.create_task(ask(place="county"))
    world.empty = {}
    await asyncio.sleep(0)
    world.empty = {"county": "elsewhere"}
    world.waiting.set()
    found = (await asking).removeprefix("None in ")

    assert world.made == [found]
    world.empty, world.waiting = {}, None
    assert await ask(place="city") == "None in city"
    assert await ask(place="county") == "None in county"


async def test_places_that_the_document_says_itself_stand_for_themselves(world, ask):
    world.empty = {"county": "city"}

    assert await ask('{ told(place: "county") }') == "None in county"
    twice = "query ($place: String!) { told(place: $place, name: $place) }"
    assert await ask(twice, place="county") == "county in county"
