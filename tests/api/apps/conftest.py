"""A mini-app whose approved version is served from its own origin."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from api.settings import Settings
from identity.actor import Actor
from identity.roles import Role
from miniapps.catalog.service import packages
from storage import objects
from storage.embedded.valkey import Valkey
from storage.settings import ObjectsSettings, QueueSettings
from tests.api.conftest import an_actor, as_operator, some_settings
from tests.miniapps.catalog.packed import approved

HOST = "rent-app.apps.localhost:8000"
Fetch = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def settings(valkey: Valkey, seaweed: ObjectsSettings) -> Settings:
    return some_settings(queue=QueueSettings(url=valkey.url), objects=seaweed)


@pytest.fixture
async def developer(client: httpx.AsyncClient) -> Actor:
    """The developer of rent-app 1.0.0, which is approved."""
    await objects.ensure_bucket()
    made = an_actor(Role.DEVELOPER)
    await approved(made, as_operator())
    return made


@pytest.fixture
def fetch(client: httpx.AsyncClient, developer: Actor) -> Fetch:
    """Ask for a path at the mini-app's origin: `await fetch("/1.0.0/index.html")`."""

    async def ask(path: str, *, method: str = "GET", host: str = HOST, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await client.request(method, path, headers={"host": host, **named})

    packages.forget()
    return ask
