"""Connections that end, in every manner, while calls are under way."""

import asyncio
import time

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from api.http import relay
from banshi.serving import ConnectionRefused
from identity import clients
from miniapps.gateway.service import _calling, _connections, _exchange
from storage import clock, mailbox
from tests.api.relay.conftest import APP, code_of


async def under_way(world, number: int = 0) -> asyncio.Task:
    task = asyncio.create_task(world.call("rent.slow", {}, number=number))
    async with asyncio.timeout(5):
        while not world.seen:
            await asyncio.sleep(0.01)
    return task


@pytest.mark.parametrize("at", [0, 1], ids=["this process", "another process"])
async def test_a_back_end_that_is_killed_gives_a_clear_answer_at_once(world, at):
    async with world.back_end(at) as link:
        call = await under_way(world)
        began = time.monotonic()
        for socket in list(link._open):
            socket.transport.abort()

        answer = await call
        took = time.monotonic() - began
        world.gate.set()

    assert (answer.status_code, code_of(answer)) == (502, "APP_LOST")
    assert took < 2


async def test_a_lost_connection_is_made_again(world):
    async with world.back_end() as link:
        for socket in list(link._open):
            socket.transport.abort()
        await asyncio.sleep(0.1)
        async with asyncio.timeout(5):
            await link.connected.wait()
        await asyncio.sleep(0.05)

        answer = await world.call("rent.check", {"rent": 1})

    assert answer.status_code == 200


async def test_a_silent_back_end_is_not_waited_for_for_ever(world, monkeypatch):
    monkeypatch.setattr(_calling, "PATIENCE_S", 0.3)
    async with world.back_end(1):
        answer = await world.call("rent.slow", {})
        world.gate.set()

    assert (answer.status_code, code_of(answer)) == (504, "APP_SILENT")


async def test_calls_under_way_are_bounded(world, monkeypatch):
    monkeypatch.setattr(_connections, "MOST_UNDER_WAY", 1)
    async with world.back_end(1):
        call = await under_way(world)
        refused = await world.call("rent.slow", {})
        world.gate.set()

    assert (refused.status_code, code_of(refused)) == (503, "APP_BUSY")
    assert (await call).status_code == 200


async def test_a_back_end_that_stops_answers_what_is_under_way_and_gets_no_more(world):
    async with world.back_end(1):
        call = await under_way(world)
        asyncio.get_running_loop().call_later(0.3, world.gate.set)
    after = await world.call("rent.check", {"rent": 1})

    assert ((await call).status_code, (await call).json()) == (200, "done")
    assert code_of(after) == "APP_OFFLINE"


async def test_a_process_that_ends_lets_its_back_ends_answer_and_takes_no_new_ones(world):
    async with world.back_end(1):
        call = await under_way(world)
        draining = asyncio.create_task(world.apps[1].state["exchange"].drain())
        await asyncio.sleep(0.2)
        during = await world.call("rent.check", {"rent": 1})
        world.gate.set()
        await draining

    assert (await call).status_code == 200
    assert code_of(during) == "APP_OFFLINE"


async def test_a_process_that_died_is_noticed_by_who_waits_for_it(world, monkeypatch):
    monkeypatch.setattr(_exchange, "WATCH_S", 0.1)
    heard = asyncio.Event()
    async with mailbox.listening("dying", lambda _: heard.set()):
        await mailbox.enter([(f"live:{APP}", "dying/1")])
        call = asyncio.create_task(world.call("rent.check", {"rent": 1}))
        await asyncio.wait_for(heard.wait(), 5)
    began = time.monotonic()
    lost = await call
    after = await world.call("rent.check", {"rent": 1})

    assert (code_of(lost), code_of(after)) == ("APP_LOST", "APP_OFFLINE")
    assert time.monotonic() - began < 3
    assert await mailbox.entries(f"live:{APP}") == [], "an entry of the dead is taken out"


async def test_a_credential_that_was_withdrawn_ends_its_connections(world, monkeypatch):
    monkeypatch.setattr(relay, "LOOK_S", 0.1)
    async with world.back_end():
        await clients.disable(APP, now=await clock.now())
        with pytest.raises(ConnectionRefused, match="NOT_SIGNED_IN"):
            await asyncio.wait_for(world.running[-1], 5)


@pytest.mark.parametrize(
    "said",
    ['{"type": "hello"', '{"type": "answer"}', "[]", "x" * (1024 * 1024 + 10)],
    ids=["cut", "rude", "list", "long"],
)
async def test_what_is_no_word_of_the_protocol_ends_the_connection(world, said):
    async with connect(world.urls[0].replace("http", "ws") + "/relay", proxy=None) as socket:
        with pytest.raises(ConnectionClosed):
            await socket.send(said)
            while True:
                await socket.recv()


async def test_a_body_that_is_too_long_is_refused(world):
    answer = await world.call("rent.check", {"rent": 1, "note": "x" * 600_000})

    assert (answer.status_code, code_of(answer)) == (413, "BODY_TOO_LARGE")
