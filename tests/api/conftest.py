"""Asking the schema as somebody, and the server over HTTP: the fixtures every slice's API tests use."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar

from api.app import furnished, routed
from api.context import Context
from api.graphql import execute
from api.graphql.engine import PlanParts
from api.graphql.paths import Paths
from api.graphql.plan.runtime.batching import Batches, Statement
from api.graphql.plan.runtime.connections import Connections
from api.graphql.schema import Schema, build
from api.settings import Settings
from api.wiring import configure
from identity import accounts, people
from identity.actor import ANONYMOUS, Actor
from identity.departments import Department
from identity.roles import SCOPES, Role
from identity.sandbox import BY_KEY, FACE_CODE, proof_of
from storage import clock, limits, objects, queue, seal
from storage.embedded.postgres import Postgres
from storage.embedded.valkey import Valkey
from storage.ids import new_id
from storage.settings import DatabaseSettings, ObjectsSettings, QueueSettings, SealSettings
from tests.api.answerer import Answerer, answering
from tests.kept import KeptSlots

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # a Friday, 12:00 in Shanghai

OPEN = tuple(os.environ.get("BANSHI_GRAPHQL_PATHS", "plan,generated,ordinary").split(","))
"""The ways under test; `BANSHI_GRAPHQL_PATHS=ordinary scripts/test` runs everything on the reference."""

AskAs = Callable[..., Awaitable[dict[str, Any]]]
SignIn = Callable[..., Awaitable[str]]

SEAL = SealSettings(master_key=b"m" * 32, index_key=b"i" * 32, token_key=b"t" * 32)


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


def some_settings(**changes: Any) -> Settings:
    """Settings of a development server; the addresses are replaced by those who connect to them."""
    given: dict[str, Any] = {
        "database": DatabaseSettings(url="postgresql://nowhere"),
        "queue": QueueSettings(url="redis://127.0.0.1:1"),
        "objects": ObjectsSettings(
            endpoint="127.0.0.1:1", public_endpoint="127.0.0.1:1", access_key="a", secret_key="s" * 16
        ),
        "seal": SEAL,
    }
    return Settings(**{"paths": OPEN, **given, **changes})


@pytest.fixture(scope="session")
def schema() -> Schema:
    return build()


@pytest.fixture
def keys() -> None:
    seal.configure(SEAL)


@pytest.fixture
def plan_database(request: pytest.FixtureRequest) -> str | None:
    """Where plans read, in tests that have a database."""
    if "db" not in request.fixturenames or "plan" not in OPEN:
        return None
    return str(request.getfixturevalue("postgres").url("plan", request.getfixturevalue("database")))


@pytest.fixture
def statements(request: pytest.FixtureRequest) -> list[str]:
    """The statements a test has sent, those of plans among them."""
    return request.getfixturevalue("db") if "db" in request.fixturenames else []


@pytest.fixture
def lent_slots(request: pytest.FixtureRequest) -> KeptSlots | None:
    """The connections that plans are lent, in tests that have a database."""
    return request.getfixturevalue("kept_slots") if "db" in request.fixturenames else None


class NotedBatches(Batches):
    """Batches whose statements are counted with the others of the test."""

    def __init__(self, connections: Connections, sent: list[str]) -> None:
        super().__init__(connections)
        self.sent = sent

    def ask(self, statement: Statement, row: tuple[object, ...]) -> asyncio.Future[tuple[bytes | None, ...]]:
        self.sent.append(statement.text)
        return super().ask(statement, row)


@pytest.fixture
async def paths(
    schema: Schema, plan_database: str | None, statements: list[str], lent_slots: KeptSlots | None
) -> AsyncIterator[Paths]:
    """Every way that is open, at first sight."""
    if plan_database is None:
        yield Paths(schema, open_=OPEN, eager=True)
        return
    plans = PlanParts(some_settings(plan_database=plan_database))
    runner = replace(plans.runner, batches=NotedBatches(plans.connections, statements))
    assert lent_slots is not None
    lent_slots.lend(plans.connections)
    yield Paths(schema, open_=OPEN, runner=runner, eager=True)
    lent_slots.take_back(plans.connections)
    await plans.connections.close()


@pytest.fixture
def ask_in(keys: None) -> AskAs:
    """Run a document on some ways: for tests of the machinery itself."""

    async def run(
        paths: Paths | Schema, text: str, *, actor: Actor = ANONYMOUS, now: datetime = NOON, **variables: Any
    ) -> dict[str, Any]:
        ways = paths if isinstance(paths, Paths) else Paths(paths, open_=OPEN, eager=True)
        context = Context(actor=actor, now=now, request_id=new_id().hex, address="127.0.0.1", device="tests")
        asked = execute.Ask(query=text, variables=variables)
        try:
            operation = execute.choose_operation(ways.schema, asked, is_open=True)
        except execute.Refused as refusal:
            return execute.refused(refusal.errors, request_id=context.request_id).body
        done = await execute.run(ways, operation, asked, context)
        return msgspec.json.decode(done.wire)

    return run


@pytest.fixture
def ask(paths: Paths, ask_in: AskAs) -> AskAs:
    """Run a document: `await ask(query, actor=as_citizen(), first=2)` -> {"data": …, "errors": […]}."""

    async def run(text: str, **rest: Any) -> dict[str, Any]:
        return await ask_in(paths, text, **rest)

    return run


@pytest.fixture
def settings(valkey: Valkey, postgres: Postgres, database: str) -> Settings:
    """What the server under test is told; a test module may override this fixture."""
    return some_settings(queue=QueueSettings(url=valkey.url), plan_database=postgres.url("plan", database))


@cache
def _routed(*, production: bool, cors_origins: tuple[str, ...]) -> Litestar:
    """All that the routes depend on; making them costs more than most tests do with them."""
    return routed(some_settings(mode="production" if production else "embedded", cors_origins=cors_origins))


def app_of(settings: Settings) -> Litestar:
    """The server as `create_app` makes it, but for its lifespan, with the routes of the tests before."""
    return furnished(
        copy(_routed(production=settings.production, cors_origins=settings.cors_origins)), settings
    )


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The server without a network, on the test's own event loop."""
    configure(settings)
    await queue.connect(settings.queue)
    app = app_of(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    try:
        async with (
            app.state.engine.running(),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as made,
        ):
            yield made
    finally:
        await queue.disconnect()
        clock.configure("system")
        objects.close()


@pytest.fixture
async def client(db: Any, settings: Settings, kept_slots: KeptSlots) -> AsyncIterator[httpx.AsyncClient]:
    """The server on a fresh database, with nobody's tries counted yet."""
    async with serving(settings) as made:
        plans = made._transport.app.state.engine.plans
        if plans is not None:
            kept_slots.lend(plans.connections)
        await queue.redis().flushdb()
        limits.forget()
        yield made
        if plans is not None:
            kept_slots.take_back(plans.connections)


@pytest.fixture
def bare_settings() -> Settings:
    """Settings of a server whose neighbours are all away."""
    return some_settings(clock="system", paths=("generated", "ordinary"))


@pytest.fixture
async def bare(bare_settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The server with no neighbour at all: enough for everything that touches no row, and quick."""
    async with serving(bare_settings) as made:
        yield made


async def a_department(agency: str, region: str) -> UUID:
    held = await Department.objects().where(Department.agency == agency, Department.region == region).first()
    if held is not None:
        return UUID(str(held.id))
    office = Department(code=new_id().hex[-18:], agency=agency, name=f"{region} {agency}", region=region)
    await office.save()
    return UUID(str(office.id))


@pytest.fixture
def sign_in(client: httpx.AsyncClient) -> SignIn:
    """Sign a persona of the sandbox in: `await sign_in("wang_fang")` -> its token.

    Staff come in their post, in a department that exists nowhere else.
    """

    async def enter(persona: str) -> str:
        who, now = BY_KEY[persona], await clock.now()
        form = {"id_number": who.number, "name": who.name, "face": FACE_CODE}
        if who.post is not None:
            person = await people.ensure(proof_of(who, now=now), now=now)
            office = await a_department(who.post.agency, who.post.region)
            await people.appoint(person.id, office, who.post.role, who.post.region, now=now)
            form["acting_as"] = who.post.role
        token, *_ = await accounts.sign_in("face", form, address="127.0.0.1", device="tests", now=now)
        return token

    return enter


@pytest.fixture
def answerer(client: httpx.AsyncClient) -> Answerer:
    """What stands for the plans in the server of `client`."""
    return answering(client)


@pytest.fixture
async def bearer(sign_in: SignIn) -> dict[str, str]:
    """The headers of a citizen who is signed in."""
    return {"authorization": f"Bearer {await sign_in('wang_fang')}"}
