"""What comes twice within moments is done once, in whichever process it arrives, with Valkey and without."""

import asyncio

import pytest

from api.http.apps.once import LARGEST, Once
from banshi.calls import Answer
from storage import queue, repeats
from storage.settings import QueueSettings

WELL = Answer(200, '{"most": 36000, "名": "王小满"}'.encode())


class Work:
    """Something to be done, that is counted."""

    def __init__(self, answer: Answer = WELL, *, takes_s: float = 0.0) -> None:
        self.answer, self.takes_s, self.done, self.fails = answer, takes_s, 0, False

    async def __call__(self) -> Answer:
        self.done += 1
        await asyncio.sleep(self.takes_s)
        if self.fails:
            raise RuntimeError("no")
        return self.answer


@pytest.fixture
async def shared(valkey):
    """Two processes over one Valkey."""
    repeats.forget()
    await queue.connect(QueueSettings(url=valkey.url))
    await queue.redis().flushdb()
    yield Once(), Once()
    await queue.disconnect()


@pytest.fixture
async def alone():
    """Two processes whose Valkey is away."""
    repeats.forget()
    await queue.connect(QueueSettings(url="redis://127.0.0.1:1/0"))
    yield Once(), Once()
    await queue.disconnect()
    repeats.forget()


async def test_another_process_gives_the_answer_that_was_given(shared):
    work = Work()

    assert [await each.do("k", work) for each in (*shared, *shared)] == [WELL] * 4
    assert work.done == 1
    assert await shared[1].do("other", work) == WELL
    assert work.done == 2


async def test_another_process_waits_for_what_is_under_way(shared):
    work = Work(takes_s=0.3)

    assert await asyncio.gather(*(each.do("k", work) for each in (*shared, *shared))) == [WELL] * 4
    assert work.done == 1


async def test_what_failed_is_done_by_who_comes_next(shared):
    work = Work(takes_s=0.1)
    work.fails = True
    first = asyncio.create_task(shared[0].do("k", work))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(shared[1].do("k", work))
    with pytest.raises(RuntimeError):
        await first
    work.fails = False

    assert await second == WELL
    assert work.done == 2


async def test_a_large_answer_is_not_kept(shared):
    work = Work(Answer(200, b"x" * (LARGEST + 1)))

    for each in shared:
        assert (await each.do("k", work)).body == work.answer.body
    assert work.done == 2


async def test_a_process_that_died_holds_nobody_up_for_long(shared, monkeypatch):
    monkeypatch.setattr(repeats, "UNDER_WAY_MS", 200)
    assert await repeats.answered("k") is None  # and its process is gone

    assert await asyncio.wait_for(shared[1].do("k", Work()), 5) == WELL


async def test_nothing_of_a_citizen_can_be_read_in_valkey(shared):
    await shared[0].do("a secret key", Work())

    [name] = await queue.redis().keys("banshi:repeat:*")
    held = await queue.redis().get(name)
    assert b"secret" not in name and b"36000" not in held and "王小满".encode() not in held
    assert 0 < await queue.redis().pttl(name) <= repeats.KEPT_MS
    await queue.redis().set(name, b"somebody wrote this")
    work = Work()
    assert await shared[1].do("a secret key", work) == WELL
    assert work.done == 1, "what is not ours is worth nothing"


async def test_without_valkey_each_process_knows_of_itself(alone):
    work = Work()

    assert [await each.do("k", work) for each in (*alone, *alone)] == [WELL] * 4
    assert work.done == 2
