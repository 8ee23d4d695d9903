"""Whatever a client writes into an argument, it is refused in words or taken: it never becomes a bug.

The schema is walked: each argument of each root field, and each part of an input object, gets every
hostile value of its type in turn, while all others stay sensible.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
)

from api.context import Context
from api.graphql import execute
from api.graphql.paths import Paths
from api.graphql.schema import Schema, build
from banshi.scopes import Scope
from identity.actor import Actor
from storage import objects, queue
from storage.db import transaction
from storage.ids import new_id
from storage.settings import QueueSettings
from tests.api.conftest import NOON, some_settings
from tests.miniapps.cases.factories import CODE, a_citizen, a_clerk, a_submitted_case, a_town

pytestmark = pytest.mark.slow

HOSTILE: dict[str, list[Any]] = {
    "String": [
        "\0",
        "a\0b",
        "",
        " ",
        "长" * 30_000,
        "'; DROP TABLE case_file; --",
        "{x}",
        "%s",
        "\u202e",
        "٣" * 18,
    ],
    "Int": [0, -1, 2**31 - 1, -(2**31)],
    "UUID": [str(UUID(int=0)), str(UUID(int=2**128 - 1))],
    "Date": ["0001-01-01", "9999-12-31"],
    "DateTime": ["2026-11-20T04:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"],
    "Boolean": [True, False],
}
SENSIBLE: dict[str, Any] = {
    "String": "text", "Int": 3, "UUID": str(UUID(int=7)), "Date": "2026-11-30",
    "DateTime": "2026-11-20T04:00:00+00:00", "Boolean": True,
}  # fmt: skip
NAMED = {
    "code": CODE,
    "region": "330106",
    "after": None,
    "marital": "未婚",
    "id_number": "11010519491231002X",
}
LONGER = 200  # entries of a list


class Stop(Exception):
    """Undoes what a call has done."""


def roots() -> list[tuple[str, str, GraphQLField]]:
    core = build().core
    kinds: tuple[tuple[str, GraphQLObjectType | None], ...] = (
        ("query", core.query_type),
        ("mutation", core.mutation_type),
    )
    return [(word, name, field) for word, kind in kinds if kind for name, field in kind.fields.items()]


def sensible(name: str, kind: GraphQLInputType, known: dict[str, Any]) -> Any:
    if isinstance(kind, GraphQLNonNull):
        return sensible(name, kind.of_type, known)
    if name in known:
        return known[name]
    if isinstance(kind, GraphQLList):
        return [sensible("", kind.of_type, known)]
    if isinstance(kind, GraphQLInputObjectType):
        return {part: sensible(part, each.type, known) for part, each in required(kind)}
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    return SENSIBLE[kind.name]


def required(kind: GraphQLInputObjectType) -> Iterator[tuple[str, Any]]:
    yield from ((name, part) for name, part in kind.fields.items() if isinstance(part.type, GraphQLNonNull))


def hostile(name: str, kind: GraphQLInputType, known: dict[str, Any]) -> Iterator[Any]:
    if isinstance(kind, GraphQLNonNull):
        yield from hostile(name, kind.of_type, known)
    elif isinstance(kind, GraphQLList):
        yield from ([], [sensible("", kind.of_type, known)] * LONGER)
        yield from ([value] for value in hostile("", kind.of_type, known))
    elif isinstance(kind, GraphQLInputObjectType):
        whole = sensible("", kind, {})
        for part, each in kind.fields.items():
            yield from ({**whole, part: value} for value in hostile(part, each.type, known))
    elif not isinstance(kind, GraphQLEnumType):
        yield from HOSTILE[kind.name]


def document(word: str, name: str, field: GraphQLField) -> str:
    types = ", ".join(f"${each}: {argument.type}" for each, argument in field.args.items())
    passed = ", ".join(f"{each}: ${each}" for each in field.args)
    inner = " { __typename }" if isinstance(get_named_type(field.type), GraphQLObjectType) else ""
    return f"{word} ({types}) {{ {name}({passed}){inner} }}" if types else f"{word} {{ {name}{inner} }}"


async def told(paths: Paths, text: str, actor: Actor, variables: dict[str, Any]) -> list[str]:
    """The codes of the refusals; nothing of the call remains."""
    asked = execute.Ask(query=text, variables=variables)
    context = Context(actor=actor, now=NOON, request_id=new_id().hex, address="127.0.0.1")
    operation = execute.choose_operation(paths.schema, asked, is_open=True)
    codes: list[str] = []
    try:
        async with transaction():
            codes = (await execute.run(paths, operation, asked, context)).codes
            raise Stop
    except Stop:
        return codes


@pytest.fixture
async def world(db: Any, valkey: Any) -> AsyncIterator[tuple[tuple[Actor, Actor], dict[str, Any]]]:
    await queue.connect(QueueSettings(url=valkey.url))  # where tries are counted
    await a_town()
    every = frozenset(Scope)
    citizen, clerk = a_citizen(scopes=every, session_id=new_id()), await a_clerk(scopes=every)
    case = await a_submitted_case(citizen)
    known = NAMED | {"id": str(case.id), "caseId": str(case.id)}
    objects.configure(some_settings().objects)
    yield (citizen, clerk), known
    await queue.disconnect()


async def test_no_argument_becomes_a_bug(paths: Paths, schema: Schema, world: Any) -> None:
    actors, known = world
    bugs = []
    for word, name, field in roots():
        text = document(word, name, field)
        actor = actors["Needs scope `desk:" in (field.description or "")]
        good = {each: sensible(each, argument.type, known) for each, argument in field.args.items()}
        for each, argument in field.args.items():
            for value in hostile(each, argument.type, known):
                codes = await told(paths, text, actor, {**good, each: value})
                if "INTERNAL" in codes:
                    bugs.append((name, each, repr(value)[:80]))

    assert bugs == []


@pytest.mark.parametrize("literal", [r'"\u0000"', r'"\u{00}"', '"\0"'])
async def test_nor_does_one_written_into_the_document(ask: Any, literal: str) -> None:
    answer = await ask(f"{{ item(code: {literal}) {{ id }} }}")

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["GRAPHQL_INVALID"]
