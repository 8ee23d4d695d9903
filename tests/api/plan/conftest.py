"""What the tests of the fast paths share: a database, its owner, connections as plans have them, and both
answers to one document."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from api.context import Context
from api.graphql import execute
from api.graphql.execute import Ask
from api.graphql.paths import HOUSE, Paths
from api.graphql.plan.running import Runner
from api.graphql.plan.runtime import connections as connections_
from api.graphql.plan.runtime.batching import Batches
from api.graphql.plan.runtime.compression import plain
from api.graphql.plan.runtime.connections import Connections
from api.graphql.plan.runtime.fragments import Fragments
from api.graphql.schema import Schema
from identity.actor import Actor
from tests.api.conftest import NOON
from tests.api.plan.batching_world import Sent, watch

SIZE = 3

Both = Callable[..., Awaitable[tuple[bytes | None, bytes]]]


@pytest.fixture
def plan_url(postgres, database) -> str:
    return postgres.url("plan", database)


@pytest.fixture
async def owner(postgres, database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres.url("owner", database))
    yield connection
    await connection.close()


@pytest.fixture
async def admin(postgres, database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres.url(database=database))
    yield connection
    await connection.close()


@pytest.fixture
async def connections(plan_url) -> AsyncIterator[Connections]:
    made = Connections(plan_url, size=SIZE)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def impatient(plan_url, monkeypatch) -> AsyncIterator[Connections]:
    """One connection whose statements may take half a second."""
    monkeypatch.setattr(connections_, "STATEMENT_S", 0.5)
    made = Connections(plan_url, size=1)
    await made.open()
    yield made
    await made.close()


def _fail(error: BaseException) -> None:
    raise error


@pytest.fixture
def runner(connections) -> Runner:
    """What plans run with; a failure of theirs fails the test."""
    return Runner(HOUSE, Batches(connections), Fragments(), _fail)


@pytest.fixture
def both(schema: Schema, runner: Runner, db: Any) -> Both:
    """Ask twice: `plan, ordinary = await both(document, actor, **variables)`, as bytes.

    The first is None when the plan leaves the answer to the other ways.  `kept` is what the plan remembers
    with the verdict on a session.
    """
    planned = Paths(schema, open_=("plan",), runner=runner, eager=True)
    reference = Paths(schema, open_=("ordinary",))

    async def ask(
        document: str, actor: Actor, kept: dict[Any, Any] | None = None, **variables: Any
    ) -> tuple[bytes | None, bytes]:
        asked = Ask(document, variables)
        operation = execute.choose_operation(schema, asked, is_open=True)
        ways = planned.known(operation)
        assert ways.plans, ways.reasons
        parts = await planned.by_plan(ways, variables, _context(actor, kept))
        answer = await execute.run(reference, operation, asked, _context(actor))
        return None if parts is None else plain(parts), answer.wire

    return ask


def _context(actor: Actor, kept: dict[Any, Any] | None = None) -> Context:
    return Context(actor=actor, now=NOON, request_id="0" * 32, address="127.0.0.1", kept=kept)


@pytest.fixture
def sent(monkeypatch) -> Sent:
    return watch(monkeypatch)


@pytest.fixture
def batches(connections) -> Batches:
    return Batches(connections)
