"""Operations that ask for too much are refused before they are validated or run."""

import time

import pytest
import strawberry
from graphql import parse

from api.graphql import cost, limits
from api.graphql.operations import Refused, choose
from api.graphql.pages import Connection

TREES = "{ trees(first: 5) { edges { node { trees(first: SIZE) { edges { node { name } } } } } } }"


@strawberry.type(name="Tree")
class TreeNode:
    name: str = "tree"

    @strawberry.field
    def trees(self, first: int = 20) -> Connection["TreeNode"]: ...

    @strawberry.field
    def leaves(self) -> list["TreeNode"]: ...

    @strawberry.field
    def up(self) -> "TreeNode": ...


@strawberry.type
class Query:
    @strawberry.field
    def tree(self) -> TreeNode: ...

    @strawberry.field
    def trees(self, first: int = 20) -> Connection[TreeNode]: ...


SCHEMA = strawberry.Schema(Query)._schema


def nested(depth: int) -> str:
    return "{ tree " + "{ up " * (depth - 2) + "{ name }" + " }" * (depth - 1)


def codes(text: str) -> list[str]:
    try:
        choose(SCHEMA, text, None, is_open=True)
    except Refused as refusal:
        return [(error.extensions or {}).get("code", "GRAPHQL_INVALID") for error in refusal.errors]
    return []


def passed(text: str) -> set[str]:
    """The names of the limits that `text` passes."""
    try:
        choose(SCHEMA, text, None, is_open=True)
    except Refused as refusal:
        return {(error.extensions or {}).get("data", {}).get("limit", "") for error in refusal.errors} - {""}
    return set()


def doubling(steps: int, *, alias: bool = False) -> str:
    spread = "a: up { ...f%d } b: up { ...f%d }" if alias else "up { ...f%d } ...f%d"
    parts = [f"fragment f{i} on Tree {{ {spread % (i + 1, i + 1)} }}" for i in range(steps)]
    return "{ tree { ...f0 } } " + " ".join(parts) + f" fragment f{steps} on Tree {{ name }}"


@pytest.mark.parametrize(
    ("limit", "fits", "too_much"),
    [
        ("depth", nested(10), nested(11)),
        (
            "aliases",
            "{ " + " ".join(f"a{i}: __typename" for i in range(15)) + " }",
            "{ " + " ".join(f"a{i}: __typename" for i in range(16)) + " }",
        ),
        (
            "directives",
            "{ tree { " + "name @include(if: true) " * 50 + "} }",
            "{ tree { " + "name @include(if: true) " * 51 + "} }",
        ),
        ("selections", "{ tree { " + "name " * 990 + "} }", doubling(12)),
        ("repetitions", "{ tree { " + "name " * 30 + "} }", "{ tree { " + "name " * 31 + "} }"),
        (
            "repetitions",
            "{ " + "tree { up { name } } " * 30 + "}",
            "{ " + "tree { up { name } name } " * 31 + "}",
        ),
        (
            "repetitions",
            "{ " + "... { tree { name } } " * 30 + "}",
            "{ " + "... { tree { name } } " * 31 + "}",
        ),
        (
            "operations",
            " ".join(f"query q{i} {{ __typename }}" for i in range(20)),
            " ".join(f"query q{i} {{ __typename }}" for i in range(21)),
        ),
        ("tokens", "{ " + "__typename " * 998 + "}", "{ " + "__typename " * 999 + "}"),
        ("characters", "{ __typename" + " " * 19_986 + " }", "{ __typename" + " " * 19_987 + " }"),
    ],
)
def test_each_limit_lets_through_what_it_promises_and_no_more(limit, fits, too_much):
    assert limit not in passed(fits)
    assert limit in passed(too_much)
    assert codes(too_much) == ["OPERATION_TOO_LARGE"] * len(codes(too_much))


def test_a_fragment_repeats_nothing_however_often_it_is_spread():
    text = "{ tree { " + "...all " * 100 + "} } fragment all on Tree { name up { name } }"

    assert codes(text) == []


def test_fragments_in_a_circle_through_fields_are_refused():
    text = (
        "{ tree { ...a } } fragment a on Tree { up { ...b } again: up { ...b } }"
        " fragment b on Tree { up { ...a } }"
    )

    assert codes(text) == ["GRAPHQL_INVALID"]


@pytest.mark.parametrize(
    "text",
    [
        doubling(60),
        doubling(40, alias=True),
        "{" * 900,
        "{ tree " * 450,
        "{ a: " + "[" * 900,
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
        "query { ...gone }",
        "{ tree { " + "name " * 980 + "} }",
        "{ " + "... { " * 300 + "__typename" + " }" * 301,
        "query(" + " ".join(f"$v{i}: Int" for i in range(240)) + ") { __typename }",
    ],
)
def test_hostile_operations_cost_little_time(text):
    parse("{ __typename }")

    begin = time.process_time()
    codes(text)

    assert time.process_time() - begin < 1  # generous: coverage is measured on a busy machine


def test_introspection_may_nest_as_deep_as_its_own_rule_allows():
    inner = "{ name " + "ofType { name " * 9 + "}" * 10
    assert codes('{ __type(name: "Tree") { fields { type ' + inner + " } } }") == []


def points(text: str, **variables: object) -> int:
    return choose(SCHEMA, text, None, is_open=True).cost.of(variables) // cost.OBJECT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ tree { name } }", 1),
        ("{ trees(first: 100) { edges { node { name } } } }", 111),
        ("{ trees { edges { node { name } } } }", 23),
        ("{ tree { leaves { name } } }", 13),
        ("{ trees(first: 10) { edges { node { trees(first: 10) { edges { node { name } } } } } } }", 131),
        ("{ ...all } fragment all on Query { trees(first: 100) { edges { node { name } } } }", 111),
        ("{ ... on Query { ... { tree { name } } } }", 1),
    ],
)
def test_the_cost_counts_objects_and_a_tenth_for_each_value(text, expected):
    assert points(text) == expected


def test_the_cost_follows_variables_and_their_defaults():
    by_variable = "query($n: Int = 30) " + TREES.replace("SIZE", "$n")
    bare = "query($n: Int) " + TREES.replace("SIZE", "$n")

    assert points(by_variable, n=100) == points(TREES.replace("SIZE", "100"))
    assert points(by_variable) == points(TREES.replace("SIZE", "30"))
    assert points(by_variable, n=None) == points(by_variable)
    assert points(bare) == points(TREES.replace("(first: SIZE)", ""))


def test_an_operation_past_a_thousand_points_is_refused_with_both_figures():
    text = "query($n: Int!) " + TREES.replace("SIZE", "$n").replace("first: 5", "first: 100")
    operation = choose(SCHEMA, text, None, is_open=True)

    assert cost.check(operation.cost, {"n": 1}) is None
    refusal = cost.check(operation.cost, {"n": 100})

    assert refusal is not None
    assert refusal.extensions == {
        "code": "OPERATION_TOO_COSTLY",
        "data": {"cost": "11201", "allowed": "1000"},
    }


def test_every_fragment_is_measured_once():
    begin = time.process_time()
    limits.check(parse(doubling(60, alias=True), no_location=True))

    assert time.process_time() - begin < 0.2


def test_a_chain_of_fragments_longer_than_the_stack_is_refused():
    (refusal,) = limits.check(parse(doubling(600), no_location=True))

    assert refusal.extensions["data"]["limit"] == "depth"


async def test_an_operation_that_costs_too_much_does_not_begin(ask):
    answer = await ask(
        "query($n: Int!) { miniApps(first: $n) { edges { node { versions { id } } } } }", n=1000
    )

    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == "OPERATION_TOO_COSTLY"
