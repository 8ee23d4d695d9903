"""PostgreSQL goes away and comes back: refusals at once, then answers and news again, by themselves."""

import asyncio
import os
import signal
import socket
import time

import asyncpg
import pytest

from api.graphql.plan.runtime.batching import Batches, Statement
from api.graphql.plan.runtime.connections import Connections
from api.graphql.plan.runtime.news import News
from api.graphql.plan.runtime.slots import Unavailable
from storage.embedded.postgres import Postgres
from storage.embedded.process import free_port
from tests.api.recovery import SOON_S, recovers

DOUBLE = Statement(
    "SELECT convert_to((2 * v.n)::text, 'UTF8') FROM unnest($1::int[]) WITH ORDINALITY AS v(n, place)"
    " ORDER BY v.place",
    1,
)
PID = "SELECT pg_backend_pid() FROM pg_sleep(0.02)"


@pytest.fixture(scope="module")
def server(servers_folder):
    made = Postgres(servers_folder / "outage", durable=False)
    made.start()
    yield made
    made.stop()


@pytest.fixture
async def connections(server):
    made = Connections(server.url("plan"), size=2)
    await made.open()
    yield made
    await made.close()


async def ask(batches: Batches, n: int) -> bytes | None:
    return (await batches.fetch(DOUBLE, (n,)))[0]


async def until_answered(batches: Batches) -> float:
    began = time.monotonic()
    while time.monotonic() - began < SOON_S:
        try:
            assert await ask(batches, 4) == b"8"
        except Unavailable:
            await asyncio.sleep(0.02)
        else:
            return time.monotonic() - began
    raise TimeoutError


async def test_a_restarted_server_is_found_again(server, connections):
    batches = Batches(connections)
    assert await ask(batches, 1) == b"2"

    async def restart() -> float:
        server.stop()
        began = time.monotonic()
        found = await asyncio.gather(*(ask(batches, n) for n in range(500)), return_exceptions=True)
        refused = time.monotonic() - began
        assert {type(each) for each in found} == {Unavailable}
        server.start()
        return max(refused, await until_answered(batches))

    await recovers(restart)


async def test_a_crash_of_the_server_hurts_for_a_moment(server, connections):
    async def crash() -> float:
        found = await asyncio.gather(*(connections.fetch(PID) for _ in range(9)))
        before = {rows[0][0] for rows in found}

        os.kill(min(before), signal.SIGKILL)  # PostgreSQL ends all others too, and recovers

        began, now = time.monotonic(), before
        while now & before:
            assert time.monotonic() - began < SOON_S
            try:
                now = {(await connections.fetch(PID))[0][0]}
            except Unavailable:
                await asyncio.sleep(0.02)
        return time.monotonic() - began

    await recovers(crash)


async def test_news_are_doubted_while_the_server_is_away_and_trusted_again(server):
    told: list[str] = []
    news = News(
        server.url("plan"), "changed", told.append, lambda: told.append("lost"), lambda: told.append("back")
    )
    await news.open()
    assert told == ["back"]

    async def restart() -> float:
        told[:] = ["back"]
        server.stop()
        lost = await until_told(told, ["back", "lost"])
        server.start()
        return max(lost, await until_told(told, ["back", "lost", "back"]))

    await recovers(restart)

    speaker = await asyncpg.connect(server.url("app"))
    await speaker.execute("NOTIFY changed, 'item'")
    await speaker.close()
    await until_told(told, ["back", "lost", "back", "item"])
    await news.close()


async def until_told(told: list[str], all_: list[str]) -> float:
    began = time.monotonic()
    async with asyncio.timeout(SOON_S):
        while told != all_:
            await asyncio.sleep(0.01)
    return time.monotonic() - began


async def test_a_server_that_was_never_there_is_refused_at_start():
    nowhere = Connections(f"postgresql://plan@127.0.0.1:{free_port()}/banshi", size=2)

    with pytest.raises(Unavailable):
        await nowhere.open()


async def test_who_asks_a_server_that_never_answers_waits_once_not_in_line():
    deaf = socket.create_server(("127.0.0.1", 0))
    nobody = Connections(f"postgresql://plan@127.0.0.1:{deaf.getsockname()[1]}/banshi", size=2)
    batches = Batches(nobody, batching=False)

    async with asyncio.timeout(SOON_S):
        found = await asyncio.gather(*(ask(batches, n) for n in range(100)), return_exceptions=True)
    deaf.close()

    assert {type(each) for each in found} == {Unavailable}


async def test_news_of_a_server_that_never_answers_do_not_hold_up_the_start():
    told: list[str] = []
    deaf = socket.create_server(("127.0.0.1", 0))
    news = News(
        f"postgresql://plan@127.0.0.1:{deaf.getsockname()[1]}/banshi",
        "changed",
        told.append,
        lambda: told.append("lost"),
        lambda: told.append("back"),
    )

    async with asyncio.timeout(SOON_S):
        await news.open()
        await news.close()
    deaf.close()

    assert told == []
