"""The quick yes is never a yes where the thorough way says no, and is there for schemas of the usual kind."""

import random
from typing import Any

import pytest

from banshi._quick import MOST_ITEMS, quick
from banshi.errors import InvalidInput
from banshi.shapes import Shape

USUAL = {
    "type": "object", "required": ["rent"], "additionalProperties": False, "title": "x",
    "properties": {
        "rent": {"type": "integer", "minimum": 0, "maximum": 9},
        "share": {"type": "number", "maximum": 1.5},
        "city": {"type": "string", "minLength": 1, "maxLength": 3, "pattern": "^(a+)+$"},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "open": {"type": "boolean"},
        "said": {"description": "whatever it is"},
        "list": {"type": "array", "minItems": 1, "maxItems": 3, "items": {
            "type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}},
    },
}  # fmt: skip
VALUES: list[Any] = [
    0, 1, 9, 10, -1, 1.0, 1.5, 1.6, True, False, None, "", "a", "abc", "abcd", "b", [], {}, [1], {"n": 1},
    {"n": 1.0}, {"n": True}, [{"n": 1}], [{"n": 1}] * 4, [{"n": "1"}], [{}], [[]],
]  # fmt: skip


def thorough(schema: dict[str, Any], value: Any) -> bool:
    shape = Shape(schema, what="rent.check")
    shape._quick = None
    try:
        shape.check(value)
    except InvalidInput:
        return False
    return True


@pytest.mark.parametrize("part", USUAL["properties"].values(), ids=USUAL["properties"])
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_is_quickly_taken_is_thoroughly_taken(part, value):
    check = quick(part)

    assert check is not None
    assert not check(value) or thorough(part, value)


def test_objects_at_random_are_never_quickly_taken_in_error():
    dice, check, taken = random.Random("quick"), quick(USUAL), 0
    assert check is not None
    fitting = {
        "rent": 1,
        "share": 1,
        "city": "a",
        "kind": "a",
        "open": True,
        "said": None,
        "list": [{"n": 1}],
    }

    for _ in range(3_000):
        value = {name: each for name, each in fitting.items() if dice.random() < 0.8}
        if dice.random() < 0.5:
            value[dice.choice([*fitting, "other"])] = dice.choice(VALUES)
        if check(value):
            taken += 1
            assert thorough(USUAL, value)

    assert taken > 1_000


@pytest.mark.parametrize(
    "part",
    [
        {"$ref": "#"}, {"type": ["string", "null"]},
        {"anyOf": [{}]}, {"not": {}}, {"const": 1}, {"minimum": 1},
        {"type": "object", "patternProperties": {}}, {"type": "object", "additionalProperties": {}},
        {"type": "object", "required": "rent"}, {"type": "object", "properties": {"a": True}},
        {"type": "array", "items": {"type": "array"}}, {"type": "integer", "minimum": "1"},
        {"type": "integer", "enum": [1]}, {"type": "string", "enum": [1]},
        {"type": "boolean", "enum": [True]},
        {"type": "object", "properties": {f"p{n}": {"type": "string"} for n in range(150)}}, True, [],
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_unusual_has_no_quick_way(part):
    assert quick(part) is None


def test_a_long_list_is_looked_at_thoroughly():
    check = quick({"type": "array", "items": {"type": "integer"}})

    assert check is not None
    assert check([1] * MOST_ITEMS)
    assert not check([1] * (MOST_ITEMS + 1))
