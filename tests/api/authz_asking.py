"""Asking one root field as somebody, with the deepest selection the schema gives, and what came of it."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec
from graphql import GraphQLField, GraphQLNonNull, GraphQLObjectType, get_named_type

from api.context import Context
from api.graphql import execute
from api.graphql.paths import Paths
from api.graphql.schema import Schema
from banshi.errors import DomainError
from identity.actor import Actor
from storage.db import transaction
from tests.api.authz_row import Row
from tests.api.conftest import NOON

DEPTH = 3
LOOKS = ("filledIn",)  # asked of one thing at a time, never in a list
LOCKED = ("SCOPE_MISSING", "NOT_SIGNED_IN")
MADE = ("MiniAppOpening", "SignedIn", "UploadForm")  # come by mutations alone, so they are asked there
MARK = "__typename"


class Undo(Exception):
    """Takes back what a call has done."""


def kinds(of: type[DomainError] = DomainError) -> set[type[DomainError]]:
    return {of}.union(*(kinds(each) for each in of.__subclasses__()))


def not_found() -> set[str]:
    return {kind.code for kind in kinds() if getattr(kind, "status", 0) == 404}


def whole(kind: GraphQLObjectType, depth: int, left_out: tuple[str, ...] = ()) -> str:
    """Select all that needs no argument, `depth` objects deep."""
    parts = [MARK]
    for name, field in kind.fields.items():
        if name in left_out:
            continue
        inner = get_named_type(field.type)
        if any(isinstance(each.type, GraphQLNonNull) and not each.default for each in field.args.values()):
            continue
        if not isinstance(inner, GraphQLObjectType):
            parts.append(name)
        elif depth:
            parts.append(f"{name} {{ {whole(inner, depth - 1, left_out)} }}")
    return " ".join(parts)


def is_query(schema: Schema, row: Row) -> bool:
    assert schema.core.query_type is not None
    return row.field in schema.core.query_type.fields


def document(schema: Schema, row: Row) -> str:
    """A query asks for everything it can show; a mutation for its effect only, one statement at a time."""
    looks_up = is_query(schema, row)
    root = schema.core.query_type if looks_up else schema.core.mutation_type
    assert root is not None
    field = root.fields[row.field]
    types = ", ".join(f"${name}: {field.args[name].type}" for name in row.given)
    passed = ", ".join(f"{name}: ${name}" for name in row.given)
    if "first" in field.args:
        passed = ", ".join(filter(None, [passed, "first: 5"]))
    kind = get_named_type(field.type)
    looks = LOOKS if "first" in field.args else ()
    inner = ""
    if isinstance(kind, GraphQLObjectType):
        depth = _depth(field) if looks_up else int(kind.name in MADE)
        inner = f"{{ {whole(kind, depth, looks)} }}"
    return (
        f"{'query' if looks_up else 'mutation'} {f'({types})' if types else ''}"
        f" {{ {row.field}{f'({passed})' if passed else ''} {inner} }}"
    )


def _depth(field: GraphQLField) -> int:
    """A list without pages begins where one with pages comes to after `edges` and `node`."""
    return DEPTH - 2 if "first" in field.args and "after" not in field.args else DEPTH


def filled(value: Any, things: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: filled(each, things) for name, each in value.items()}
    if isinstance(value, str) and value.startswith("$"):
        return things[value[1:]]
    return value


async def answered(paths: Paths, row: Row, actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the actor is told; nothing that the call did remains."""
    asked = execute.Ask(query=document(paths.schema, row), variables=given)
    context = Context(actor=actor, now=NOON, request_id="r", address="127.0.0.1")
    operation = execute.choose_operation(paths.schema, asked, is_open=True)
    if is_query(paths.schema, row):
        return read(await execute.run(paths, operation, asked, context))
    try:
        async with transaction():
            body = read(await execute.run(paths, operation, asked, context))
            raise Undo
    except Undo:
        return body


def read(answer: execute.Answer) -> dict[str, Any]:
    return dict(msgspec.json.decode(answer.wire))


def outcome(body: dict[str, Any], personal: Collection[str]) -> str:
    """One letter of the table, and the words of a refusal."""
    errors = body.get("errors", ())
    codes = {error["extensions"]["code"] for error in errors}
    if codes & set(LOCKED):
        return "s"
    if codes & not_found():
        return "-"
    if codes:
        return "! " + json.dumps([error["message"] for error in errors], ensure_ascii=False)
    text = json.dumps(body)
    if any(each in text for each in personal):
        return "+"
    [value] = body["data"].values()
    return "0" if is_empty(value) else "~"


def is_empty(value: Any) -> bool:
    """Say whether nothing came: no object, no number but zero, no row."""
    if isinstance(value, dict) and "edges" in value:
        return not value["edges"]
    return value in (None, False, 0, "", [])


def fields_in(value: Any) -> Iterator[tuple[str, str]]:
    """Return (type, field) for each field that an answer holds."""
    if isinstance(value, list):
        for each in value:
            yield from fields_in(each)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if MARK in value and name != MARK:
                yield value[MARK], name
            yield from fields_in(inner)
