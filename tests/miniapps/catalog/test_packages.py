"""Packages come in whole, signed and once; their files come out as they went in, or not at all."""

import asyncio
import hashlib

import msgspec
import pytest

from banshi import package
from banshi.errors import Unavailable
from banshi.findings import PackageRefused
from banshi.manifest import Manifest
from identity.roles import Role
from miniapps.catalog import queries, service
from miniapps.catalog.errors import (
    AppIdTaken,
    AppInReview,
    AppNotFound,
    FileDamaged,
    KeyNotFound,
    KeyRevoked,
    PackageNeeded,
    PackageUnsigned,
    VersionExists,
)
from miniapps.catalog.rules import VersionState
from miniapps.catalog.service import origins, packages
from miniapps.catalog.service.origins import OriginsSettings
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from storage import objects
from storage.outbox import OutboxRow
from tests.api.conftest import an_actor, as_operator
from tests.miniapps.catalog.factories import a_manifest
from tests.miniapps.catalog.packed import FILES, NOON, PEM, a_package, approved, hand_in, sent, trust


async def test_a_package_is_taken_and_waits_for_the_machine(store, developer):
    data = a_package()
    row = await hand_in(developer, data)

    assert row.state == VersionState.SUBMITTED
    assert row.package_sha256 == hashlib.sha256(data).hexdigest()
    assert row.key_id == package.key_id(package.public_of(PEM))
    assert await packages.package_bytes(row.id) == data
    assert await packages.file(row.id, "js/app.js") == FILES["js/app.js"]
    assert await OutboxRow.count().where(OutboxRow.type == "app.version_submitted") == 1


async def test_the_same_bytes_are_one_version_also_at_once(store, developer):
    await trust(developer)
    data = a_package()

    made = await asyncio.gather(*(sent(developer, data) for _ in range(4)))

    assert len({row.id for row, _ in made}) == 1
    assert sum(is_new for _, is_new in made) == 1


async def test_other_bytes_need_another_number_and_wait_their_turn(store, developer):
    await hand_in(developer)

    with pytest.raises(VersionExists):
        await hand_in(developer, files={**FILES, "js/app.js": b"1"})
    with pytest.raises(AppInReview):
        await hand_in(developer, version="1.1.0")


async def test_a_package_and_a_manifest_alone_are_not_the_same(store, developer):
    await service.submit(developer, a_manifest(), now=NOON)

    with pytest.raises(VersionExists):
        await hand_in(developer)


async def test_a_package_of_another_team_s_mini_app_is_refused_before_it_is_stored(store, developer):
    await hand_in(developer)
    data = a_package(version="1.1.0")

    with pytest.raises(AppIdTaken):
        await hand_in(an_actor(Role.DEVELOPER), data)

    assert await objects.stat(f"packages/rent-app/{hashlib.sha256(data).hexdigest()}.zip") is None


@pytest.mark.parametrize("end", ["unknown", "retired", "revoked", "another team's"])
async def test_only_a_living_key_of_the_team_counts(store, developer, end):
    if end == "another team's":
        await trust(an_actor(Role.DEVELOPER))
    elif end != "unknown":
        key = await trust(developer)
        verb = service.retire_key if end == "retired" else service.revoke_key
        await verb(developer, key.id, *(["丢失"] if end == "revoked" else []), now=NOON)

    with pytest.raises(PackageUnsigned):
        await sent(developer, a_package())

    assert await MiniAppVersion.count() == 0
    assert await MiniApp.count() == 0, "an id is not to be had without a signature"


async def test_an_entry_that_is_no_page_of_the_package_is_refused(store, developer):
    await trust(developer)
    for entry in ("https://rent.example/index.html", "/home.html"):
        with pytest.raises(PackageRefused) as refused:
            await sent(developer, a_package(entry=entry))
        assert [finding.rule for finding in refused.value.findings] == ["manifest.entry"]


async def test_a_package_for_an_item_that_there_is_not_is_refused(store, developer):
    await trust(developer)

    with pytest.raises(PackageRefused) as refused:
        await sent(developer, a_package(more='items: ["330100999000"]\n'))

    [finding] = refused.value.findings
    assert (finding.rule, finding.file, finding.line) == ("package.manifest", "miniapp.yaml", 12)
    assert await MiniApp.count() == 0


async def test_a_store_that_is_away_leaves_no_version(db, developer, seaweed):
    objects.configure(
        type(seaweed)(endpoint="127.0.0.1:1", public_endpoint="a", access_key="a", secret_key="s")
    )
    await trust(developer)

    with pytest.raises(Unavailable):
        await sent(developer, a_package())

    objects.close()
    assert await MiniAppVersion.count() == 0


async def test_where_only_packages_are_taken_a_manifest_alone_is_not(db, developer):
    with pytest.raises(PackageNeeded):
        await service.submit(developer, a_manifest().replace("https://rent.example", "/index.html"), now=NOON)
    before = origins._settings
    origins.configure(OriginsSettings(packages_only=True))
    try:
        with pytest.raises(PackageNeeded):
            await service.submit(developer, a_manifest(), now=NOON)
    finally:
        origins.configure(before)


async def test_what_is_not_there_is_not_found(store, developer):
    row = await hand_in(developer)
    bare = await service.submit(developer, a_manifest(id="bare-app"), now=NOON)

    for ask in (packages.file(row.id, "_banshi/files.json"), packages.package_bytes(bare.id)):
        with pytest.raises(AppNotFound):
            await ask


async def test_an_object_that_was_changed_in_the_store_is_not_believed(store, developer):
    row = await hand_in(developer)
    sha256 = hashlib.sha256(FILES["js/app.js"]).hexdigest()

    for other in (b"x" * len(FILES["js/app.js"]), b"short", b"long" * 1000):
        await objects.put(f"app-files/{sha256}", other)
        await objects.put(f"packages/rent-app/{row.package_sha256}.zip", other)
        for ask in (packages.file(row.id, "js/app.js"), packages.package_bytes(row.id)):
            with pytest.raises(FileDamaged):
                await ask


async def test_what_was_read_once_is_held_within_bounds(store, developer, monkeypatch):
    row = await hand_in(developer)
    monkeypatch.setattr(packages, "CACHE_BYTES", len(FILES["js/app.js"]) + 1)
    await packages.file(row.id, "js/app.js")
    await packages.file(row.id, "index.html")

    assert packages._bytes == sum(map(len, packages._files.values())) <= packages.CACHE_BYTES


async def test_keys_of_a_team_come_once_and_go_for_good(db, developer):
    key = await trust(developer)

    assert (await trust(developer)).id == key.id
    with pytest.raises(KeyNotFound):
        await service.retire_key(an_actor(Role.DEVELOPER), key.id, now=NOON)
    await service.revoke_key(developer, key.id, "笔记本电脑丢失", now=NOON)
    again = await service.revoke_key(developer, key.id, "再次", now=NOON)
    assert again.reason == "笔记本电脑丢失"
    with pytest.raises(KeyRevoked):
        await trust(developer)
    assert await OutboxRow.count().where(OutboxRow.type == "app.key_revoked") == 1


async def test_a_retired_key_goes_on_for_what_it_signed(store, developer):
    await approved(developer, as_operator())
    [key] = await queries.keys(developer)

    await service.retire_key(developer, key.id, now=NOON)
    packages.forget()

    assert await packages.served("rent-app", "1.0.0") is not None


async def test_an_opening_leads_to_the_mini_app_s_own_origin(store, developer):
    row = await approved(developer, as_operator())

    made = msgspec.json.decode(row.manifest, type=Manifest)

    assert origins.entry(made).endswith("://rent-app." + origins._settings.host + "/1.0.0/index.html")
