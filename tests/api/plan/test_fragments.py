"""Fragments are made once, kept while they hold, and never kept when something may have changed."""

import asyncio
import gc
from contextvars import ContextVar

import pytest

from api.graphql.plan.runtime import fragments as module
from api.graphql.plan.runtime.fragments import OVERHEAD, Fragments
from api.graphql.plan.runtime.slots import Unavailable

ITEMS = frozenset({"item", "department"})
APPS = frozenset({"mini_app"})

request_of: ContextVar[str] = ContextVar("request_of", default="nobody")


class Maker:
    """Makes `text`, counted, through a gate."""

    def __init__(self, text: bytes = b"[]") -> None:
        self.text = text
        self.times = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: BaseException | None = None

    async def __call__(self) -> bytes:
        self.times += 1
        text = self.text  # as a statement reads when it begins
        await self.gate.wait()
        if self.error:
            raise self.error
        return text


@pytest.fixture
def kept():
    made = Fragments()
    made.trust()
    return made


@pytest.fixture
def make():
    return Maker()


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def begun(kept: Fragments, make: Maker, askers: int = 1) -> list["asyncio.Task[module.Fragment]"]:
    """Return askers that wait for a fragment in the making."""
    make.gate.clear()
    asking = [asyncio.create_task(kept.get("key", ITEMS, make)) for _ in range(askers)]
    await turns()
    return asking


async def test_a_fragment_is_made_once(kept, make):
    first = await kept.get("key", ITEMS, make)

    assert first.raw == b"[]"
    assert await kept.get("key", ITEMS, make) is first
    assert make.times == 1


async def test_those_who_ask_together_wait_for_one_making(kept, make):
    asking = await begun(kept, make, 50)
    make.gate.set()

    assert len({id(each) for each in await asyncio.gather(*asking)}) == 1
    assert make.times == 1


async def test_a_change_drops_what_was_made_from_it_and_nothing_else(kept, make):
    other = Maker()
    await kept.get("key", ITEMS, make)
    await kept.get("apps", APPS, other)

    kept.changed("department")

    await kept.get("key", ITEMS, make)
    await kept.get("apps", APPS, other)
    assert (make.times, other.times) == (2, 1)


async def test_what_is_made_while_it_changes_goes_to_those_who_waited_and_is_not_kept(kept, make):
    [before] = await begun(kept, make)
    make.text = b"[new]"
    kept.changed("item")
    after = asyncio.create_task(kept.get("key", ITEMS, make))
    await turns()
    make.gate.set()

    assert (await before).raw == b"[]"
    assert (await after).raw == b"[new]", "who asks after the change sees it"
    assert (await kept.get("key", ITEMS, make)).raw == b"[new]"
    assert make.times == 2


async def test_an_old_making_that_ends_late_replaces_nothing(kept, make):
    [before] = await begun(kept, make)
    kept.changed("item")
    new = Maker(b"[new]")
    await kept.get("key", ITEMS, new)
    make.gate.set()
    await before

    assert (await kept.get("key", ITEMS, make)).raw == b"[new]"


async def test_an_old_making_that_ends_leaves_the_new_one_to_be_shared(kept, make):
    [before] = await begun(kept, make)
    kept.changed("item")
    new = Maker(b"[new]")
    new.gate.clear()
    asking = [asyncio.create_task(kept.get("key", ITEMS, new))]
    await turns()
    make.gate.set()
    await before
    asking.append(asyncio.create_task(kept.get("key", ITEMS, new)))
    await turns()
    new.gate.set()
    await asyncio.gather(*asking)

    assert new.times == 1


async def test_a_change_of_something_else_does_not_matter(kept, make):
    [asking] = await begun(kept, make)
    kept.changed("mini_app")
    make.gate.set()
    await asking
    await kept.get("key", ITEMS, make)

    assert make.times == 1


async def test_nothing_is_kept_before_news_are_heard_and_while_they_are_lost(make):
    kept = Fragments()
    for _ in range(2):
        await kept.get("key", ITEMS, make)
    assert make.times == 2

    kept.trust()
    for _ in range(2):
        await kept.get("key", ITEMS, make)
    assert make.times == 3

    kept.doubt()
    for _ in range(2):
        await kept.get("key", ITEMS, make)
    assert make.times == 5
    assert (len(kept), kept.bytes) == (0, 0)


@pytest.mark.parametrize("between", [("doubt", "trust"), ("trust",), ("doubt",)])
async def test_what_was_begun_before_news_were_lost_is_not_kept(kept, make, between):
    [asking] = await begun(kept, make)
    for each in between:
        getattr(kept, each)()
    make.gate.set()
    await asking

    assert len(kept) == 0


async def test_in_doubt_those_who_ask_together_still_share(kept, make):
    kept.doubt()
    asking = await begun(kept, make, 20)
    make.gate.set()
    await asyncio.gather(*asking)

    assert make.times == 1


async def test_a_failure_goes_to_all_who_wait_and_is_not_kept(kept, make):
    make.error = ZeroDivisionError()
    asking = await begun(kept, make, 5)
    make.gate.set()

    found = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(each) for each in found] == [ZeroDivisionError] * 5

    make.error = None
    assert (await kept.get("key", ITEMS, make)).raw == b"[]"


@pytest.mark.parametrize("place", [0, 2])
async def test_who_leaves_does_not_end_the_making(kept, make, place):
    asking = await begun(kept, make, 3)
    asking[place].cancel()
    await turns()
    make.gate.set()

    found = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(found.pop(place), asyncio.CancelledError)
    assert [each.raw for each in found] == [b"[]"] * 2
    assert make.times == 1


async def test_when_all_have_left_it_is_kept_for_the_next(kept, make):
    [asking] = await begun(kept, make)
    asking.cancel()
    await turns()
    make.gate.set()
    await turns()

    await kept.get("key", ITEMS, make)
    assert make.times == 1


async def test_a_failure_after_all_have_left_is_nobodys(kept, make, caplog):
    make.error = ZeroDivisionError()
    [asking] = await begun(kept, make)
    asking.cancel()
    await turns()
    make.gate.set()
    await turns()
    del asking

    gc.collect()
    assert not caplog.records


async def test_a_making_cancelled_from_inside_cancels_nobody(kept, make):
    make.error = asyncio.CancelledError()

    with pytest.raises(Unavailable):
        await kept.get("key", ITEMS, make)


async def test_a_making_carries_nothing_of_the_request_that_started_it(kept):
    request_of.set("the first")

    async def make() -> bytes:
        return request_of.get().encode()

    assert (await kept.get("key", ITEMS, make)).raw == b"nobody"


async def test_the_least_recently_used_goes_first():
    kept = Fragments(most_bytes=3 * (OVERHEAD + 200))
    kept.trust()
    made = {key: Maker(bytes(100)) for key in "abcd"}
    for key in "abcabd":  # c is the one not used again
        await kept.get(key, ITEMS, made[key])

    assert kept.bytes <= 3 * (OVERHEAD + 200)
    for key in "abd":
        await kept.get(key, ITEMS, made[key])
    assert [maker.times for maker in made.values()] == [1, 1, 1, 1]
    await kept.get("c", ITEMS, made["c"])
    assert made["c"].times == 2


async def test_what_is_too_large_to_keep_is_handed_out():
    kept = Fragments(most_bytes=5_000)
    kept.trust()

    assert len((await kept.get("key", ITEMS, Maker(bytes(10_000)))).raw) == 10_000
    assert (len(kept), kept.bytes) == (0, 0)


async def test_dropped_bytes_are_given_back(kept):
    for key in range(50):
        await kept.get(key, ITEMS if key % 2 else APPS, Maker(bytes(key)))
    kept.changed("item")
    kept.changed("mini_app")

    assert (len(kept), kept.bytes) == (0, 0)


async def test_an_untold_change_shows_after_a_while(kept, make, monkeypatch):
    await kept.get("key", ITEMS, make)
    now = module.monotonic()
    for later, times in ((59, 1), (61, 2)):
        monkeypatch.setattr(module, "monotonic", lambda later=later: now + later)
        await kept.get("key", ITEMS, make)

        assert make.times == times
