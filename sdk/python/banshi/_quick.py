"""A quick yes: whether a value is surely what a schema of the usual kind says.

`quick` makes a function of such a schema.  What it takes `banshi.shapes` takes, too; what it does not take
may be right all the same, and is for the thorough way to look at, which also says what is wrong.  A schema
with any keyword that is not known here has no quick way.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

Check = Callable[[Any], bool]

MOST_ITEMS, MOST_KEYWORDS = 64, 150  # together less than banshi.shapes looks at
WORDS = frozenset(
    {"title", "description", "default", "examples", "$comment", "deprecated", "readOnly", "writeOnly"}
    | {"pattern", "format", "uniqueItems"}  # which the thorough way leaves to the back end
)
KNOWN = WORDS | {
    "type", "enum", "minLength", "maxLength", "minimum", "maximum", "items", "minItems", "maxItems",
    "properties", "required", "additionalProperties",
}  # fmt: skip
LEAST, MOST = float("-inf"), float("inf")


class _Unusual(Exception):
    """The schema has no quick way."""


def quick(schema: Any) -> Check | None:
    """Return what says a quick yes by `schema`; None: it is not of the usual kind."""
    try:
        return _check(schema, [MOST_KEYWORDS], in_array=False)
    except _Unusual:
        return None


def _check(schema: Any, left: list[int], *, in_array: bool) -> Check:
    if not isinstance(schema, dict) or not schema.keys() <= KNOWN:
        raise _Unusual
    left[0] -= len(schema)
    if left[0] < 0:
        raise _Unusual
    if schema.keys() <= WORDS:
        return _anything
    match schema.get("type"):
        case "object":
            return _object(schema, left, in_array=in_array)
        case "array" if not in_array:
            return _array(schema, left)
        case kind if isinstance(kind, str) and kind in SINGLE:
            return SINGLE[kind](schema)
    raise _Unusual


def _anything(value: Any) -> bool:
    return True


def _object(schema: dict[str, Any], left: list[int], *, in_array: bool) -> Check:
    parts, required = schema.get("properties", {}), schema.get("required", [])
    others = schema.get("additionalProperties", True)
    if (
        not isinstance(parts, dict)
        or not _all(required, {str})
        or not isinstance(others, bool)
        or "enum" in schema
    ):
        raise _Unusual
    checks = {name: _check(part, left, in_array=in_array) for name, part in parts.items()}

    def check(value: Any) -> bool:
        if type(value) is not dict:
            return False
        for name in required:
            if name not in value:
                return False
        for name, part in value.items():
            checked = checks.get(name)
            if not others if checked is None else not checked(part):
                return False
        return True

    return check


def _array(schema: dict[str, Any], left: list[int]) -> Check:
    low, high = _bound(schema, "minItems", 0), min(MOST_ITEMS, _bound(schema, "maxItems", MOST))
    each = _check(schema.get("items", {}), left, in_array=True)
    if "enum" in schema:
        raise _Unusual
    return lambda value: type(value) is list and low <= len(value) <= high and all(map(each, value))


def _string(schema: dict[str, Any]) -> Check:
    low, high = _bound(schema, "minLength", 0), _bound(schema, "maxLength", MOST)
    words = schema.get("enum")
    if words is None:
        return lambda value: type(value) is str and low <= len(value) <= high
    if not _all(words, {str}):
        raise _Unusual
    known = frozenset(words)
    return lambda value: type(value) is str and low <= len(value) <= high and value in known


def _number(schema: dict[str, Any], types: Collection[type]) -> Check:
    low, high = _bound(schema, "minimum", LEAST), _bound(schema, "maximum", MOST)
    if "enum" in schema:
        raise _Unusual
    return lambda value: type(value) in types and low <= value <= high


def _boolean(schema: dict[str, Any]) -> Check:
    if "enum" in schema:
        raise _Unusual
    return lambda value: value is True or value is False


SINGLE: Mapping[str, Callable[[dict[str, Any]], Check]] = {
    "string": _string,
    "boolean": _boolean,
    "integer": lambda schema: _number(schema, {int}),
    "number": lambda schema: _number(schema, {int, float}),
}


def _bound(schema: dict[str, Any], name: str, usual: float) -> float:
    found = schema.get(name, usual)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise _Unusual
    return found


def _all(values: Any, types: Collection[type]) -> bool:
    return isinstance(values, list) and all(type(each) in types for each in values)
