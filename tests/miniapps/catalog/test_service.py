"""A mini-app goes from a developer's hand to a citizen's phone, and can be pulled back."""

import asyncio
from datetime import UTC, datetime

import pytest

from banshi.manifest import ManifestRefused
from identity.roles import Role
from miniapps.catalog import queries, service
from miniapps.catalog.errors import (
    AppIdTaken,
    AppNotFound,
    NotApproved,
    OwnRelease,
    TooManyApps,
    VersionExists,
)
from miniapps.catalog.rules import AppState, VersionState
from miniapps.catalog.service import _submission
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from miniapps.items.tables import Item
from storage.outbox import OutboxRow
from tests.api.conftest import an_actor, as_citizen, as_operator
from tests.miniapps.cases.factories import CODE, an_item, publish
from tests.miniapps.catalog.factories import a_manifest, make_released

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def as_developer():
    return an_actor(Role.DEVELOPER)


async def test_submitted_version_waits_for_review(db):
    version = await service.submit(as_developer(), a_manifest(), now=NOON)

    assert version.state == VersionState.QUEUED
    assert await OutboxRow.count().where(OutboxRow.type == "app.version_submitted") == 1


async def test_same_manifest_twice_is_one_version(db):
    developer = as_developer()
    first = await service.submit(developer, a_manifest(), now=NOON)

    second = await service.submit(developer, a_manifest(), now=NOON)

    assert second.id == first.id
    assert await MiniAppVersion.count() == 1


async def test_two_taps_at_once_make_one_version(db):
    developer = as_developer()

    made = await asyncio.gather(*(service.submit(developer, a_manifest(), now=NOON) for _ in range(4)))

    assert len({version.id for version in made}) == 1


async def test_version_with_other_contents_is_refused(db):
    developer = as_developer()
    await service.submit(developer, a_manifest(), now=NOON)

    with pytest.raises(VersionExists):
        await service.submit(developer, a_manifest(purpose="换了一种说法的用途说明"), now=NOON)


async def test_id_of_another_developer_is_refused(db):
    await service.submit(as_developer(), a_manifest(), now=NOON)

    with pytest.raises(AppIdTaken):
        await service.submit(as_developer(), a_manifest(version="1.0.1"), now=NOON)


async def test_a_team_has_so_many_mini_apps_and_no_more(db, monkeypatch):
    monkeypatch.setattr(_submission, "MOST_APPS", 2)
    developer = an_actor(Role.DEVELOPER)
    for name in ("first-app", "second-app"):
        await service.submit(developer, a_manifest(id=name), now=NOON)

    with pytest.raises(TooManyApps):
        await service.submit(developer, a_manifest(id="third-app"), now=NOON)

    assert await service.submit(developer, a_manifest(id="first-app"), now=NOON), "those it has go on"
    assert await MiniApp.count() == 2


async def test_malformed_manifest_writes_nothing(db):
    with pytest.raises(ManifestRefused):
        await service.submit(as_developer(), a_manifest(version="one"), now=NOON)

    assert await MiniApp.count() == 0


async def test_a_manifest_names_items_that_there_are(db):
    await publish(an_item())
    developer, unknown = as_developer(), "330100999000"
    draft = Item(code=unknown[:-1] + "9", name="尚未发布", agency="housing_fund")
    await draft.save()
    items = f'items: ["{CODE}",\n  "{unknown}", "{draft.code}"]\n'

    with pytest.raises(ManifestRefused) as refused:
        await service.submit(developer, a_manifest(more=items), now=NOON)

    assert [(fault.path, fault.line) for fault in refused.value.faults] == [("items.1", 13), ("items.2", 13)]
    assert unknown in refused.value.faults[0].expected and refused.value.faults[0].fix
    assert await MiniApp.count() == 0
    assert await service.submit(developer, a_manifest(more=f'items: ["{CODE}"]\n'), now=NOON)


async def test_released_version_is_listed(db):
    await make_released(as_developer(), as_operator(), NOON)

    app = await queries.app(as_citizen(), "rent-app")

    assert app.state == AppState.LISTED


async def test_refused_version_stays_refused_and_says_why(db):
    developer, operator = as_developer(), as_operator()
    version = await service.submit(developer, a_manifest(), now=NOON)

    await service.refuse(operator, version.id, "缺少客服电话", now=NOON)

    assert (await queries.version(developer, version.id)).reason == "缺少客服电话"
    with pytest.raises(NotApproved):
        await service.give(version.app, version.id, now=NOON)


async def test_nobody_releases_his_own_version(db):
    operator = as_operator()
    version = await service.submit(operator, a_manifest(), now=NOON)

    with pytest.raises(OwnRelease):
        await service.approve(operator, version.id, now=NOON)

    assert (await queries.version(operator, version.id)).state == VersionState.QUEUED


@pytest.mark.parametrize("reader", [as_citizen(), as_developer()], ids=["citizen", "other developer"])
async def test_unreleased_app_is_invisible_to_others(db, reader):
    version = await service.submit(as_developer(), a_manifest(), now=NOON)

    with pytest.raises(AppNotFound):
        await queries.app(reader, "rent-app")
    with pytest.raises(AppNotFound):
        await queries.version(reader, version.id)


async def test_page_of_apps_costs_one_query(db):
    developer, operator = as_developer(), as_operator()
    for number in range(5):
        await make_released(developer, operator, NOON, id=f"app-{number}")
    db.clear()

    page = await queries.apps(as_citizen(), first=3, after=None)

    assert [app.app_id for app in page.rows] == ["app-4", "app-3", "app-2"]
    assert page.more
    assert len(db) == 1
