"""The generated executor answers as graphql-core does: what goes well."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
import strawberry
from graphql import parse
from strawberry.extensions import SchemaExtension

from api.graphql.plan.generated import Generated
from api.graphql.plan.select import NotCovered
from tests.api.plan.generated_comparing import both, compiled
from tests.api.plan.generated_world import Colour, Leaves, Thing, Word, World, schema

ALL_LEAVES = """{ leaves { text textOr number numberOr ratio yes id uuid uuidOr at on clock price colour
  colourOr word json jsonOr even tags tagsOr grid gridOr __typename } }"""


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"text_or": "", "uuid_or": UUID(int=1), "colour_or": Colour.RED, "word": Word.LONG, "even": 4},
        {
            "tags": [],
            "tags_or": ["a", None],
            "grid": [],
            "grid_or": [None, [1, None], []],
            "json": [{}, None],
        },
        {"text": 5, "number": "7", "ratio": 3, "yes": 1, "id": 12, "colour": "r", "tags": ("x", 1)},
        {"text": Word.SHORT, "number": True, "number_or": 2.0, "price": 3, "uuid": "not one", "json": 0},
        {"tags": {"one"}, "grid": ([1], (2, 3)), "ratio": 10**20, "id": Word.SHORT},
    ],
    ids=["usual", "given", "lists", "convertible", "odd", "other lists"],
)
async def test_leaves_are_serialised(values):
    data, errors = await both(ALL_LEAVES, lambda: World(leaves=Leaves(**values)))

    assert data.startswith(b'{"leaves":{"text":')
    assert not errors


async def test_keys_stand_in_the_order_of_the_document():
    document = (
        "{ b: echo a: leaves { z: number ...F y: text } c: echo } fragment F on Leaves { number z: number }"
    )

    data, _ = await both(document, lambda: World(leaves=Leaves()))

    assert data.index(b'"b"') < data.index(b'"a"') < data.index(b'"c"')
    assert b'{"z":1,"number":1,"y"' in data


async def test_links_of_each_kind_are_followed():
    document = """{ thing { name one { name label } must { size } many { slowLabel batched { name } }
      some { maybeLabel(suffix: "?") } table { name loud(word: "x") } made { loudNow }
      fetched { name must { name } } allFetched { maybeFetched { name } } someFetched { __typename } } }"""

    def make() -> World:
        leaf = Thing(name="leaf", must=Thing())
        held = {"made": leaf, "fetched": leaf, "all_fetched": [leaf, leaf], "some_fetched": [None, leaf]}
        other = Thing(name="other", must=leaf, held={"batched": leaf})
        thing = Thing(
            one=leaf, must=other, many=[leaf, other], some=[None, leaf], table=[[], [leaf]], held=held
        )
        return World(thing=thing)

    data, errors = await both(document, make)

    assert b'"some":[null,{"maybeLabel":"thing/some/1/maybeLabel?"}]' in data
    assert b"x at ['thing', 'table', 1, 0, 'loud']" in data
    assert not errors


FLAGGED = """query($with: Boolean = false, $without: Boolean!) {
  leaves @skip(if: $without) { text number @include(if: $with) ... @skip(if: $with) { yes } }
  echo @include(if: $with)
}"""


@pytest.mark.parametrize("with_", [True, False, None])
@pytest.mark.parametrize("without", [True, False])
async def test_fields_are_skipped_and_included(with_, without):
    variables: dict[str, Any] = {"without": without} | ({} if with_ is None else {"with": with_})

    await both(FLAGGED, lambda: World(leaves=Leaves()), variables)


async def test_a_null_flag_is_refused_as_graphql_core_does():
    _, errors = await both(FLAGGED, World, {"without": False, "with": None})

    assert len(errors) == 1


async def test_one_tree_is_kept_for_each_setting():
    executor = compiled(FLAGGED)

    for with_ in (True, False, True):
        await executor.run({"with": with_, "without": False}, World(leaves=Leaves()))

    assert len(executor.trees) == 2


ECHO = """query($word: String! = "from", $number: Int = 5, $colour: Colour, $day: Date, $wanted: Filter,
  $ids: [ID!], $anything: JSON, $maybe: Int) {
  echo(word: $word, number: $number, colour: $colour, day: $day, wanted: $wanted, ids: $ids,
    anything: $anything, maybe: $maybe) }"""


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"word": "汉", "number": 7, "colour": "AZURE", "day": "2026-11-20"},
        {"number": None, "colour": None, "wanted": None, "ids": None, "anything": None, "maybe": None},
        {"wanted": {"words": ["a"], "deeper": {"words": [], "colour": "AZURE"}}, "ids": ["1", 2], "maybe": 3},
        {"ids": "alone", "anything": {"a": [1]}, "unknown": 1},
        {"word": None},
        {"word": 5, "number": "5", "colour": "GREEN", "day": "yesterday"},
        {"wanted": {"words": None}, "ids": [None], "maybe": 2**40},
        {"wanted": {"nobody": 1}, "number": True, "day": 20261120},
    ],
    ids=["none", "plain", "nulls", "inputs", "coerced", "null", "wrong", "wrong inputs", "unknown fields"],
)
async def test_variables_are_coerced(variables):
    await both(ECHO, World, variables)


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        '(word: "x", number: null, colour: AZURE, day: "2026-01-02")',
        '(wanted: {words: "one"}, ids: [1, "2"], anything: {a: [1, null]}, maybe: null)',
        '(anything: [1, {a: 2}], day: "2026-02-28")',
    ],
)
async def test_literals_are_coerced(arguments):
    await both(f"{{ echo{arguments} }}")


async def test_variables_inside_literals_are_coerced():
    document = (
        "query($w: [String!]!, $c: Colour) { echo(wanted: {words: $w, colour: $c}, anything: {x: $w}) }"
    )

    for variables in ({"w": ["a"]}, {"w": "b", "c": "AZURE"}, {"w": ["a"], "c": None}):
        await both(document, World, variables)


async def test_an_argument_that_can_be_changed_is_made_for_each_object():
    seen: list[Any] = []

    @strawberry.type
    class Row:
        number: int

        @strawberry.field
        def mark(self, words: list[str]) -> int:
            words.append("more")
            seen.append(words)
            return len(words)

    @strawberry.type
    class Query:
        @strawberry.field
        def rows(self) -> list[Row]:
            return [Row(number=1), Row(number=2)]

    document = 'query($w: [String!]!) { rows { a: mark(words: $w) b: mark(words: ["x"]) } }'
    executor = compiled(document, of=strawberry.Schema(query=Query))

    data, errors = await executor.run({"w": ["y"]}, None)

    assert (data, errors) == ({"rows": [{"a": 2, "b": 2}] * 2}, [])
    assert len({id(words) for words in seen}) == 4


async def test_every_way_to_take_the_parent_and_the_info_works():
    @strawberry.type
    class Row:
        number: int

        @strawberry.field
        @staticmethod
        def by_parent(parent: strawberry.Parent["Row"], plus: int = 1) -> int:
            return parent.number + plus

        @strawberry.field
        def by_root(root: "Row", info: strawberry.Info) -> str:
            return (
                f"{info.python_name} {root.number} {info.parent_type if hasattr(info, 'parent_type') else ''}"
            )

        @strawberry.field
        @classmethod
        async def by_class(cls, day: date) -> str:
            return f"{cls.__name__} {day}"

    @strawberry.type
    class Query:
        @strawberry.field
        def row(self) -> Row:
            return Row(number=3)

    executor = compiled(
        '{ row { byParent(plus: 4) byRoot byClass(day: "2026-11-20") } }', of=strawberry.Schema(query=Query)
    )

    data, errors = await executor.run({}, None)

    assert data == {"row": {"byParent": 7, "byRoot": "by_root 3 ", "byClass": "Row 2026-11-20"}}
    assert not errors


@pytest.mark.parametrize(
    "document", ["{ __schema { types { name } } }", '{ __type(name: "Thing") { name } }']
)
def test_introspection_is_left_to_others(document):
    with pytest.raises(NotCovered):
        compiled(document)


def test_what_changes_whole_operations_is_left_to_others():
    @strawberry.type
    class Query:
        number: int = 1

    class Around(SchemaExtension):
        def resolve(self, next_: Any, *rest: Any, **named: Any) -> Any:
            return next_(*rest, **named)

    with pytest.raises(NotCovered):
        compiled("{ number }", of=strawberry.Schema(query=Query, extensions=[Around]))


def test_types_of_several_shapes_are_left_to_others():
    @strawberry.interface
    class Named:
        name: str

    @strawberry.type
    class Person(Named):
        pass

    @strawberry.type
    class Query:
        @strawberry.field
        def named(self) -> Named:
            return Person(name="p")

        @strawberry.field
        def person(self) -> Person:
            return Person(name="p")

    both_ = strawberry.Schema(query=Query, types=[Person])

    with pytest.raises(NotCovered):
        compiled("{ named { name } }", of=both_)
    with pytest.raises(NotCovered):
        compiled("{ person { name } }", of=both_)


async def test_one_operation_of_several_can_be_compiled():
    document = parse("query A { echo } query B($x: Boolean!) { b: echo @include(if: $x) }")

    data, errors = await Generated.compile(schema, document, document.definitions[0]).run({}, World())  # type: ignore[arg-type]

    assert list(data or ()) == ["echo"]
    assert not errors
