"""What generated text asks of values: is it the usual kind, and how does it stand in an answer?

The usual kinds are written out in the text.  Whatever else may come goes through the closures made
here, which either know it, too, or raise Irregular: the exact routine (exact) takes it then.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)
from strawberry.execution import optimized_is_awaitable as is_awaitable
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.schema.types import base_scalars
from strawberry.types.enum import StrawberryEnumDefinition

DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF  # where graphql-core's objects know Strawberry's


class Irregular(Exception):
    """A value that the quick way does not know; nothing has been recorded about it."""


class Written(NamedTuple):
    """A leaf in generated text: `{first}` reads the value once, `{v}` names it from then on."""

    test: str
    value: str


TEXT = Written("type({first}) is str", "{v}")
WRITTEN: dict[Any, Written] = {
    GraphQLString: TEXT,
    GraphQLID: TEXT,
    GraphQLInt: Written("type({first}) is int and -2147483648 <= {v} <= 2147483647", "{v}"),
    GraphQLFloat: Written("type({first}) is float and -infinity < {v} < infinity", "{v}"),
    GraphQLBoolean: Written("({first}) is True or {v} is False", "{v}"),
}
WRITTEN_DEFINITIONS = (
    (base_scalars.UUIDDefinition, Written("type({first}) is UUID", "str({v})")),
    (base_scalars.DecimalDefinition, Written("type({first}) is Decimal", "str({v})")),
    (base_scalars.DateTimeDefinition, Written("type({first}) is datetime", "{v}.isoformat()")),
    (base_scalars.DateDefinition, Written("type({first}) is date", "{v}.isoformat()")),
    (base_scalars.TimeDefinition, Written("type({first}) is time", "{v}.isoformat()")),
)


def written(kind: GraphQLLeafType, names: dict[str, Any]) -> Written | None:
    """Return how `kind` is written out, adding to `names` what the text needs; None: it is not."""
    if isinstance(kind, GraphQLEnumType):
        return _enum(kind, names)
    definition = kind.extensions.get(DEFINITION)
    for known, found in WRITTEN_DEFINITIONS:
        if definition is known:
            return found
    return WRITTEN.get(kind)


def _enum(kind: GraphQLEnumType, names: dict[str, Any]) -> Written | None:
    definition = kind.extensions.get(DEFINITION)
    if not isinstance(definition, StrawberryEnumDefinition):
        return None
    cls = definition.wrapped_cls
    members: Iterable[Any] = cls
    known = {member._name_: kind.coerce_output_value(member) for member in members}
    number = len(names)
    names[f"enum{number}"], names[f"names{number}"] = cls, known
    return Written(f"type({{first}}) is enum{number}", f"names{number}[{{v}}._name_]")


def other(kind: GraphQLLeafType) -> Callable[[Any], Any]:
    """Return the way of values that are not of the usual type: by the leaf's own rules."""
    coerce = kind.coerce_output_value

    def serialise(value: Any) -> Any:
        _check(value)
        found = coerce(value)
        if found is None or found is Undefined:
            raise Irregular
        return found

    return serialise


REGULAR: set[type] = set()  # classes whose instances are objects like any other


def checked(value: Any) -> Any:
    """Return an object whose attributes may be read as an answer's; else raise Irregular."""
    _check(value)
    cls = type(value)
    if not hasattr(cls, "__getattr__"):  # such a class could answer differently for each instance
        REGULAR.add(cls)
    return value


def items(value: Any) -> Any:
    """Return a tuple; all else that is iterable may run dry, or be a text."""
    if type(value) is tuple:
        return value
    raise Irregular


def absent() -> Any:
    """Stand where a null may not."""
    raise Irregular


def _check(value: Any) -> None:
    if value is None or value is Undefined or isinstance(value, Exception) or is_awaitable(value):
        raise Irregular


GIVEN: dict[str, Any] = {
    "infinity": float("inf"),
    "regular": REGULAR,
    "checked": checked,
    "items": items,
    "absent": absent,
    "UUID": UUID,
    "Decimal": Decimal,
    "datetime": datetime,
    "date": date,
    "time": time,
}
