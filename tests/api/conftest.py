"""Asking the schema as somebody: the fixtures that every slice's GraphQL tests use."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from api.context import Context
from api.graphql import execute
from api.graphql.schema import Schema, build
from identity.actor import ANONYMOUS, Actor
from identity.roles import SCOPES, Role
from storage import seal
from storage.ids import new_id
from storage.settings import SealSettings

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # a Friday, 12:00 in Shanghai

AskAs = Callable[..., Awaitable[dict[str, Any]]]


def an_actor(role: Role, *, acting_for: UUID | None = None, **rest: Any) -> Actor:
    person = new_id()
    rest.setdefault("level", 3)
    return Actor(
        person_id=person,
        acting_for=acting_for or person,
        roles=frozenset({role}),
        scopes=SCOPES[role],
        **rest,
    )


def as_citizen(**rest: Any) -> Actor:
    return an_actor(Role.CITIZEN, **rest)


def as_clerk(department_id: UUID | None = None, **rest: Any) -> Actor:
    return an_actor(Role.CLERK, acting_for=department_id or new_id(), **rest)


def as_operator(**rest: Any) -> Actor:
    return an_actor(Role.OPERATOR, **rest)


@pytest.fixture(scope="session")
def schema() -> Schema:
    return build()


@pytest.fixture
def keys() -> None:
    seal.configure(SealSettings(master_key=b"m" * 32, index_key=b"i" * 32, token_key=b"t" * 32))


@pytest.fixture
def ask(schema: Schema, keys: None) -> AskAs:
    """Run a document: `await ask(query, actor=as_citizen(), first=2)` -> {"data": …, "errors": […]}."""

    async def run(
        text: str, *, actor: Actor = ANONYMOUS, now: datetime = NOON, **variables: Any
    ) -> dict[str, Any]:
        context = Context(actor=actor, now=now, request_id=new_id().hex, address="127.0.0.1", device="tests")
        asked = execute.Ask(query=text, variables=variables)
        try:
            operation = execute.choose_operation(schema, asked, is_open=True)
        except execute.Refused as refusal:
            return execute.refused(refusal.errors, request_id=context.request_id).body
        return (await execute.run(schema, operation, asked, context)).body

    return run
