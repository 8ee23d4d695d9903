"""The generated executor fails as graphql-core does: messages, paths, places, and how far a null rises."""

from typing import Any

import pytest
import strawberry
from graphql import GraphQLError

from api.graphql.plan.generated.settle import make_null
from tests.api.plan.generated_comparing import both, by_generated, compiled
from tests.api.plan.generated_world import Colour, Leaves, Raised, Thing, World

pytestmark = pytest.mark.slow


class Refusal(Exception):
    """An error that tells clients more than its text."""

    def __init__(self) -> None:
        super().__init__("no")
        self.extensions = {"code": "NO", "data": {"a": 1}}


BAD_LEAVES: list[dict[str, Any]] = [
    {"number": 2**31},
    {"number": -(2**31) - 1},
    {"number_or": 2**31},
    {"number": "seven"},
    {"number": 1.5},
    {"ratio": float("nan")},
    {"ratio": float("inf")},
    {"yes": "yes"},
    {"text": None},
    {"text": object},
    {"text": ["a"]},
    {"text_or": {"a": 1}},
    {"id": None},
    {"uuid": None},
    {"at": "2026"},
    {"on": 5},
    {"colour": "unknown"},
    {"colour": None},
    {"colour_or": "unknown"},
    {"colour_or": 5},
    {"even": 3},
    {"even": None, "number": None},
    {"json": None},
    {"tags": None},
    {"tags": "text"},
    {"tags": 5},
    {"tags": {"a": 1}},
    {"tags": ["a", None]},
    {"tags_or": ["a", object, None, object]},
    {"grid": [[1], [2, None]]},
    {"grid": [[1], None]},
    {"grid_or": [[1, "x"], 5, None, [2**40]]},
    {"text": ValueError("held")},
    {"text_or": GraphQLError("held", extensions={"code": "X"})},
    {"tags": ["a", Refusal()]},
    {"text": None, "text_or": object, "number_or": "x", "grid_or": 5},
]


@pytest.mark.parametrize("values", BAD_LEAVES, ids=str)
async def test_leaves_that_do_not_fit_are_told(values):
    fields = """textOr text numberOr number ratio yes id uuid at on colour colourOr even json tags tagsOr
      grid gridOr"""

    def make() -> World:
        return World(leaves=Leaves(**values), all_leaves=[Leaves(), Leaves(**values), Leaves()])

    one, errors = await both(f"{{ leaves {{ {fields} }} echo }}", make)
    many, _ = await both(f"{{ sureLeaves {{ {fields} }} echo }}", make)
    nested, _ = await both(
        f"{{ thing {{ one {{ leaves {{ {fields} }} }} many {{ leaves {{ {fields} }} name }} }} }}",
        lambda: World(
            thing=Thing(one=Thing(leaves=Leaves(**values)), many=[Thing(), Thing(leaves=Leaves(**values))])
        ),
    )

    assert errors
    assert b'"echo":"(' in one
    assert many != b"" and nested != b""


FAILING = [None, 5, "text", ValueError("held"), Raised(ValueError("raised")), Raised(Refusal())]
LINKS = ["one", "must", "many", "some", "table"]
ASKED = ["label", "maybe_label", "slow_label", "maybe_slow", "loud", "loud_now"]
FOUND = ["made", "maybe_made", "fetched", "maybe_fetched", "batched", "all_fetched", "some_fetched"]
NAMES = {
    "maybe_label": "maybeLabel",
    "slow_label": "slowLabel",
    "maybe_slow": "maybeSlow",
    "loud_now": "loudNow",
}
NAMES |= {"maybe_made": "maybeMade", "maybe_fetched": "maybeFetched"}
NAMES |= {"all_fetched": "allFetched", "some_fetched": "someFetched"}


@pytest.mark.parametrize("value", [value for value in FAILING if not isinstance(value, Raised)], ids=repr)
@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("inner", ["name", "label batched { name }"])
async def test_a_link_that_does_not_fit_is_told(link, value, inner):
    document = f"{{ thing {{ name some {{ {link} {{ {inner} }} name }} }} echo }}"

    await both(document, lambda: World(thing=Thing(some=[Thing(must=Thing()), Thing(**{link: value})])))


@pytest.mark.parametrize("value", FAILING, ids=repr)
@pytest.mark.parametrize("asked", ASKED)
async def test_a_resolver_that_fails_is_told(asked, value):
    def make() -> World:
        return World(things=[Thing(), Thing(held={asked: value}), Thing(name="after")])

    for root in ("things", "maybeThings"):
        for inner in ("", "name", "maybeSlow slowLabel"):
            await both(f"{{ {root} {{ k: {NAMES.get(asked, asked)} {inner} }} echo }}", make)


@pytest.mark.parametrize(
    "value", [*FAILING, [Thing(), None], [Thing(), 5], [[Thing()]], (Thing(),)], ids=repr
)
@pytest.mark.parametrize("found", FOUND)
@pytest.mark.parametrize("inner", ["name size", "slowLabel"])
async def test_a_resolver_of_objects_that_fails_is_told(found, value, inner):
    document = f"{{ maybeThings {{ name k: {NAMES.get(found, found)} {{ {inner} }} }} echo }}"

    await both(document, lambda: World(things=[Thing(held={found: value}), Thing(name="after")]))


async def test_siblings_that_fail_are_all_told_where_they_may_be_null():
    def make() -> World:
        bad = {"maybe_label": Raised(ValueError("a")), "maybe_slow": Raised(ValueError("b"))}
        return World(things=[Thing(held=bad, name=ValueError("c")), Thing(held=bad), Thing()])  # type: ignore[arg-type]

    data, errors = await both("{ maybeThings { maybeSlow maybeLabel name size } }", make)

    assert len(errors) == 5
    assert data.count(b"null") == 5


async def test_of_siblings_that_rise_together_one_is_told():
    bad = {"label": Raised(ValueError("a")), "loud_now": Raised(ValueError("b"))}

    data, errors = await both("{ maybeThings { label loudNow } }", lambda: World(things=[Thing(held=bad)]))

    assert data == b'{"maybeThings":[null]}'
    assert [error[0] for error in errors] == [["maybeThings", 0, "label"]]


async def test_what_failed_before_the_null_rose_is_told_and_what_came_after_is_not():
    def make() -> World:
        values = {"text_or": object, "number": None, "colour_or": "unknown"}
        return World(leaves=Leaves(**values))

    _, errors = await both("{ leaves { textOr number colourOr } }", make)

    assert [error[0] for error in errors] == [["leaves", "number"], ["leaves", "textOr"]]


async def test_a_null_rises_through_lists_of_lists():
    def make() -> World:
        table = [[Thing()], [Thing(), Thing(held={"slow_label": None})]]
        return World(thing=Thing(table=table), things=[Thing(table=table)])

    data, errors = await both("{ thing { name table { slowLabel } } things { name table { label } } }", make)

    assert b'"name":"thing","table":null' in data
    assert errors[0][0] == ["thing", "table", 1, 1, "slowLabel"]


async def test_a_null_that_rises_above_a_root_field_leaves_no_data():
    thing = Raised(ValueError("gone"))

    data, errors = await both("{ echo sureThing { name } leaves { text } }", lambda: World(thing=thing))

    assert data == b"null"
    assert [error[0] for error in errors] == [["sureThing"]]


async def test_root_fields_fail_on_their_own_where_they_may_be_null():
    def make() -> World:
        return World(thing=Raised(Refusal()), leaves=Raised(ValueError("no leaves")))

    data, errors = await both("{ thing { name } leaves { text } echo maybeThings { name } }", make)

    assert data.startswith(b'{"thing":null,"leaves":null,"echo":')
    assert [error[3] for error in errors] == [{}, {"code": "NO", "data": {"a": 1}}]


async def test_fields_merged_from_several_places_are_all_located():
    document = "{ leaves { text } ...F } fragment F on Query { leaves { text } }"

    _, errors = await both(document, lambda: World(leaves=Leaves(text=None)))  # type: ignore[arg-type]

    assert len(errors[0][2]) == 2


async def test_errors_keep_their_cause():
    cause = ValueError("gone")

    _, errors = await compiled("{ thing { label } }").run(
        {}, World(thing=Thing(held={"label": Raised(cause)}))
    )

    assert errors[0].original_error is cause


async def test_a_batch_fails_for_one_or_for_all():
    async def some_fail(sources: list[Any], context: Any) -> list[Any]:
        return [source.number if source.number else ValueError("zero") for source in sources]

    async def all_fail(sources: list[Any], context: Any) -> list[Any]:
        raise ValueError("all")

    async def none_come(sources: list[Any], context: Any) -> list[Any]:
        return []

    @strawberry.type
    class Row:
        number: int
        partly: int | None = strawberry.field(resolver=lambda: None, metadata={"batch": some_fail})
        wholly: int | None = strawberry.field(resolver=lambda: None, metadata={"batch": all_fail})
        too_few: int | None = strawberry.field(resolver=lambda: None, metadata={"batch": none_come})

    @strawberry.type
    class Query:
        @strawberry.field
        def rows(self) -> list[Row]:
            return [Row(number=1), Row(number=0)]

    data, errors = await compiled("{ rows { partly wholly tooFew } }", of=strawberry.Schema(query=Query)).run(
        {}, None
    )

    assert data is not None
    assert data["rows"][0] == {"partly": 1, "wholly": None, "tooFew": None}
    assert sorted(tuple(error.path or ()) for error in errors) == [
        ("rows", 0, "tooFew"), ("rows", 0, "wholly"),
        ("rows", 1, "partly"), ("rows", 1, "tooFew"), ("rows", 1, "wholly"),
    ]  # fmt: skip


async def test_an_object_is_asked_once_though_another_one_fails():
    asked: list[str] = []

    held: dict[str, dict[str, Any]] = {"a": {}, "b": {"label": None}, "c": {}}
    things = [Thing(name=name, held=_Counting(each, asked, name)) for name, each in held.items()]

    await by_generated("{ maybeThings { label name } }", {}, World(things=things))

    assert asked == ["a", "b", "c"]


class _Counting(dict[str, Any]):
    def __init__(self, held: dict[str, Any], asked: list[str], name: str) -> None:
        super().__init__(held)
        self.asked, self.name = asked, name

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.append(self.name)
        return super().get(key, default)


def test_nulls_under_nulls_do_no_harm():
    data = {"a": [{"b": {"c": 1}}, {"b": None}]}

    make_null(data, {("a", 0, "b", "c"), ("a", 0), ("a", 1, "b", "c")})

    assert data == {"a": [None, {"b": None}]}


async def test_the_colour_of_an_alias_is_known():
    data, _ = await both("{ leaves { colour } }", lambda: World(leaves=Leaves(colour=Colour("b"))))

    assert data == b'{"leaves":{"colour":"AZURE"}}'
