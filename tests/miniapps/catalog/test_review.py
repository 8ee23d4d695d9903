"""What a version goes through before citizens may get it, and what it does not."""

from datetime import UTC, datetime

import pytest

from identity.roles import Role
from miniapps.catalog import queries, service
from miniapps.catalog.errors import AppInReview, AppNotFound, NotApproved, VersionMoveRefused
from miniapps.catalog.rules import AppState, VersionState
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from storage.db import execute, transaction
from storage.ids import new_id
from storage.outbox import OutboxRow
from tests.api.conftest import an_actor, as_operator
from tests.miniapps.catalog.factories import a_manifest, handed_in, make_released

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture
def developer():
    return an_actor(Role.DEVELOPER)


async def waiting(developer, **facts: str) -> MiniAppVersion:
    """A version at which the machine is to look."""
    version = await handed_in(developer, NOON, **facts)
    await execute("UPDATE mini_app_version SET state = 'submitted' WHERE id = $1", version.id)
    return version


async def told(kind: str) -> int:
    return await OutboxRow.count().where(OutboxRow.type == kind)


async def test_what_the_machine_passes_is_queued_once(db, developer):
    version = await waiting(developer)
    before = await told("app.version_queued")

    for _ in range(2):
        row = await service.gate_passed(version.id, now=NOON)
        assert row.state == VersionState.QUEUED

    assert await told("app.version_queued") == before + 1


async def test_what_the_machine_refuses_says_why_and_is_not_refused_twice(db, developer):
    version = await waiting(developer)

    await service.gate_refused(version.id, "manifest.hotline", now=NOON)
    row = await service.gate_refused(version.id, "another reason", now=NOON)

    assert (row.state, row.reason) == (VersionState.REFUSED, "manifest.hotline")
    assert await told("app.refused") == 1


async def test_nobody_approves_before_the_machine_has_looked(db, developer):
    version = await waiting(developer)

    with pytest.raises(VersionMoveRefused):
        await service.approve(as_operator(), version.id, now=NOON)


async def test_approved_is_not_released(db, developer):
    version = await handed_in(developer, NOON)

    row = await service.approve(as_operator(), version.id, now=NOON)

    assert row.state == VersionState.APPROVED
    assert (await queries.app(developer, "rent-app")).state == AppState.NEW
    assert await told("app.version_approved") == 1


async def test_one_version_at_a_time_is_in_review(db, developer):
    await service.submit(developer, a_manifest(), now=NOON)

    with pytest.raises(AppInReview) as refused:
        await service.submit(developer, a_manifest(version="1.1.0"), now=NOON)

    assert refused.value.data == {"app_id": "rent-app", "version": "1.0.0"}


async def test_a_version_that_was_withdrawn_makes_room(db, developer):
    version = await handed_in(developer, NOON)

    await service.withdraw(developer, version.id, now=NOON)

    assert (await service.submit(developer, a_manifest(version="1.1.0"), now=NOON)).id != version.id
    with pytest.raises(VersionMoveRefused):
        await service.withdraw(developer, version.id, now=NOON)


@pytest.mark.parametrize("stranger", [an_actor(Role.DEVELOPER), as_operator()], ids=["developer", "operator"])
async def test_only_its_team_withdraws_a_version(db, developer, stranger):
    version = await handed_in(developer, NOON)

    with pytest.raises(AppNotFound):
        await service.withdraw(stranger, version.id, now=NOON)


async def test_all_of_a_team_see_what_one_of_them_handed_in(db, developer):
    version = await handed_in(developer, NOON)
    colleague = an_actor(Role.DEVELOPER, acting_for=developer.acting_for)

    assert (await queries.version(colleague, version.id)).id == version.id
    assert (await service.submit(colleague, a_manifest(), now=NOON)).id == version.id


async def test_a_refused_version_is_queued_once_more_after_an_appeal(db, developer):
    version = await handed_in(developer, NOON)
    with pytest.raises(VersionMoveRefused):
        await service.reopen(as_operator(), version.id, now=NOON)
    await service.refuse(as_operator(), version.id, "说明不清", now=NOON)

    await service.reopen(as_operator(), version.id, now=NOON)

    assert (await service.approve(as_operator(), version.id, now=NOON)).reason == ""


async def test_an_appeal_waits_for_the_version_that_came_after(db, developer):
    version = await handed_in(developer, NOON)
    await service.refuse(as_operator(), version.id, "说明不清", now=NOON)
    await service.submit(developer, a_manifest(version="1.1.0"), now=NOON)

    with pytest.raises(AppInReview):
        await service.reopen(as_operator(), version.id, now=NOON)


async def test_only_an_approved_version_of_that_mini_app_is_given(db, developer):
    version = await handed_in(developer, NOON)
    other = await make_released(developer, as_operator(), NOON, id="other-app")

    with pytest.raises(NotApproved):
        await service.give(version.app, version.id, now=NOON)
    for app, row in ((version.app, other.id), (new_id(), other.id), (version.app, new_id())):
        with pytest.raises(AppNotFound):
            await service.give(app, row, now=NOON)


async def test_what_is_given_is_listed_again_but_not_switched_on(db, developer):
    version = await make_released(developer, as_operator(), NOON)

    for state, after in ((AppState.DELISTED, AppState.LISTED), (AppState.SUSPENDED, AppState.SUSPENDED)):
        async with transaction():
            app = await queries.lock_app(as_operator(), "rent-app")
            await service.set_state(app, state, "核查", now=NOON)
        await service.give(version.app, version.id, now=NOON)

        assert (await MiniApp.objects().get(MiniApp.id == version.app)).state == after
