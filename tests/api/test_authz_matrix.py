"""Every field, asked by everybody, against the table of what each may do.

A root field that the table does not name fails, a field of a type that no answer shows, and every cell
that turns out otherwise.  What is refused as not found is refused in the very words for what never was.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import GraphQLObjectType

from api.graphql.paths import Paths
from api.graphql.schema import Schema
from banshi.errors import DomainError
from identity import posts
from identity.actor import Actor
from identity.roles import Role
from storage import limits, queue
from storage.embedded.valkey import Valkey
from storage.ids import new_id
from storage.settings import QueueSettings
from tests.api.authz_asking import answered, fields_in, filled, outcome
from tests.api.authz_leaks import leaked, told_of
from tests.api.authz_row import COLUMNS, Row
from tests.api.authz_table import MUTATIONS, NEVER_SHOWN, QUERIES, ROWS
from tests.api.authz_world import World, a_world
from tests.api.conftest import NOON

NEVER = {"appId": "never-app", "code": "331234567999"}  # of things that have no UUID
STRANGERS = ("other", "minor", "pseudonym", "former agent", "elsewhere", "guardian", "representative")
"""Another citizen, one whose mandate is over, another department, and who acts for others than the owner."""


@pytest.fixture
async def world(db: Any, valkey: Valkey) -> AsyncIterator[World]:
    await queue.connect(QueueSettings(url=valkey.url))
    await queue.redis().flushdb()
    limits.forget()
    yield await a_world()
    limits.forget()
    await queue.disconnect()


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


async def faults(paths: Paths, world: World, row: Row, column: str, shown: set[tuple[str, str]]) -> list[str]:
    """Return what is wrong with one cell; `shown` takes the fields that its answer holds."""
    given = {name: filled(value, world.things) for name, value in row.given.items()}
    actor, expected = world.actors[column], row.cells[COLUMNS.index(column)]
    body = await answered(paths, row, actor, given)
    shown.update(fields_in(body))
    found = outcome(body, world.personal)
    wrong = [f"tells {told}" for told in leaked(column, body)]
    if found[0] != expected:
        wrong.append(f"expected {expected}, found {found}")
    elif expected == "-" and row.absent and not await same_as_absent(paths, row, actor, given, body):
        wrong.append("foreign and absent are told apart")
    if column == "other app" and any(each in json.dumps(body) for each in world.of_cases - _typed(given)):
        wrong.append("tells it of another mini-app's cases")
    return [f"{row.field} {row.given} by {column}: {each}" for each in wrong]


def _typed(given: dict[str, Any]) -> set[str]:
    return {value for value in given.values() if isinstance(value, str)}


def test_the_table_names_every_field_of_the_schema(schema: Schema) -> None:
    for root, rows in ((schema.core.query_type, QUERIES), (schema.core.mutation_type, MUTATIONS)):
        assert root is not None
        assert set(root.fields) == {row.field for row in rows}


@pytest.mark.timeout(480)  # some thousand cells
async def test_everybody_gets_what_the_table_says_and_nothing_else(paths: Paths, world: World) -> None:
    shown: set[tuple[str, str]] = set()
    wrong = [
        line for row in ROWS for column in COLUMNS for line in await faults(paths, world, row, column, shown)
    ]

    assert wrong == []
    assert fields_of_types(paths.schema) - shown == {
        field for field in fields_of_types(paths.schema) if field[0] in NEVER_SHOWN
    }, "fields that nobody was shown: give the world what they need, or declare their type"


def fields_of_types(schema: Schema) -> set[tuple[str, str]]:
    """(type, field) for every field below the roots, however deep."""
    roots = (schema.core.query_type, schema.core.mutation_type)
    return {
        (name, field)
        for name, kind in schema.core.type_map.items()
        if isinstance(kind, GraphQLObjectType) and kind not in roots and not name.startswith("__")
        for field in kind.fields
    }


def test_every_field_is_allowed_to_somebody_in_the_world() -> None:
    allowed = {row.field for row in ROWS if set(row.cells) & set("+~0")}

    assert {row.field for row in ROWS} - allowed == set()


async def test_what_is_the_owners_is_no_strangers(world: World) -> None:
    """A table with a slip would make the product agree with it; these lines no hand can loosen."""
    own = [
        row
        for row in ROWS
        if any(world.things.get(_name(row, each)) in world.personal for each in row.absent)
    ]
    open_to_strangers = [
        (row.field, column)
        for row in own
        for column in STRANGERS
        if row.cells[COLUMNS.index(column)] not in "s-!"
    ]

    assert open_to_strangers == []
    assert len({row.field for row in own}) > 40


def _name(row: Row, argument: str) -> str:
    return str(row.given[argument]).removeprefix("$")


async def test_the_oracle_knows_what_tells_who_somebody_is(paths: Paths, world: World) -> None:
    [viewer] = [row for row in QUERIES if row.field == "viewer"]
    own = await answered(paths, viewer, world.actors["owner"], {})

    assert "the name of wang_fang" in leaked("other", own)
    assert leaked("owner", own) == []
    assert len(list(told_of("li_wei", json.dumps(world.things, ensure_ascii=False)))) == 3


async def test_nobody_asks_as_a_worker(world: World) -> None:
    """Our own workers see every row, so no sign-in and no post may lead to one."""
    security = world.actors["security"]

    for role in (Role.SERVICE, Role.CITIZEN):
        with pytest.raises(DomainError):
            await posts.appoint(
                security, world.things["number of the other"], security.acting_for, role, "330106",
                basis="任职文件1号", now=NOON,
            )  # fmt: skip
    assert all(Role.SERVICE not in actor.roles for actor in world.actors.values())
