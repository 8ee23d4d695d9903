"""What the short way costs, and what becomes of work that nobody waits for any longer."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from api.app import create_app
from api.http import hot, leaving, report
from api.settings import Settings
from identity import verdicts
from storage import clock, leases, news, queue
from storage.settings import DatabaseSettings, QueueSettings
from tests.api.answerer import ASKED, BODY, Wire, ask_raw, edge_of
from tests.api.conftest import serving, some_settings
from tests.identity.factories import make_session


@pytest.fixture
def servers(postgres, database, valkey) -> Settings:
    """Settings of a server that connects by itself."""
    return some_settings(
        database=DatabaseSettings(url=postgres.url("app", database)),
        plan_database=postgres.url("plan", database),
        queue=QueueSettings(url=valkey.url),
        switched_off=("gc",),
    )


@pytest.fixture
async def remembering(client, settings, postgres, database) -> AsyncIterator[leases.Leases]:
    """The process as it runs in earnest: verdicts and clock remembered, limits leased."""
    async with (
        verdicts.remembered(clock.now) as listener,
        news.listening(postgres.url("app", database), listener, clock.listener()),
        leases.leasing() as leased,
    ):
        yield leased


async def test_a_server_that_runs_remembers_leases_and_bundles(servers):
    app = create_app(servers)
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as client,
    ):
        token, _ = await make_session(now=await clock.now())
        asked = {"json": ASKED, "headers": {"authorization": f"Bearer {token}"}}
        kept = [(await client.post("/graphql", **asked)).status_code for _ in range(2)]
        remembered, bundling, leased = len(verdicts._verdicts), report._bundling, leases._leases

        assert kept == [200, 200]
        assert (remembered, bundling) == (1, True)
        assert leased is not None and len(leased._known) == 1
    assert (len(verdicts._verdicts), report._bundling, leases._leases) == (0, False, None)


class TestCost:
    async def test_a_request_of_a_known_bearer_asks_neither_database_nor_valkey(
        self, client, answerer, bearer, remembering, db, monkeypatch
    ):
        calls: list[object] = []
        real = queue.redis().execute_command

        async def counted(*command: Any, **rest: Any) -> Any:
            calls.append(command[0])
            return await real(*command, **rest)

        monkeypatch.setattr(queue.redis(), "execute_command", counted)
        monkeypatch.setattr(leases, "SETTLE_S", 60)  # else a slow machine tells more often than it need
        await client.post("/graphql", json=ASKED, headers=bearer)
        await remembering.settle()
        db.clear()
        calls.clear()

        for _ in range(200):
            assert (await client.post("/graphql", json=ASKED, headers=bearer)).content == BODY

        assert db == []
        assert len(calls) <= 200 / 20

    async def test_what_is_kept_lives_as_long_as_the_verdict(self, client, answerer, bearer, remembering):
        for _ in range(2):
            await client.post("/graphql", json=ASKED, headers=bearer)
        first, second = (asked[2].kept for asked in answerer.asked)
        assert first is not None and first is second

        await client.delete("/session", headers=bearer)
        assert (await client.post("/graphql", json=ASKED, headers=bearer)).status_code == 401

    async def test_without_news_nothing_is_kept(self, client, answerer, bearer):
        await client.post("/graphql", json=ASKED, headers=bearer)

        assert answerer.asked[0][2].kept is None

    async def test_a_request_leaves_no_garbage_behind(self, settings, bearer, remembering):
        """What refers to itself waits for the collector, which under load doubles what a request costs."""
        async with serving(replace(settings, paths=("plan", "generated", "ordinary"))) as client:
            for _ in range(3):
                answer = await ask_raw(edge_of(client), bearer["authorization"])
            gc.collect()
            gc.disable()
            try:
                for _ in range(50):
                    await ask_raw(edge_of(client), bearer["authorization"])
                assert gc.collect() < 50  # a little comes from what goes on beside
            finally:
                gc.enable()
        assert b"recentCases" in answer.sent[1]["body"]


class TestLeaving:
    @pytest.fixture
    def slow(self, bare, monkeypatch) -> dict[str, bool]:
        monkeypatch.setattr(leaving, "PATIENCE_S", 0.02)
        seen = {"begun": False, "ended": False}

        async def answer(*_: object) -> None:
            seen["begun"] = True
            try:
                await asyncio.sleep(30)
            finally:
                seen["ended"] = True

        edge_of(bare).hot.answer = answer
        return seen

    async def test_the_work_for_a_client_who_left_is_ended(self, bare, slow, capsys):
        wire = await ask_raw(edge_of(bare), wire=Wire(leaves_after=0.05))

        assert slow["ended"] and wire.sent == []
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["status"] == hot.CLIENT_GONE
        current = asyncio.current_task()
        assert current is not None and current.cancelling() == 0

    async def test_a_server_that_stops_ends_it_too(self, bare, slow):
        task = asyncio.create_task(ask_raw(edge_of(bare)))
        while not slow["begun"]:
            await asyncio.sleep(0.01)
        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
        assert slow["ended"]

    async def test_a_client_who_stays_gets_a_late_answer(self, bare, monkeypatch):
        monkeypatch.setattr(leaving, "PATIENCE_S", 0.01)

        async def answer(*_: object) -> list[bytes]:
            await asyncio.sleep(0.1)
            return [BODY]

        edge_of(bare).hot.answer = answer
        wire = await ask_raw(edge_of(bare))

        assert wire.sent[1]["body"] == BODY
