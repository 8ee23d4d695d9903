"""What packages take of the store: bounded, given back in time, never from under who needs it."""

import asyncio
import hashlib
from datetime import timedelta

import msgspec
import pytest

from banshi.errors import Unavailable
from banshi.package import Listing
from identity.roles import Role
from miniapps.catalog import queries, service
from miniapps.catalog.errors import AppNotFound, FilesRemoved, TeamStorageFull, TooManyVersions
from miniapps.catalog.service import packages, stock, sweeping
from miniapps.catalog.service.stock import StockSettings
from miniapps.catalog.tables import AppObject, MiniAppVersion
from storage import objects
from storage.db import execute, fetch
from tests.api.conftest import an_actor, as_operator
from tests.miniapps.catalog.packed import FILES, NOON, a_package, approved, hand_in, sent, trust

MONTH = timedelta(days=31)
OTHER = {**FILES, "js/app.js": b"document.title = 'new'\n"}
APP_JS = f"app-files/{hashlib.sha256(FILES['js/app.js']).hexdigest()}"


async def refused(developer, data: bytes | None = None, **facts: str) -> MiniAppVersion:
    row = await hand_in(developer, data, **facts)
    return await service.gate_refused(row.id, "page.blank", now=NOON)


async def grow_old() -> None:
    await execute("UPDATE mini_app_object SET touched_at = touched_at - interval '25 hours'")


async def kept() -> set[str]:
    return {found.key for prefix in ("packages/", "app-files/") for found in await objects.list_(prefix)}


async def uses() -> dict[str, int]:
    return {row["key"]: row["uses"] for row in await AppObject.select()}


async def test_a_team_stores_no_more_than_it_may_also_at_once(store, developer):
    await trust(developer)
    one, other = a_package(), a_package(id="bus-app")
    stock.configure(StockSettings(most_bytes=len(one) + len(other) - 1))

    made = await asyncio.gather(sent(developer, one), sent(developer, other), return_exceptions=True)

    [full] = [each for each in made if isinstance(each, TeamStorageFull)]
    held = await queries.stored(developer.acting_for)
    assert held.versions == 1 and held.used_bytes in (len(one), len(other))
    assert {name: full.data[name] for name in ("used", "most", "days")} == {
        "used": str(held.used_bytes), "most": str(len(one) + len(other) - 1), "days": "30",
    }  # fmt: skip
    assert (await hand_in(an_actor(Role.DEVELOPER), a_package(id="tax-app"))).state == "submitted"


async def test_a_mini_app_has_so_many_versions_within_a_day(store, developer):
    stock.configure(StockSettings(most_a_day=2))
    for number in ("1.0.0", "1.1.0"):
        await refused(developer, version=number)

    with pytest.raises(TooManyVersions) as refusal:
        await hand_in(developer, version="1.2.0")

    assert refusal.value.data["after"] == "2026-11-21T04:00:00+00:00"
    assert (await sent(developer, a_package()))[1] is False, "what was handed in before is no new version"
    assert (await hand_in(developer, id="bus-app")).state == "submitted"


async def test_files_of_what_came_to_nothing_go_and_those_of_others_stay(store, developer):
    await approved(developer, as_operator())
    gone = await refused(developer, a_package(version="1.1.0", files=OTHER))
    withdrawn = await service.withdraw(developer, (await hand_in(developer, version="1.2.0")).id, now=NOON)
    before = (await queries.stored(developer.acting_for)).used_bytes

    await sweeping.sweep(now=NOON + MONTH - timedelta(days=2))
    assert (await queries.stored(developer.acting_for)).used_bytes == before, "not yet"
    assert await sweeping.sweep(now=NOON + MONTH) == 0, "let go of, and still young"
    await grow_old()
    removed = await sweeping.sweep(now=NOON + MONTH)

    [stays] = await MiniAppVersion.objects().where(MiniAppVersion.removed_at.is_null())
    assert (await queries.stored(developer.acting_for)).used_bytes == stays.package_size
    assert await kept() == set(await uses()) and set((await uses()).values()) == {1}
    assert (
        removed == 5
    )  # two packages, two manifests and one script; the pages are of the approved version, too
    assert await packages.file(stays.id, "js/app.js") == FILES["js/app.js"]
    for row in (gone, withdrawn):
        with pytest.raises(AppNotFound):
            await packages.package_bytes(row.id)
    with pytest.raises(FilesRemoved):
        await service.reopen(developer, gone.id, now=NOON + MONTH)


async def test_what_an_upload_left_that_broke_off_goes_after_a_day(store, developer, monkeypatch):
    await trust(developer)

    async def away(*given, **named) -> None:
        raise Unavailable(system="object store")

    with monkeypatch.context() as patch:
        patch.setattr(objects, "put_file", away)
        with pytest.raises(Unavailable):
            await sent(developer, a_package())
    await objects.put(APP_JS, FILES["js/app.js"])  # one was written

    assert await sweeping.sweep(now=NOON) == 0 and APP_JS in await kept()
    await grow_old()
    assert await sweeping.sweep(now=NOON) == 4
    assert await kept() == set(await uses()) == set()


async def test_what_is_wanted_while_it_is_removed_is_there_in_the_end(store, developer, monkeypatch):
    await refused(developer)
    await sweeping.sweep(now=NOON + MONTH)
    await grow_old()
    remove, removing, go_on = objects.remove, asyncio.Event(), asyncio.Event()

    async def slowly(key: str) -> None:
        removing.set()
        await go_on.wait()
        await remove(key)

    monkeypatch.setattr(objects, "remove", slowly)
    cleaning = asyncio.create_task(sweeping.sweep(now=NOON + MONTH))
    await removing.wait()
    coming = asyncio.create_task(sent(developer, a_package(version="1.1.0")))
    async with asyncio.timeout(10):
        while not await fetch("SELECT 1 FROM pg_locks WHERE NOT granted"):
            assert not coming.done(), "it must wait for who removes its files"
            await asyncio.sleep(0.01)
    go_on.set()
    removed, (row, _) = await asyncio.gather(cleaning, coming)

    assert removed == 4
    assert await packages.file(row.id, "js/app.js") == FILES["js/app.js"]
    assert await kept() == set(await uses()) and set((await uses()).values()) == {1}


async def test_what_is_announced_is_not_removed_before_it_is_used(store, developer, monkeypatch):
    await refused(developer)
    await sweeping.sweep(now=NOON + MONTH)
    await grow_old()
    put, swept = objects.put_file, []

    async def after_a_sweep(*given, **named) -> None:
        await put(*given, **named)
        swept.append(await sweeping.sweep(now=NOON + MONTH))

    monkeypatch.setattr(objects, "put_file", after_a_sweep)
    row, _ = await sent(developer, a_package(version="1.1.0"))

    assert sum(swept) == 2, "the package and the manifest of 1.0.0, which are of nobody"
    assert await packages.file(row.id, "js/app.js") == FILES["js/app.js"]
    assert await kept() == set(await uses())


async def test_an_object_that_was_removed_too_early_is_not_counted(store, developer):
    with pytest.raises(Unavailable):
        await stock.use([APP_JS])


async def test_what_a_process_of_before_handed_in_uncounted_is_counted_and_stays(store, developer):
    stays = await approved(developer, as_operator())
    shared = await refused(developer, a_package(version="1.1.0"))  # all of its files but the manifest
    alone = await refused(developer, a_package(version="1.2.0", files=OTHER))
    await execute("DELETE FROM mini_app_object WHERE key LIKE 'packages/%'")
    await execute("UPDATE mini_app_object SET uses = 0")

    await sweeping.sweep(now=NOON + MONTH)
    gone = await MiniAppVersion.select(MiniAppVersion.id).where(MiniAppVersion.removed_at.is_not_null())
    assert {row["id"] for row in gone} == {shared.id, alone.id}, "no count fell below nothing"
    await grow_old()
    await sweeping.sweep(now=NOON + MONTH)

    living = packages.keys_of(msgspec.json.decode(stays.listing, type=Listing), stays.package_sha256)
    assert await kept() == set(living), "what is named stays, what is not goes"
    counted = await uses()
    assert counted == {key: 1 for key in living if key.startswith("app-files/")}
    assert await packages.package_bytes(stays.id) == a_package()


async def test_one_that_fails_keeps_no_other_from_going(store, developer, monkeypatch):
    rows = [await refused(developer, version=f"1.{number}.0") for number in range(3)]
    let_go = stock.let_go

    async def fails_for_the_first(keys: list[str]) -> None:
        if f"packages/rent-app/{rows[0].package_sha256}.zip" in keys:
            raise ValueError(keys)
        await let_go(keys)

    with monkeypatch.context() as patch:
        patch.setattr(stock, "let_go", fails_for_the_first)
        await sweeping.sweep(now=NOON + MONTH)
    freed = await MiniAppVersion.select(MiniAppVersion.id).where(MiniAppVersion.removed_at.is_not_null())
    assert {row["id"] for row in freed} == {rows[1].id, rows[2].id}

    remove, stuck = objects.remove, f"packages/rent-app/{rows[1].package_sha256}.zip"

    async def fails_once(key: str) -> None:
        if key == stuck:
            raise Unavailable(system="object store")
        await remove(key)

    await grow_old()
    with monkeypatch.context() as patch:
        patch.setattr(objects, "remove", fails_once)
        assert await sweeping.sweep(now=NOON + MONTH) == 3, "a package and two manifests"
    assert stuck in await kept() and stuck in await uses()
    assert await sweeping.sweep(now=NOON + MONTH) == 0, "tomorrow"
    await grow_old()
    await sweeping.sweep(now=NOON + MONTH)
    assert stuck not in await kept()


async def test_while_the_store_is_away_nothing_is_forgotten(store, developer, monkeypatch):
    await refused(developer)
    await sweeping.sweep(now=NOON + MONTH)
    await grow_old()

    async def away(key: str) -> None:
        raise Unavailable(system="object store")

    with monkeypatch.context() as patch:
        patch.setattr(objects, "remove", away)
        with pytest.raises(Unavailable):
            await sweeping.sweep(now=NOON + MONTH)
    assert await sweeping.sweep(now=NOON + MONTH) == 4
