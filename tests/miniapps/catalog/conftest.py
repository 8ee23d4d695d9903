"""A developer, and an empty object store."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from identity.actor import Actor
from identity.roles import Role
from miniapps.catalog.service import _receiving, packages, stock
from miniapps.catalog.service.stock import StockSettings
from storage import objects
from storage.settings import ObjectsSettings
from tests.api.conftest import an_actor


@pytest.fixture
def developer() -> Actor:
    return an_actor(Role.DEVELOPER)


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A semaphore belongs to the loop in which somebody waited for it first: each test has its own."""
    monkeypatch.setattr(_receiving, "_room", asyncio.Semaphore(2))


@pytest.fixture
async def store(db: Any, seaweed: ObjectsSettings) -> AsyncIterator[Any]:
    objects.configure(seaweed)
    await objects.ensure_bucket()
    for left in [*await objects.list_("packages/"), *await objects.list_("app-files/")]:
        await objects.remove(left.key)  # of tests before
    packages.forget()
    yield db
    stock.configure(StockSettings())
    objects.close()
