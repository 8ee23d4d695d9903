"""What packages take of the store: bounded, given back in time, never from under who needs it."""

import asyncio
import hashlib
from datetime import timedelta

import pytest

from banshi.errors import Unavailable
from identity.roles import Role
from miniapps.catalog import queries, service
from miniapps.catalog.errors import AppNotFound, FilesRemoved, TeamStorageFull, TooManyVersions
from miniapps.catalog.service import packages, stock
from miniapps.catalog.service.stock import StockSettings
from miniapps.catalog.tables import AppObject, MiniAppVersion
from storage import objects
from storage.db import execute, fetch
from tests.api.conftest import an_actor, as_operator
from tests.miniapps.catalog.packed import FILES, NOON, a_package, approved, hand_in, sent, trust

MONTH = timedelta(days=31)
OTHER = {**FILES, "js/app.js": b"document.title = 'new'\n"}
APP_JS = f"app-files/{hashlib.sha256(FILES['js/app.js']).hexdigest()}"


@pytest.fixture
def developer():
    return an_actor(Role.DEVELOPER)


@pytest.fixture
async def store(db, seaweed):
    objects.configure(seaweed)
    await objects.ensure_bucket()
    for left in [*await objects.list_("packages/"), *await objects.list_("app-files/")]:
        await objects.remove(left.key)  # of tests before
    packages.forget()
    yield db
    stock.configure(StockSettings())
    objects.close()


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

    await stock.sweep(now=NOON + MONTH - timedelta(days=2))
    assert (await queries.stored(developer.acting_for)).used_bytes == before, "not yet"
    assert await stock.sweep(now=NOON + MONTH) == 0, "let go of, and still young"
    await grow_old()
    removed = await stock.sweep(now=NOON + MONTH)

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

    assert await stock.sweep(now=NOON) == 0 and APP_JS in await kept()
    await grow_old()
    assert await stock.sweep(now=NOON) == 4
    assert await kept() == set(await uses()) == set()


async def test_what_is_wanted_while_it_is_removed_is_there_in_the_end(store, developer, monkeypatch):
    await refused(developer)
    await stock.sweep(now=NOON + MONTH)
    await grow_old()
    remove, removing, go_on = objects.remove, asyncio.Event(), asyncio.Event()

    async def slowly(key: str) -> None:
        removing.set()
        await go_on.wait()
        await remove(key)

    monkeypatch.setattr(objects, "remove", slowly)
    sweeping = asyncio.create_task(stock.sweep(now=NOON + MONTH))
    await removing.wait()
    coming = asyncio.create_task(sent(developer, a_package(version="1.1.0")))
    async with asyncio.timeout(10):
        while not await fetch("SELECT 1 FROM pg_locks WHERE NOT granted"):
            assert not coming.done(), "it must wait for who removes its files"
            await asyncio.sleep(0.01)
    go_on.set()
    removed, (row, _) = await asyncio.gather(sweeping, coming)

    assert removed == 4
    assert await packages.file(row.id, "js/app.js") == FILES["js/app.js"]
    assert await kept() == set(await uses()) and set((await uses()).values()) == {1}


async def test_what_is_announced_is_not_removed_before_it_is_used(store, developer, monkeypatch):
    await refused(developer)
    await stock.sweep(now=NOON + MONTH)
    await grow_old()
    put, swept = objects.put_file, []

    async def after_a_sweep(*given, **named) -> None:
        await put(*given, **named)
        swept.append(await stock.sweep(now=NOON + MONTH))

    monkeypatch.setattr(objects, "put_file", after_a_sweep)
    row, _ = await sent(developer, a_package(version="1.1.0"))

    assert sum(swept) == 2, "the package and the manifest of 1.0.0, which are of nobody"
    assert await packages.file(row.id, "js/app.js") == FILES["js/app.js"]
    assert await kept() == set(await uses())


async def test_an_object_that_was_removed_too_early_is_not_counted(store, developer):
    with pytest.raises(Unavailable):
        await stock.use([APP_JS])
