"""Asking the schema as somebody: the fixtures that every slice's GraphQL tests use."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from api.context import Context
from api.graphql.schema import build
from identity.actor import ANONYMOUS, Actor
from identity.roles import SCOPES, Role
from storage.ids import new_id

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # a Friday, 12:00 in Shanghai

Ask = Callable[..., Awaitable[dict[str, Any]]]


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
def schema():
    return build()


@pytest.fixture
def ask(schema) -> Ask:
    """Run a document: `await ask(query, actor=as_citizen(), first=2)` -> {"data": …, "errors": […]}."""

    async def run(
        query: str, *, actor: Actor = ANONYMOUS, now: datetime = NOON, **variables: Any
    ) -> dict[str, Any]:
        context = Context(actor=actor, now=now, request_id=new_id().hex, address="127.0.0.1", device="tests")
        result = await schema.execute(query, variable_values=variables, context_value=context)
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [error.formatted for error in result.errors]
        return answer

    return run
