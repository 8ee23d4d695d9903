"""Servers that are away for a while: the worker waits, and goes on when they are back."""

import asyncio

import asyncpg
import pytest

from storage import queue, relay
from storage.db import fetch
from storage.embedded.process import free_port
from storage.embedded.valkey import Valkey
from storage.outbox import emit
from storage.queue import on
from storage.settings import QueueSettings
from storage.worker import Worker
from tests.storage.factories import NOON, BellRung, bell

heard: list[int] = []


@on(BellRung)
async def listen(event: BellRung, *, now) -> None:
    heard.append(event.number)


async def settled(count: int) -> None:
    while len(await fetch("SELECT id FROM outbox WHERE settled_at IS NOT NULL")) < count:
        await asyncio.sleep(0.05)


@pytest.fixture
def address():
    heard.clear()
    return free_port()


async def test_a_worker_waits_for_valkey_and_goes_on_when_it_comes_and_comes_back(db, address, tmp_path):
    await queue.connect(QueueSettings(url=f"redis://127.0.0.1:{address}/0"))
    stop = asyncio.Event()
    working = asyncio.create_task(Worker([listen]).run(stop))
    valkey = Valkey(tmp_path / "valkey", port=address)
    await emit(bell(1), now=NOON)
    await asyncio.sleep(0.5)

    try:
        for number in (1, 2):
            valkey.start()
            async with asyncio.timeout(40):
                await settled(number)
            valkey.stop()
            await emit(bell(number + 1), now=NOON)
    finally:
        stop.set()
        await working
        await queue.disconnect()

    assert heard == [1, 2]


async def test_facts_are_planted_while_valkey_is_away(db, address):
    await queue.connect(QueueSettings(url=f"redis://127.0.0.1:{address}/0"))
    await emit(bell(1), now=NOON)
    carrier = relay.Relay({"bell.rung": [listen.name]}, clock=lambda: asyncio.sleep(0, NOON))

    with pytest.raises(relay.TRANSIENT):
        await carrier.round()
    await queue.disconnect()

    assert await fetch("SELECT state, enqueued_at FROM job") == [{"state": "waiting", "enqueued_at": None}]


@pytest.mark.parametrize("fault", [asyncpg.InterfaceError("gone"), ZeroDivisionError()])
async def test_the_relay_outlives_its_own_faults(db, valkey, monkeypatch, fault):
    monkeypatch.setattr(relay, "POLL_S", 0.05)
    await queue.connect(QueueSettings(url=valkey.url))
    asked, stop = [], asyncio.Event()

    async def clock():
        asked.append(1)
        if len(asked) == 1:
            raise fault
        stop.set()
        return NOON

    async with asyncio.timeout(20):
        await relay.Relay({}, clock=clock).run(stop)
    await queue.disconnect()

    assert len(asked) == 2


async def test_the_heart_makes_a_lost_connection_anew(db, valkey):
    await queue.connect(QueueSettings(url=valkey.url))
    stop, worker = asyncio.Event(), Worker([listen])
    beating = asyncio.create_task(worker.heart.run(stop))
    async with asyncio.timeout(20):
        while not worker.heart.leads:
            await asyncio.sleep(0.02)
        first = worker.heart.connection

        first.terminate()
        while worker.heart.connection in (first, None) or not worker.heart.leads:
            await asyncio.sleep(0.02)

    stop.set()
    await beating
    await queue.disconnect()
