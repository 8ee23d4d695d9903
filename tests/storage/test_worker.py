"""One whole worker in this process, on real PostgreSQL and Valkey."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from storage import queue, relay
from storage.db import execute, fetch
from storage.duties import every
from storage.jobs import figures
from storage.outbox import emit
from storage.queue import on
from storage.settings import QueueSettings
from storage.worker import HEALTH_KEY, Worker
from tests.storage.factories import NOON, BellRung, bell

heard: list[int] = []
turns: list[datetime] = []


@on(BellRung)
async def listen(event: BellRung, *, now: datetime) -> None:
    heard.append(event.number)


@on(BellRung)
async def dawdle(event: BellRung, *, now: datetime) -> None:
    heard.append(-event.number)
    await asyncio.sleep(60)


async def turn(*, now: datetime) -> None:
    turns.append(now)


async def fail(*, now: datetime) -> None:
    raise RuntimeError


@pytest.fixture
async def linked(db, valkey):
    """This process connected to PostgreSQL and to an empty Valkey."""
    heard.clear()
    turns.clear()
    await queue.connect(QueueSettings(url=valkey.url))
    await queue.redis().flushall()
    yield
    await queue.disconnect()


@asynccontextmanager
async def working(*tasks, duties=()):
    stop = asyncio.Event()
    running = asyncio.create_task(Worker(tasks, duties).run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


async def all_settled() -> bool:
    return not await fetch("SELECT id FROM outbox WHERE settled_at IS NULL")


async def test_a_worker_answers_what_is_stored_while_it_runs(linked):
    async with working(listen):
        await asyncio.sleep(0.5)
        await emit(bell(1), now=NOON)
        await until(all_settled)

    assert heard == [1]
    assert (await figures()).totals == {"test_worker.listen": {"done": 1}}


async def test_nothing_is_lost_when_valkey_is_emptied(linked, monkeypatch):
    for number in range(120):
        await emit(bell(number), now=NOON)

    async with working(listen):
        for _ in range(3):
            await asyncio.sleep(0.3)
            await queue.redis().flushall()
        await until(all_settled)

    assert sorted(heard) == list(range(120))


async def test_stopping_puts_an_unfinished_job_back_for_the_next_worker(linked, monkeypatch):
    monkeypatch.setattr("storage.worker.GRACE_S", 0.2)
    await emit(bell(5), now=NOON)

    async with working(dawdle):
        await until(lambda: asyncio.sleep(0, -5 in heard))
    (job,) = await fetch("SELECT state, starts, attempt FROM job")

    assert job == {"state": "waiting", "starts": 0, "attempt": 2}


async def test_a_message_in_valkey_holds_ids_only(linked):
    await emit(bell(330106), now=NOON)
    carrier = relay.Relay({"bell.rung": ["test_worker.listen"]}, clock=lambda: asyncio.sleep(0, NOON))
    await carrier.round()

    dump = b" ".join([await queue.redis().dump(key) for key in await queue.redis().keys("arq:job:*")])
    assert b"test_worker.listen" in dump
    assert b"330106" not in dump


async def test_jobs_whose_task_is_no_longer_listed_become_dead_letters(linked):
    await emit(bell(1), now=NOON)
    carrier = relay.Relay({"bell.rung": ["test_worker.gone"]}, clock=lambda: asyncio.sleep(0, NOON))
    await carrier.round()

    async with working(listen):
        await until(all_settled)

    (letter,) = await fetch("SELECT error FROM dead_letter")
    assert letter["error"] == "TaskUnknown"


async def test_duties_are_done_in_turn_and_survive_a_failing_one(linked):
    async with working(listen, duties=[every(0.6, fail), every(0.6, turn)]):
        await until(lambda: asyncio.sleep(0, len(turns) >= 2))

    assert len(turns) >= 2


async def test_only_one_of_two_workers_does_the_duties(linked):
    async with (
        working(listen, duties=[every(100, turn)]),
        working(listen, duties=[every(100, turn)]),
    ):
        await until(lambda: asyncio.sleep(0, bool(turns)))
        await asyncio.sleep(1.5)

    assert len(turns) == 1


async def test_a_lost_lease_is_taken_back_and_a_third_loss_is_a_dead_letter(linked):
    await emit(bell(1), now=NOON)
    carrier = relay.Relay({"bell.rung": ["test_worker.listen"]}, clock=lambda: asyncio.sleep(0, NOON))
    await carrier.round()
    states = []

    for starts in (1, 2, 3):
        await execute(
            "UPDATE job SET state = 'running', starts = $1, holder = gen_random_uuid(),"
            " lease_until = clock_timestamp() - interval '1 second'",
            starts,
        )
        carrier.looked_at = 0.0
        await carrier.round()
        states.append((await fetch("SELECT state, attempt FROM job"))[0])

    assert states == [
        {"state": "waiting", "attempt": 2},
        {"state": "waiting", "attempt": 3},
        {"state": "dead", "attempt": 3},
    ]
    assert await all_settled()


async def test_the_worker_shows_that_it_lives(linked):
    async with working(listen):
        await until(lambda: queue.redis().exists(HEALTH_KEY))


async def test_a_schedule_is_answered_soon_after_its_time(linked):
    await emit(bell(9), now=NOON, not_before=datetime.now(NOON.tzinfo) + timedelta(seconds=1))

    async with working(listen):
        await until(all_settled)

    assert heard == [9]


async def test_a_duty_apart_is_not_kept_waiting_by_another(linked):
    async def crawl(*, now: datetime) -> None:
        await asyncio.sleep(2)

    async with working(duties=[every(60, crawl), every(0.2, turn, apart=True)]):
        await until(lambda: asyncio.sleep(0, len(turns) >= 2), seconds=20)
        began = time.monotonic()
        await until(lambda: asyncio.sleep(0, len(turns) >= 4), seconds=20)

    assert time.monotonic() - began < 2
