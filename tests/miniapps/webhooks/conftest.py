"""A mini-app with an address, a citizen who uses it, and a server that hears what is told."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from banshi.scopes import GRANTABLE
from identity import consents
from identity.actor import Actor
from identity.oidc import issuer
from identity.oidc.issuer import OidcSettings
from identity.subjects import pairwise_sub
from miniapps.cases import tasks as cases
from miniapps.catalog.rules import Environment
from miniapps.catalog.service import credentials
from miniapps.webhooks import service, tasks
from storage.db import fetch
from storage.ids import new_id
from tests import receiving
from tests.api.conftest import as_operator
from tests.miniapps.cases.factories import NOON, a_citizen, a_town
from tests.miniapps.catalog.factories import make_released
from tests.miniapps.release.factories import as_developer
from tests.workers import drain

APP = "rent-app"
LIVE, TRIAL = Environment.PRODUCTION, Environment.SANDBOX
EVENTS = (
    "case.submitted", "case.accepted", "case.supplement_asked", "consent.granted", "materials.handed_over",
    "release.approved", "release.promoted",
)  # fmt: skip
WANTS = f"events: [{', '.join(EVENTS)}]\n"
NEXT = "SELECT min(not_before) AS at FROM outbox WHERE type = 'webhook.due' AND sent_at IS NULL"
TASKS = [*tasks.TASKS, *cases.TASKS]


class Receiver(receiving.Receiver):
    """A back end's own server, which answers what `decide` says."""

    def __init__(self) -> None:
        super().__init__()
        self.decide: Callable[[dict[str, Any]], int] = lambda told: 202

    def answer(self, body: bytes) -> int:
        """Return what `decide` says."""
        return self.decide(msgspec.json.decode(body))

    @property
    def told(self) -> list[dict[str, Any]]:
        """What came, in order, also what was not taken."""
        return [msgspec.json.decode(body) for body in self.bodies]

    @property
    def ids(self) -> list[str]:
        return [head["webhook-id"] for head in self.heads]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    async with made.listening("/events"):
        yield made


@dataclass
class World:
    """Who makes the mini-app, what it hears with, and who uses it."""

    developer: Actor
    secret: str
    receiver: Receiver
    client_secret: str = ""
    now: datetime = NOON

    async def user(self, scopes: frozenset[str] = GRANTABLE, *, app_id: str = APP) -> Actor:
        """A citizen in the mini-app, who agreed to `scopes`."""
        citizen = a_citizen(session_id=new_id())
        await consents.grant(citizen, app_id, scopes, now=NOON)
        return replace(citizen, app_id=app_id, scopes=frozenset(scopes))

    async def work(self, now: datetime = NOON) -> None:
        """Let the worker do all that is due."""
        await drain(TASKS, now)

    async def work_until(self, until: datetime) -> None:
        """Let the clock go on from one moment at which something is due to the next."""
        while self.now <= until:
            await self.work(self.now)
            [row] = await fetch(NEXT)
            self.now = max(self.now, row["at"] or until) + timedelta(milliseconds=1)


@pytest.fixture
async def world(db, receiver) -> World:
    """A released mini-app that is told of much at the receiver's address."""
    issuer.configure(OidcSettings())  # on a developer's machine, whatever the test before was told
    developer = as_developer()
    await a_town()
    await make_released(developer, as_operator(), NOON, more=WANTS)
    made = await credentials.issue(developer, APP, LIVE, now=NOON)
    assert made.webhook_secret is not None
    world = World(developer, made.webhook_secret, receiver, made.client_secret or "")
    await world.work()
    await service.register(developer, APP, LIVE, receiver.url, now=NOON)
    return world


def sub_of(user: Actor, app_id: str = APP) -> str:
    return pairwise_sub(app_id, user.acting_for)
