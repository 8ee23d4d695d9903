"""Token buckets that are shared, and that survive the loss of what shares them."""

import asyncio
import time

import pytest

from banshi.errors import RateLimited
from storage import limits, queue
from storage.ids import new_id
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
async def alone():
    """Valkey's address is one where nobody answers."""
    limits.forget()
    await queue.connect(QueueSettings(url="redis://127.0.0.1:1/0"))
    yield
    await queue.disconnect()
    limits.forget()


async def taken(name: str, tries: int, *, capacity: int = 5, per_s: float = SLOW) -> int:
    """Return how many of `tries` were let through."""
    count = 0
    for _ in range(tries):
        try:
            await limits.take(name, capacity=capacity, per_s=per_s)
            count += 1
        except RateLimited:
            pass
    return count


async def test_a_bucket_gives_what_it_holds_and_no_more(shared):
    name = str(new_id())

    assert await taken(name, 8) == 5
    assert await taken(str(new_id()), 8) == 5


async def test_a_refusal_says_when_to_come_back(shared):
    name = str(new_id())
    await limits.take(name, capacity=1, per_s=0.1)

    with pytest.raises(RateLimited) as refusal:
        await limits.take(name, capacity=1, per_s=0.1)

    assert refusal.value.data == {"retry_after_s": "10"}


async def test_a_bucket_fills_again(shared):
    name = str(new_id())
    await taken(name, 5, per_s=20)

    await asyncio.sleep(0.3)

    assert 3 <= await taken(name, 8, per_s=20) <= 7


async def test_processes_share_a_bucket(shared):
    name = str(new_id())
    await taken(name, 3)

    limits.forget()  # as another process, that knows nothing

    assert await taken(name, 8) == 2


async def test_tries_at_the_same_moment_do_not_overshoot(shared):
    name = str(new_id())

    let_through = await asyncio.gather(*(taken(name, 1) for _ in range(40)))

    assert sum(let_through) == 5


async def test_an_emptied_valkey_gives_no_fresh_bucket_to_whom_is_known_here(shared):
    name = str(new_id())
    await taken(name, 5)

    await queue.redis().flushall()

    assert await taken(name, 3) == 0


async def test_no_name_stands_in_valkey(shared):
    await limits.take("330106199001011234", capacity=5, per_s=SLOW)

    keys = await queue.redis().keys("*")
    assert not any(b"330106199001011234" in key for key in keys)


async def test_without_valkey_the_limit_is_kept_here(alone):
    began = time.monotonic()

    assert await taken("somebody", 20) == 5
    assert time.monotonic() - began < 5  # it is not asked again at every try


async def test_only_so_many_buckets_are_remembered(alone, monkeypatch):
    monkeypatch.setattr(limits, "REMEMBERED", 2)
    await taken("first", 5)

    await taken("second", 1)
    await taken("third", 1)

    assert await taken("first", 8) == 5
