"""Leaves in SQL: the JSON text of a value, to the byte what graphql-core and msgspec make of it.

A NULL where none may be makes the text NULL, and with it everything around it: `api.graphql.plan.sql`
turns that into a mark, and the operation is then answered by the path that makes errors.
"""

import json
from collections.abc import Mapping

from graphql import GraphQLEnumType, GraphQLList, GraphQLNamedType, GraphQLNonNull, GraphQLOutputType

from api.graphql.plan.select import NotCovered

Text = list[str]  # SQL parts to be concatenated; see `raw` for literals

BARE: Mapping[str, str] = {
    "Boolean": "({x})::text",
    "Int": "({x})::int::text",
    "String": "JSON_SCALAR(({x})::text)::text",  # to_json looks its type up at every call
}
IN_QUOTES = ("Date", "UUID")  # their text needs no escapes


def leaf(sql: str, kind: GraphQLOutputType) -> Text:
    """Return SQL for the JSON text of the value `sql`, which is of the GraphQL type `kind`.

    Raises:
        NotCovered: for scalars whose text SQL cannot make alike, and for lists of other than strings.
    """
    if isinstance(kind, GraphQLNonNull):
        return _value(sql, kind.of_type)
    text = concatenated(_value(sql, kind))
    if isinstance(kind, GraphQLList | GraphQLEnumType):  # these may be NULL though the value is not
        return [f"(CASE WHEN {sql} IS NULL THEN 'null' ELSE {text} END)"]
    return [f"coalesce({text},'null')"]


def _value(sql: str, kind: GraphQLOutputType) -> Text:
    if isinstance(kind, GraphQLList):
        return [_strings(sql, kind)]
    if isinstance(kind, GraphQLEnumType):
        return [enum(sql, kind)]
    name = kind.name if isinstance(kind, GraphQLNamedType) else ""
    if name in IN_QUOTES:
        return [raw('"'), f"({sql})::text", raw('"')]
    if name == "DateTime":
        return [_moment(sql)]
    if name not in BARE:
        raise NotCovered(f"{kind} is not made in SQL")
    return [BARE[name].format(x=sql)]


def _moment(sql: str) -> str:
    """isoformat() leaves microseconds out when there are none, and never cuts their zeros, as JSON does.

    A moment that differs when rounded to five digits has a sixth: there is no zero to cut.
    """
    alike = f"{sql} = ({sql})::timestamptz(0) OR {sql} <> ({sql})::timestamptz(5)"
    day = f"to_char({sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS"
    return f"(CASE WHEN {alike} THEN JSON_SCALAR({sql})::text ELSE '\"'||{day}.US')||'+00:00\"' END)"


def _strings(sql: str, kind: GraphQLList[GraphQLOutputType]) -> str:
    """A list of strings that holds no NULL."""
    inner = kind.of_type
    if not (isinstance(inner, GraphQLNonNull) and getattr(inner.of_type, "name", "") == "String"):
        raise NotCovered(f"{kind} is not made in SQL")
    return f"(CASE WHEN array_position({sql}, NULL) IS NULL THEN to_json({sql})::text END)"


def enum(sql: str, kind: GraphQLEnumType) -> str:
    """The name on the wire of the value in the row; NULL when the row holds another word.

    One look-up: a CASE would compare, and be made ready to compare, word by word.
    """
    names = {str(each.value): f'"{name}"' for name, each in kind.values.items()}
    return f"({quoted(json.dumps(names))}::jsonb->>({sql})::text)"


def raw(text: str) -> str:
    """Return a literal part of a `Text`: it is quoted once all its neighbours are known."""
    return "\0" + text


def concatenated(parts: Text) -> str:
    """Return SQL of the parts joined by `||`, neighbouring literals made one."""
    merged: list[str] = []
    for part in parts:
        if part.startswith("\0") and merged and merged[-1].startswith("\0"):
            merged[-1] += part[1:]
        else:
            merged.append(part)
    return "||".join(quoted(part[1:]) if part.startswith("\0") else part for part in merged)


def quoted(text: str) -> str:
    """Return an SQL literal; `standard_conforming_strings` is on wherever plans run."""
    return "'" + text.replace("'", "''") + "'"


def literal(value: object, type_: str) -> str:
    """Return a constant of the SQL type `type_`."""
    if value is None:
        return f"NULL::{type_}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return f"{quoted(str(value))}::{type_}"
