"""A mini-app goes from a developer's hand to a citizen's phone, and can be pulled back."""

import asyncio
from datetime import UTC, datetime

import pytest

from banshi.manifest import ManifestRefused
from identity import tokens
from identity.roles import Role
from miniapps.catalog import queries, service
from miniapps.catalog.errors import (
    AppConsentMissing,
    AppIdTaken,
    AppNotFound,
    AppSuspended,
    NotApproved,
    OwnRelease,
    VersionExists,
)
from miniapps.catalog.rules import AppState, VersionState
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from storage.outbox import OutboxRow
from tests.api.conftest import an_actor, as_citizen, as_operator
from tests.identity.factories import make_session
from tests.miniapps.catalog.factories import SCOPES, a_manifest, make_released

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def as_developer():
    return an_actor(Role.DEVELOPER)


async def signed_in():
    """A citizen with a session, as opening a mini-app needs one."""
    return (await make_session())[1]


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


async def test_malformed_manifest_writes_nothing(db):
    with pytest.raises(ManifestRefused):
        await service.submit(as_developer(), a_manifest(version="one"), now=NOON)

    assert await MiniApp.count() == 0


async def test_released_version_is_listed(db):
    await make_released(as_developer(), as_operator(), NOON)

    app = await queries.app(as_citizen(), "rent-app")

    assert app.state == AppState.LISTED


async def test_new_release_can_be_rolled_back(db):
    developer, operator = as_developer(), as_operator()
    old = await make_released(developer, operator, NOON)
    new = await make_released(developer, operator, NOON, version="1.1.0")
    assert (await queries.app(operator, "rent-app")).released_id == new.id

    await service.release(operator, old.id, now=NOON)

    assert (await queries.version(operator, new.id)).state == VersionState.APPROVED
    assert (await queries.app(operator, "rent-app")).released_id == old.id


async def test_refused_version_stays_refused_and_says_why(db):
    developer, operator = as_developer(), as_operator()
    version = await service.submit(developer, a_manifest(), now=NOON)

    await service.refuse(operator, version.id, "缺少客服电话", now=NOON)

    assert (await queries.version(developer, version.id)).reason == "缺少客服电话"
    with pytest.raises(NotApproved):
        await service.release(operator, version.id, now=NOON)


async def test_nobody_releases_his_own_version(db):
    operator = as_operator()
    version = await service.submit(operator, a_manifest(), now=NOON)

    with pytest.raises(OwnRelease):
        await service.release(operator, version.id, now=NOON)

    assert (await queries.version(operator, version.id)).state == VersionState.QUEUED


@pytest.mark.parametrize("reader", [as_citizen(), as_developer()], ids=["citizen", "other developer"])
async def test_unreleased_app_is_invisible_to_others(db, reader):
    version = await service.submit(as_developer(), a_manifest(), now=NOON)

    with pytest.raises(AppNotFound):
        await queries.app(reader, "rent-app")
    with pytest.raises(AppNotFound):
        await queries.version(reader, version.id)


async def test_opened_app_gets_a_token_for_what_was_agreed(db):
    await make_released(as_developer(), as_operator(), NOON)
    citizen = await signed_in()

    opening = await service.open_(citizen, "rent-app", SCOPES, now=NOON)

    actor = await tokens.actor_of(opening.token, now=NOON)
    assert actor is not None
    assert actor.app_id == "rent-app"
    assert {str(scope) for scope in actor.scopes} == set(SCOPES)
    assert actor.acting_for == citizen.acting_for


async def test_second_opening_remembers_the_consent(db):
    await make_released(as_developer(), as_operator(), NOON)
    citizen = await signed_in()
    await service.open_(citizen, "rent-app", SCOPES, now=NOON)

    again = await service.open_(citizen, "rent-app", (), now=NOON)

    assert {str(scope) for scope in again.scopes} == set(SCOPES)


async def test_opening_without_consent_says_what_is_missing(db):
    await make_released(as_developer(), as_operator(), NOON)

    with pytest.raises(AppConsentMissing):
        await service.open_(await signed_in(), "rent-app", (), now=NOON)


async def test_app_switched_off_neither_opens_nor_calls(db):
    operator = as_operator()
    await make_released(as_developer(), operator, NOON)
    citizen = await signed_in()
    opening = await service.open_(citizen, "rent-app", SCOPES, now=NOON)

    await service.switch_off(operator, "rent-app", "收到投诉，暂停核查", now=NOON)

    assert await tokens.actor_of(opening.token, now=NOON) is None
    with pytest.raises(AppSuspended):
        await service.open_(citizen, "rent-app", (), now=NOON)


async def test_app_switched_on_again_opens(db):
    operator = as_operator()
    await make_released(as_developer(), operator, NOON)
    await service.switch_off(operator, "rent-app", "核查", now=NOON)

    await service.switch_on(operator, "rent-app", now=NOON)

    assert (
        await service.open_(await signed_in(), "rent-app", SCOPES, now=NOON)
    ).entry == "https://rent.example"


async def test_page_of_apps_costs_one_query(db):
    developer, operator = as_developer(), as_operator()
    for number in range(5):
        await make_released(developer, operator, NOON, id=f"app-{number}")
    db.clear()

    page = await queries.apps(as_citizen(), first=3, after=None)

    assert [app.app_id for app in page.rows] == ["app-4", "app-3", "app-2"]
    assert page.more
    assert len(db) == 1
