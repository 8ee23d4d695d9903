"""Packages that come in at the same time: room is held before anything is written."""

import asyncio

import pytest

from banshi.errors import Unavailable
from miniapps.catalog import queries
from miniapps.catalog.errors import AppInReview, TeamStorageFull, UploadsUnderWay
from miniapps.catalog.service import _receiving, stock, sweeping
from miniapps.catalog.service.stock import StockSettings
from miniapps.catalog.tables import AppUpload
from storage import objects
from storage.db import execute, fetch
from tests.miniapps.catalog.packed import NOON, a_package, hand_in, sent, trust
from tests.miniapps.catalog.test_stock import kept, uses


class Slow:
    """A store that takes packages when it is told to."""

    def __init__(self, monkeypatch) -> None:
        self.writing, self.go_on, self._put = asyncio.Event(), asyncio.Event(), objects.put_file
        monkeypatch.setattr(objects, "put_file", self.put_file)

    async def put_file(self, *given, **named) -> None:
        self.writing.set()
        await self.go_on.wait()
        await self._put(*given, **named)


@pytest.fixture
def slow(monkeypatch) -> Slow:
    return Slow(monkeypatch)


async def test_bytes_are_held_while_they_are_written_and_nothing_is_written_in_vain(store, developer, slow):
    await trust(developer)
    one, other = a_package(), a_package(id="bus-app")
    stock.configure(StockSettings(most_bytes=len(one) + len(other) - 1))
    first = asyncio.create_task(sent(developer, one))
    await slow.writing.wait()

    with pytest.raises(TeamStorageFull) as full:
        await sent(developer, other)
    slow.go_on.set()
    row, _ = await first

    assert full.value.data["used"] == str(len(one))
    assert await kept() == set(await uses()), "no object of the other's"
    assert (await queries.stored(developer.acting_for)).used_bytes == row.package_size == len(one)
    assert await AppUpload.count() == 0


async def test_of_one_mini_app_one_comes_in_at_a_time(store, developer, slow, monkeypatch):
    await trust(developer)
    monkeypatch.setattr(_receiving, "PATIENCE_S", 0.3)
    first = asyncio.create_task(sent(developer, a_package()))
    await slow.writing.wait()

    with pytest.raises(UploadsUnderWay) as refusal:
        await sent(developer, a_package(version="1.1.0"))
    monkeypatch.setattr(_receiving, "PATIENCE_S", 20.0)
    others = [sent(developer, a_package()), sent(developer, a_package(version="1.1.0"))]
    coming = asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)
    slow.go_on.set()
    (row, is_new), ((same, is_new_too), another) = await first, await coming

    assert refusal.value.retryable and refusal.value.data["retry_after_s"] == "5"
    assert (row.id, is_new, is_new_too) == (same.id, True, False), "the same bytes are one version"
    assert isinstance(another, AppInReview)
    assert await kept() == set(await uses())


async def test_what_an_upload_held_is_given_back_when_it_fails(store, developer, monkeypatch):
    await trust(developer)
    stock.configure(StockSettings(most_bytes=len(a_package())))

    async def away(*given, **named) -> None:
        raise Unavailable(system="object store")

    with monkeypatch.context() as patch:
        patch.setattr(objects, "put_file", away)
        with pytest.raises(Unavailable):
            await sent(developer, a_package())

    assert await AppUpload.count() == 0
    assert (await hand_in(developer)).state == "submitted"


async def test_what_a_dead_process_held_is_free_after_a_while(store, developer, slow):
    await trust(developer)
    stock.configure(StockSettings(most_bytes=len(a_package())))
    first = asyncio.create_task(sent(developer, a_package()))
    await slow.writing.wait()
    await execute("UPDATE mini_app_upload SET ends_at = ends_at - interval '1 hour'")

    second = asyncio.create_task(sent(developer, a_package()))
    async with asyncio.timeout(10):
        while not await fetch("SELECT 1 FROM mini_app_upload WHERE ends_at > clock_timestamp()"):
            await asyncio.sleep(0.01)
    slow.go_on.set()
    made = await asyncio.gather(first, second, return_exceptions=True)

    late = [each for each in made if isinstance(each, Unavailable)]
    assert len({each[0].id for each in made if isinstance(each, tuple)}) == 1 and len(late) <= 1
    assert await AppUpload.count() == 0
    await execute(
        "INSERT INTO mini_app_upload SELECT id, team_id, id, 9, now() - interval '1 hour' FROM mini_app"
    )
    await sweeping.sweep(now=NOON)
    assert await AppUpload.count() == 0
