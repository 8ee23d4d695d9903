"""Documents and data made at random: what graphql-core answers, the generated executor answers."""

import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLError, parse

from tests.api.plan.generated_comparing import alike, ready
from tests.api.plan.generated_world import Colour, Leaves, Raised, Thing, World

pytestmark = pytest.mark.slow

DEPTH = 3
FAULTS = 6  # of each document
MOST = int(os.environ.get("RANDOM_DOCUMENTS", "60"))  # thousands were run by hand; these keep it so
SHARES = (0, 0.03, 0.15)  # of the data that are wrong

PLAIN = ["name", "size", "label", "maybeLabel", 'maybeLabel(suffix: "?")', "loudNow", "__typename"]
AWAITED = ["slowLabel", "maybeSlow", "loud"]
LINKS = ["one", "must", "many", "some", "table", "made", "maybeMade"]
AWAITED_LINKS = ["fetched", "maybeFetched", "allFetched", "someFetched", "batched"]
LEAVES = "leaves { text number textOr tagsOr gridOr even colourOr }"


class Documents:
    """Makes documents."""

    def __init__(self, chance: random.Random, *, awaits: bool) -> None:
        self.chance = chance
        self.fields = PLAIN + (AWAITED if awaits else [])
        self.links = LINKS + (AWAITED_LINKS if awaits else [])
        self.roots = ["thing", "maybeThings", "thingNow"] if awaits else ["thingNow"]
        self.keys = 0

    def make(self) -> str:
        roots = [self._field(self.roots, DEPTH) for _ in range(self.chance.randint(1, 3))]
        return f"{{ {' '.join(roots)} }}"

    def _field(self, names: list[str], depth: int) -> str:
        self.keys += 1
        return f"k{self.keys}: {self.chance.choice(names)} {{ {self._fields(depth)} }}"

    def _fields(self, depth: int) -> str:
        return " ".join(self._one(depth) for _ in range(self.chance.randint(1, 4)))

    def _one(self, depth: int) -> str:
        dice = self.chance.random()
        if depth and dice < 0.5:
            return self._field(self.links, depth - 1)
        self.keys += 1
        if dice < 0.6:
            return f"... on Thing {{ k{self.keys}: {self.chance.choice(self.fields)} }}"
        return LEAVES if dice < 0.65 else f"k{self.keys}: {self.chance.choice(self.fields)}"


class Faults:
    """Makes data of which a share is wrong."""

    def __init__(self, chance: random.Random, share: float) -> None:
        self.chance = chance
        self.share = share

    def world(self) -> World:
        return World(thing=self.thing(DEPTH), things=[self.thing(DEPTH) for _ in range(3)])

    def thing(self, depth: int) -> Thing:
        held = {name: self._wrong(None) for name in ("label", "maybe_label", "loud_now")}
        thing = Thing(name=self._plain("n"), size=self._plain(4), leaves=self._leaves())
        if depth:
            thing.one, thing.must = self._plain(self.thing(depth - 1)), self._plain(self.thing(depth - 1))
            thing.many, thing.some = self._list(depth), self._list(depth)
            thing.table = self.chance.choice([None, [self._list(depth)]])
            held |= {name: self._wrong(self.thing(depth - 1)) for name in ("made", "maybe_made")}
        thing.held = {name: value for name, value in held.items() if value is not None}
        return thing

    def _leaves(self) -> Leaves | None:
        chance = self.chance
        leaves = Leaves(text=self._plain("t"), number=self._plain(5), even=chance.choice([None, 2, 3]))
        leaves.tags_or = chance.choice([None, ["a", None, self._plain("b")]])
        leaves.grid_or = chance.choice([None, [None, [1, self._plain(2)]]])
        leaves.colour_or = chance.choice([None, Colour.RED, "r", "unknown"])
        return chance.choice([None, leaves])

    def _list(self, depth: int) -> Any:
        found = [self._plain(self.thing(depth - 1)) for _ in range(self.chance.randint(0, 2))]
        return self._plain(tuple(found) if self.chance.random() < 0.1 else found)

    def _wrong(self, value: Any) -> Any:
        if self.chance.random() > self.share:
            return value
        error = GraphQLError("g", extensions={"code": "G"})
        return self.chance.choice([None, 2**40, "x", object, Raised(ValueError("r")), Raised(error)])

    def _plain(self, value: Any) -> Any:
        found = self._wrong(value)
        return found.error if isinstance(found, Raised) else found


@pytest.mark.parametrize("share", SHARES)
async def test_what_waits_for_nothing_is_answered_alike_whatever_is_wrong(share):
    for seed in range(MOST // len(SHARES)):
        chance = random.Random(seed)
        document = Documents(chance, awaits=False).make()

        await alike(
            ready(parse(document)), document, lambda seed=seed: Faults(random.Random(seed), share).world()
        )


Slot = Callable[[Any], None]


class OneFault:
    """Makes data in which all is well but for one thing: whoever fails first, fails alone."""

    def __init__(self, seed: int) -> None:
        self.slots: list[Slot] = []
        self.world = World()
        self.world.thing = self._thing(DEPTH)
        self.world.things = [self._thing(DEPTH) for _ in range(2)]
        chance = random.Random(seed)
        self.slots.append(lambda wrong: setattr(self.world, "thing", wrong))
        wrong = chance.choice([None, 7, "x", Raised(ValueError("r")), Raised(GraphQLError("g"))])
        chance.choice(self.slots)(wrong)

    def _thing(self, depth: int) -> Thing:
        held: dict[str, Any] = {}
        thing = Thing(held=held, leaves=Leaves())
        inner = [self._thing(depth - 1) for _ in range(2)] if depth else [thing]
        thing.one = thing.must = inner[0]
        thing.many, thing.some, thing.table = list(inner), [*inner, None], [list(inner)]
        for name in ("made", "maybe_made", "fetched", "maybe_fetched", "batched"):
            held[name] = inner[-1]
        held["all_fetched"], held["some_fetched"] = list(inner), [None, *inner]
        if depth < DEPTH:
            return thing  # it stands in several places, and would fail in each at its own time
        for name in (*held, "label", "maybe_label", "slow_label", "maybe_slow", "loud", "loud_now"):
            self.slots.append(lambda wrong, name=name: held.update({name: wrong}))
        for name in ("name", "size", "one", "must", "many", "some", "table"):
            self.slots.append(lambda wrong, name=name: setattr(thing, name, getattr(wrong, "error", wrong)))
        return thing


# graphql-core leaves coroutines behind that it cancels before they begin
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_what_waits_is_answered_alike_whatever_one_thing_is_wrong():
    failed = 0
    for seed in range(MOST):
        document = Documents(random.Random(seed), awaits=True).make()
        executor = ready(parse(document))

        for fault in range(FAULTS):
            _, errors = await alike(executor, document, lambda fault=fault: OneFault(fault).world)

            failed += bool(errors)
    assert failed > MOST / 4
