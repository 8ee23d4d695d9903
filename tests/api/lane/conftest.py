"""Two servers of one application, with the lane and without, on the event loop of production."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import uvloop
from msgspec.structs import replace

from api.http import known
from api.http.heads import Protocol
from api.http.lane import Lane
from identity import audit, verdicts
from storage import clock, leases, limits, news
from tests.api.answerer import Answerer, answering, edge_of
from tests.api.conftest import serving
from tests.api.lane.again import make_ready
from tests.api.lane.served import Served, Slow


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What the lane said to each request that it was offered."""
    said: list[bool] = []
    take = Lane._take

    def noted(self: Lane, data: bytes) -> bool:
        said.append(take(self, data))
        return said[-1]

    monkeypatch.setattr(Lane, "_take", noted)
    return said


@pytest.fixture
def plans(bare: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Answerer]:
    """What stands for the plans; limits are counted here alone, as while Valkey is silent."""
    limits.forget()
    monkeypatch.setattr(limits, "_silent_until", float("inf"))
    yield answering(bare)
    limits.forget()


@pytest.fixture
async def quick(bare: Any, plans: Answerer) -> AsyncIterator[Served]:
    async with Served(bare._transport.app, Lane) as served:
        yield served


@pytest.fixture
async def usual(bare: Any, plans: Answerer) -> AsyncIterator[Served]:
    async with Served(bare._transport.app, Protocol) as served:
        yield served


@pytest.fixture
def slow(bare: Any, plans: Answerer) -> Slow:
    made = Slow()
    edge_of(bare).hot.answer = made
    return made


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many requests of the lane began without a task, and how many were given one."""
    found = {"begun": 0, "tasks": 0}
    begin, start = known.Asking.begin, Lane._start

    def begins(self: known.Asking, state: dict[str, Any]) -> bool:
        is_begun = begin(self, state)
        found["begun"] += is_begun
        return is_begun

    def starts(self: Lane, *rest: Any) -> None:
        found["tasks"] += 1
        start(self, *rest)

    monkeypatch.setattr(known.Asking, "begin", begins)
    monkeypatch.setattr(Lane, "_start", starts)
    return found


@pytest.fixture
async def served(db, settings, postgres, database) -> AsyncIterator[Served]:
    """The process as it runs in earnest: plans, verdicts and clock remembered, limits leased."""
    async with (
        verdicts.remembered(clock.now) as listener,
        news.listening(postgres.url("app", database), listener, clock.listener()),
        leases.leasing(),
        audit.buffered_reads(),
        serving(replace(settings, paths=("plan", "generated", "ordinary"))) as client,
        Served(client._transport.app, Lane) as made,
    ):
        await make_ready(made)
        yield made
