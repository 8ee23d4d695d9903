"""Fixtures of the tests of identity."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from identity.chain import heads
from identity.chain.places import Folder
from identity.verdicts import Verdicts
from storage import limits, news, queue
from storage.settings import QueueSettings
from tests.identity.mandated import know_registers
from tests.identity.tampering import World, a_world


@pytest.fixture
async def hearing(postgres, database) -> Callable[[], AbstractAsyncContextManager[Verdicts]]:
    """A process that remembers verdicts for as long as it hears PostgreSQL."""

    @asynccontextmanager
    async def begin() -> AsyncIterator[Verdicts]:
        verdicts_ = Verdicts()
        async with news.listening(postgres.url("app", database), verdicts_.listener()):
            yield verdicts_

    return begin


@pytest.fixture
async def world(db, postgres, database, tmp_path, monkeypatch) -> AsyncIterator[World]:
    """A sealed log with signed heads, and somebody who may do anything in the database."""
    place = Folder(tmp_path / "heads")
    monkeypatch.setattr(heads, "_places", (place,))
    async with a_world(place, postgres.url(database=database)) as made:
        yield made


@pytest.fixture
async def registers(db, valkey) -> AsyncIterator[None]:
    """The sandbox's registers, and nobody's tries counted yet."""
    await queue.connect(QueueSettings(url=valkey.url))
    await queue.redis().flushdb()
    limits.forget()
    know_registers()
    yield
    limits.forget()
    await queue.disconnect()
