"""Every root field and every route, asked by everybody, against the table of what each may do.

A field or route that the table does not name fails, and so does every cell that turns out otherwise.
What is refused as not found must be refused in the very words for what never was.
"""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec
import pytest
from graphql import GraphQLField, GraphQLNonNull, GraphQLObjectType, get_named_type

from api.context import Context
from api.graphql import execute
from api.graphql.paths import Paths
from api.graphql.schema import Schema
from banshi.errors import DomainError
from identity import registries
from identity.actor import Actor
from identity.registries import Registries
from identity.sandbox import BY_KEY, FIRM_BY_KEY, SandboxRegistries
from storage import limits, queue
from storage.db import transaction
from storage.embedded.valkey import Valkey
from storage.ids import new_id
from storage.settings import QueueSettings
from tests.api.authz_table import COLUMNS, MUTATIONS, QUERIES, ROWS, Row
from tests.api.authz_world import World, a_world
from tests.api.conftest import NOON

DEPTH = 3
LOOKS = ("filledIn",)  # asked of one thing at a time, never in a list
APPS = ("minimal", "app", "other app")
LOCKED = ("SCOPE_MISSING", "NOT_SIGNED_IN")
NEVER = {"appId": "never-app", "code": "331234567999"}  # of things that have no UUID


class Undo(Exception):
    """Takes back what a call has done."""


def kinds(of: type[DomainError] = DomainError) -> set[type[DomainError]]:
    return {of}.union(*(kinds(each) for each in of.__subclasses__()))


def not_found() -> set[str]:
    return {kind.code for kind in kinds() if getattr(kind, "status", 0) == 404}


def whole(kind: GraphQLObjectType, depth: int, left_out: tuple[str, ...] = ()) -> str:
    """Select all that needs no argument, `depth` objects deep."""
    parts = ["__typename"]
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


def document(schema: Schema, row: Row) -> str:
    """A query asks for everything it can show; a mutation for its effect only."""
    is_query = row in QUERIES
    root = schema.core.query_type if is_query else schema.core.mutation_type
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
        inner = f"{{ {whole(kind, _depth(field) if is_query else 0, looks)} }}"
    return (
        f"{'query' if is_query else 'mutation'} {f'({types})' if types else ''}"
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
    if row in QUERIES:
        return read(await execute.run(paths, operation, asked, context))
    try:
        async with transaction():
            body = read(await execute.run(paths, operation, asked, context))
            raise Undo
    except Undo:
        return body


def read(answer: execute.Answer) -> dict[str, Any]:
    return dict(msgspec.json.decode(answer.wire))


def outcome(body: dict[str, Any], world: World) -> str:
    errors = body.get("errors", ())
    codes = {error["extensions"]["code"] for error in errors}
    if codes & set(LOCKED):
        return "s"
    if codes & not_found():
        return "-"
    if codes:
        return "! " + json.dumps([error["message"] for error in errors], ensure_ascii=False)
    text = json.dumps(body)
    return "+" if any(each in text for each in world.personal) else "0"


def agrees(expected: str, found: str) -> bool:
    return found[0] in {"+": "+0"}.get(expected, expected)


async def same_as_absent(
    paths: Paths, row: Row, actor: Actor, given: dict[str, Any], body: dict[str, Any]
) -> bool:
    never = {name: NEVER.get(name, str(new_id())) for name in row.absent}
    other = await answered(paths, row, actor, given | never)
    return _without(body, [given[name] for name in row.absent]) == _without(other, list(never.values()))


def _without(body: dict[str, Any], ids: list[str]) -> str:
    text = json.dumps(body, sort_keys=True)
    for each in ids:
        text = text.replace(each, "ID")
    return text


async def wrong_cells(paths: Paths, world: World, row: Row) -> list[str]:
    given = {name: filled(value, world.things) for name, value in row.given.items()}
    wrong = []
    for name, expected in zip(COLUMNS, row.cells, strict=True):
        actor = world.actors[name]
        body = await answered(paths, row, actor, given)
        found, text = outcome(body, world), json.dumps(body, ensure_ascii=False)
        if not agrees(expected, found):
            wrong.append(f"{row.field} by {name}: expected {expected}, found {found}")
        elif expected == "-" and not await same_as_absent(paths, row, actor, given, body):
            wrong.append(f"{row.field} by {name}: foreign and absent are told apart")
        if name in APPS and any(each in text for each in world.identifying):
            wrong.append(f"{row.field} by {name}: tells the mini-app who its citizen is")
        if name == "other app" and found == "+" and any(each in text for each in world.of_cases):
            wrong.append(f"{row.field} by {name}: tells it of another mini-app's cases")
    return wrong


@pytest.fixture
async def world(db: Any, valkey: Valkey) -> AsyncIterator[World]:
    await queue.connect(QueueSettings(url=valkey.url))
    await queue.redis().flushdb()
    limits.forget()
    known = SandboxRegistries(production=False)
    registries.configure(Registries(firms=known, families=known))
    made = await a_world()
    other, ward = BY_KEY["li_wei"], BY_KEY["li_xiaohe"]
    made.things |= {
        "number of the other": other.number, "name of the other": other.name,
        "number of the ward": ward.number, "name of the ward": ward.name,
        "firm of the former agent": FIRM_BY_KEY["qingshan"].facts.code,
    }  # fmt: skip
    yield made
    limits.forget()
    await queue.disconnect()


def test_the_table_names_every_field_of_the_schema(schema: Schema) -> None:
    for root, rows in ((schema.core.query_type, QUERIES), (schema.core.mutation_type, MUTATIONS)):
        assert root is not None
        assert set(root.fields) == {row.field for row in rows}


async def test_everybody_gets_what_the_table_says_and_nothing_else(paths: Paths, world: World) -> None:
    wrong = [line for row in ROWS for line in await wrong_cells(paths, world, row)]

    assert wrong == []
