"""Fixtures of the tests of identity."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from identity.verdicts import Verdicts
from storage import news


@pytest.fixture
async def hearing(postgres, database) -> Callable[[], AbstractAsyncContextManager[Verdicts]]:
    """A process that remembers verdicts for as long as it hears PostgreSQL."""

    @asynccontextmanager
    async def begin() -> AsyncIterator[Verdicts]:
        verdicts_ = Verdicts()
        async with news.listening(postgres.url("app", database), verdicts_.listener()):
            yield verdicts_

    return begin
