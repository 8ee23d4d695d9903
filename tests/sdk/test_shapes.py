"""A stranger's schema neither runs long nor runs what he wrote."""

import time
from types import SimpleNamespace

import pytest

from banshi import calls
from banshi.errors import InvalidInput
from banshi.manifest import Api
from banshi.shapes import Shape


def test_expression_of_the_schema_never_runs():
    shape = Shape({"patternProperties": {"^(a+)+$": {}}, "additionalProperties": False}, what="rent.check")
    began = time.process_time()

    shape.check({"a" * 40 + "!": 1})

    assert time.process_time() - began < 1


@pytest.mark.parametrize("dialect", ["https://json-schema.org/draft/2020-12/schema",
                                     "http://json-schema.org/draft-07/schema#"])  # fmt: skip
def test_a_part_that_names_a_dialect_leaves_no_bounds(dialect):
    named = {"$schema": dialect, "pattern": "^(a+)+$", "minLength": 3}
    shape = Shape({"properties": {"a": named, "$schema": {"maxLength": 1}}}, what="rent.check")
    began = time.process_time()

    shape.check({"a": "a" * 40 + "!"})
    with pytest.raises(InvalidInput, match="expected minLength"):
        shape.check({"a": "a"})
    with pytest.raises(InvalidInput, match="expected maxLength"):
        shape.check({"$schema": "ab"})

    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("others", "value", "place"),
    [(False, {"b": 1}, "body: there are"), ({"type": "string"}, {"b": 1}, "body.b: expected type")],
)
def test_fields_beside_the_known_ones_are_held_against_the_schema(others, value, place):
    shape = Shape({"properties": {"a": {}}, "additionalProperties": others}, what="rent.check")
    shape.check({"a": 1})

    with pytest.raises(InvalidInput, match=place):
        shape.check(value)


def test_apis_of_one_name_are_held_each_against_its_own_schema():
    for type_, fits, not_ in (("string", b'{"v":"a"}', b'{"v":1}'), ("integer", b'{"v":1}', b'{"v":"a"}')):
        schema = {"type": "object", "properties": {"v": {"type": type_}}}
        made = SimpleNamespace(id="rent-app", apis=[Api("quote", "profile:read", schema, {"type": "array"})])

        for _ in range(2):  # the second time it is known
            assert calls.check(made, "quote", ["profile:read"], fits) == fits
            with pytest.raises(InvalidInput):
                calls.check(made, "quote", ["profile:read"], not_)
            with pytest.raises(calls.AnswerUnfit):
                calls.fit(made, "quote", fits)
            calls.fit(made, "quote", b"[]")
