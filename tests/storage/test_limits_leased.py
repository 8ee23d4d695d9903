"""Limits that are counted here and told to Valkey in bundles: shared all the same, within a known margin."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import nullcontext, suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banshi.errors import RateLimited
from storage import leases, limits, queue
from storage.ids import new_id
from storage.leases import BLOCK, Leases
from storage.settings import QueueSettings

SLOW = 0.001  # tokens a second: none comes back during a test


@pytest.fixture
async def shared(valkey):
    limits.forget()
    await queue.connect(QueueSettings(url=valkey.url))
    yield
    await queue.disconnect()
    limits.forget()


@pytest.fixture
async def asked(monkeypatch) -> list[int]:
    """How many buckets each call of Valkey was about."""
    sizes: list[int] = []
    real = leases.redis().eval

    async def counted(script: str, size: int, *rest: object) -> object:
        sizes.append(size)
        return await real(script, size, *rest)

    monkeypatch.setattr(leases.redis(), "eval", counted)
    return sizes


@pytest.fixture
async def process(shared) -> AsyncIterator[Leases]:
    async with leases.leasing() as made:
        yield made


async def taken(process: Leases, name: str, tries: int, *, capacity: int = 100, per_s: float = SLOW) -> int:
    """Return how many of `tries` were let through; a process that may not go on tells Valkey first."""
    bucket = process._bucket(name, capacity, per_s)
    count = 0
    for _ in range(tries):
        try:
            while not process._spend(bucket):
                await process.settle()
        except RateLimited:
            continue
        count += 1
    return count


async def test_most_requests_ask_nobody(process, asked):
    name = str(new_id())

    for _ in range(200):
        await leases.take(name, capacity=300, per_s=SLOW)
    await process.settle()

    assert len(asked) <= 200 / BLOCK + 1


@pytest.mark.parametrize(("per_s", "ahead"), [(SLOW, BLOCK), (100, BLOCK), (1_000, 100)])
async def test_of_a_bucket_that_fills_quickly_more_is_spent_ahead(process, per_s, ahead):
    bucket = process._bucket(str(new_id()), 2_000, per_s)

    spent = [process._spend(bucket) for _ in range(ahead + 1)]

    assert spent == [True] * ahead + [False], "as much as comes until Valkey is told, and a block at least"


async def test_many_callers_who_ask_once_are_told_of_in_bundles(process, asked):
    for number in range(450):
        await leases.take(f"{new_id()} {number}", capacity=300, per_s=SLOW)
    await process.settle()

    assert sum(asked) == 450
    assert len(asked) <= 450 / leases.BUNDLE + 4


async def test_one_process_gives_what_the_bucket_holds_and_no_more(process):
    name = str(new_id())

    assert await taken(process, name, 150) == 100


async def test_what_is_spent_here_is_missing_elsewhere_a_moment_later(process):
    name = str(new_id())
    for _ in range(95):
        await leases.take(name, capacity=100, per_s=SLOW)
    await asyncio.sleep(0.5)

    other = Leases()
    first = await taken(other, name, 1)
    await other.settle()

    assert first == 1
    assert await taken(other, name, 50) == 4
    await other.settle()
    with pytest.raises(RateLimited):
        await limits.take(name, capacity=100, per_s=SLOW)


async def test_at_the_end_all_is_told(shared):
    name = str(new_id())
    async with leases.leasing():
        for _ in range(10):
            await leases.take(name, capacity=10, per_s=SLOW)

    with pytest.raises(RateLimited):
        await leases.take(name, capacity=10, per_s=SLOW)


async def test_what_is_spent_while_the_last_round_is_told_is_told_too(shared, monkeypatch):
    first, second = str(new_id()), str(new_id())
    asked, go_on = asyncio.Event(), asyncio.Event()
    real = leases.redis().eval

    async def slow(*arguments):
        asked.set()
        await go_on.wait()
        return await real(*arguments)

    monkeypatch.setattr(leases.redis(), "eval", slow)
    async with leases.leasing():
        await leases.take(first, capacity=10, per_s=SLOW)
        await asked.wait()
        for _ in range(2):  # as many as may be spent ahead of Valkey
            await leases.take(second, capacity=8, per_s=SLOW)
        asyncio.get_running_loop().call_later(0.05, go_on.set)

    for _ in range(6):
        await leases.take(second, capacity=8, per_s=SLOW)
    with pytest.raises(RateLimited):
        await leases.take(second, capacity=8, per_s=SLOW)


@pytest.mark.parametrize("leased", [True, False])
async def test_looking_takes_nothing_and_refuses_where_nothing_is_left(shared, leased):
    name, limit = str(new_id()), {"capacity": 1, "per_s": SLOW}
    async with leases.leasing() if leased else nullcontext():
        leases.check(name, **limit)
        leases.check(name, **limit)
        await leases.take(name, **limit)

        with pytest.raises(RateLimited):
            leases.check(name, **limit)


async def test_a_refusal_says_when_to_come_back(process):
    name = str(new_id())
    await leases.take(name, capacity=1, per_s=0.1)

    with pytest.raises(RateLimited) as refusal:
        await leases.take(name, capacity=1, per_s=0.1)

    assert refusal.value.data == {"retry_after_s": "10"}


async def test_a_bucket_fills_again(process):
    name = str(new_id())
    await taken(process, name, 30, capacity=20, per_s=20)

    await asyncio.sleep(0.3)

    assert 3 <= await taken(process, name, 20, capacity=20, per_s=20) <= 12


async def test_many_at_once_share_one_round(process, asked):
    name = str(new_id())

    async def one() -> None:
        await leases.take(name, capacity=300, per_s=SLOW)

    await asyncio.gather(*(one() for _ in range(100)))

    assert len(asked) <= 8


async def test_a_caller_who_gives_up_waiting_harms_nobody(process):
    name = str(new_id())
    for _ in range(BLOCK):
        await leases.take(name, capacity=300, per_s=SLOW)
    waiting = asyncio.create_task(leases.take(name, capacity=300, per_s=SLOW))
    await asyncio.sleep(0)
    waiting.cancel()

    await leases.take(name, capacity=300, per_s=SLOW)

    await asyncio.gather(waiting, return_exceptions=True)
    assert waiting.cancelled()


async def test_without_valkey_the_limit_is_kept_here(monkeypatch):
    await queue.connect(QueueSettings(url="redis://127.0.0.1:1/0"))
    monkeypatch.setattr(leases, "PATIENCE_S", 5.0)
    began = time.monotonic()
    async with leases.leasing():
        let_through = 0
        for _ in range(150):
            try:
                await leases.take("somebody", capacity=100, per_s=SLOW)
                let_through += 1
            except RateLimited:
                pass
    await queue.disconnect()

    assert let_through == 100
    assert time.monotonic() - began < 5


async def test_when_valkey_is_back_it_learns_what_was_spent_without_it(process, monkeypatch):
    name = str(new_id())
    process._silent_until = time.monotonic() + 0.2
    assert await taken(process, name, 90) == 90

    await asyncio.sleep(0.3)
    await process.settle()

    other = Leases()
    await taken(other, name, 1)
    await other.settle()
    assert await taken(other, name, 50) <= 10


async def test_only_so_many_buckets_are_remembered(process, monkeypatch):
    monkeypatch.setattr(leases, "REMEMBERED", 2)
    names = [str(new_id()) for _ in range(3)]

    for name in names:
        await leases.take(name, capacity=5, per_s=SLOW)

    assert list(process._known) == names[1:]
    await process.settle()
    assert await taken(Leases(), names[0], 1) == 1  # forgotten here, told there


STEPS = st.lists(
    st.tuples(st.sampled_from(["take", "settle", "restart"]), st.integers(0, 2), st.integers(1, 60)),
    max_size=25,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, capacity=st.integers(1, 120), per_s=st.sampled_from([SLOW, 5.0, 200.0]))
async def test_leases_never_admit_more_than_the_bucket_and_a_block_for_each_process(
    shared, steps, capacity, per_s
):
    name, began = str(new_id()), time.monotonic()
    processes, lives, admitted = [Leases() for _ in range(3)], 3, 0

    for act, which, tries in steps:
        if act == "take":
            admitted += await taken(processes[which], name, tries, capacity=capacity, per_s=per_s)
        elif act == "settle":
            await processes[which].settle()
        else:
            processes[which] = Leases()  # and what the old one had not told is lost
            lives += 1

        elapsed_s = time.monotonic() - began
        assert admitted <= capacity + per_s * elapsed_s + lives * BLOCK


async def test_processes_that_spend_the_same_refill_pay_it_back(shared):
    name, began, admitted = str(new_id()), time.monotonic(), 0
    processes = [Leases() for _ in range(3)]

    while time.monotonic() - began < 1.5:
        for process in processes:
            with suppress(RateLimited):
                admitted += process._spend(process._bucket(name, 20, 100))
        await asyncio.sleep(0.01)
        await asyncio.gather(*(process.settle() for process in processes))

    assert admitted <= 20 + 100 * (time.monotonic() - began) + 3 * 20 // leases.SHARE
