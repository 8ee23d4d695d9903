"""What operators mistype, what a rollback leaves behind and what a lost key signed."""

from datetime import timedelta

import pytest

from banshi import package
from identity import tokens
from miniapps.catalog import queries as catalog
from miniapps.catalog import service as registry
from miniapps.catalog.errors import AppNotFound, VersionKeyRevoked
from miniapps.catalog.rules import AppState
from miniapps.catalog.service._keys import MOST_KEYS
from miniapps.insight import service as counts
from miniapps.insight.service.noting import Buffer, counting_into
from miniapps.release import queries, service
from miniapps.release.rules.switches import SwitchKind
from miniapps.release.tasks import TASKS
from tests.api.conftest import as_operator
from tests.identity.factories import make_session
from tests.miniapps.catalog.factories import SCOPES, a_manifest
from tests.miniapps.catalog.packed import a_package, approved, trust
from tests.miniapps.insight.factories import happened
from tests.miniapps.release.factories import (
    APP,
    EVERYONE,
    NEW,
    NOON,
    OLD,
    a_visitor,
    as_developer,
    make_versions,
    open_app,
    promote,
    roll_back,
)
from tests.workers import drain


@pytest.mark.parametrize("kind", [SwitchKind.APP, SwitchKind.LISTING])
@pytest.mark.parametrize("target", [f"{APP}@{OLD}", f"{APP}@"])
async def test_no_switch_is_off_that_stops_nothing(db, kind, target):
    await make_versions(approved=())

    with pytest.raises(AppNotFound):
        await service.switch_off(as_operator(), kind, target, reason="收到投诉", notice="暂停", now=NOON)

    assert (await catalog.app(as_operator(), APP)).state == AppState.LISTED


async def test_who_agreed_to_more_opens_the_version_that_asks_for_less(db):
    developer = await make_versions(approved=())
    text = a_manifest(version=NEW).replace("scopes:\n", "scopes:\n  trips:read: 向您显示行程安排\n")
    version = await registry.submit(developer, text, now=NOON)
    await registry.approve(as_operator(), version.id, now=NOON)
    await promote(developer, NEW, EVERYONE)
    _, citizen = await make_session()
    await service.open_(citizen, APP, [*SCOPES, "trips:read"], now=NOON)

    await roll_back(developer, OLD)
    opening = await service.open_(citizen, APP, [], now=NOON)

    assert (opening.version, set(opening.scopes)) == (OLD, set(SCOPES))


async def test_nobody_opens_what_a_revoked_key_signed_and_its_tokens_die(store):
    developer = as_developer()
    await approved(developer, as_operator(), version=OLD)
    await promote(developer, OLD, EVERYONE)
    _, citizen = await make_session()
    opening = await open_app(citizen)
    assert await tokens.actor_of(opening.token, now=NOON) is not None
    [key] = await catalog.keys(developer)

    await registry.revoke_key(developer, key.id, "密钥丢失", now=NOON)

    assert await tokens.actor_of(opening.token, now=NOON + timedelta(seconds=1)) is None
    await drain(TASKS, NOON)
    with pytest.raises(VersionKeyRevoked):
        await roll_back(developer, OLD)
    for who in (citizen, a_visitor()):
        with pytest.raises(AppNotFound):
            await open_app(who)


async def two_signed(developer) -> None:
    """Two versions, each signed by a key of its own; everybody has the second."""
    for version, pem in ((OLD, package.new_key()), (NEW, package.new_key())):
        await trust(developer, pem)
        await approved(developer, as_operator(), a_package(pem, version=version), version=version)
        await promote(developer, version, EVERYONE)


async def revoke_the_first(developer) -> None:
    row = await version_called(developer, OLD)
    [key] = [key for key in await catalog.keys(developer) if key.key_id == row.key_id]
    await registry.revoke_key(developer, key.id, "密钥丢失", now=NOON)


async def version_called(developer, number):
    app = await catalog.own_app(developer, APP)
    rows = (await catalog.versions_of(developer, [app.id]))[app.id]
    return next(row for row in rows if row.version == number)


async def test_no_verb_revives_what_a_revoked_key_signed(store):
    developer = as_developer()
    await two_signed(developer)
    turned = (as_operator(), SwitchKind.VERSION, f"{APP}@{OLD}")
    await service.switch_off(*turned, reason="收到投诉", notice="暂停", now=NOON)
    await revoke_the_first(developer)

    for is_told in (False, True):  # before and after the worker heard of it
        if is_told:
            await drain(TASKS, NOON)
        with pytest.raises(VersionKeyRevoked):
            await service.switch_on(*turned, reason="核查完毕", now=NOON)
        with pytest.raises(VersionKeyRevoked):
            await roll_back(developer, OLD)
        with pytest.raises(VersionKeyRevoked):
            await promote(developer, OLD, EVERYONE)
        with pytest.raises(VersionKeyRevoked):
            await registry.give(*await ids_of(developer, OLD), now=NOON)

    off = await queries.switches(as_operator(), only_off=True, first=5, after=None)
    assert [row.target for row in off.rows] == [f"{APP}@{OLD}"]
    assert (await version_called(developer, OLD)).is_stopped
    assert (await open_app()).version == NEW


async def ids_of(developer, number):
    row = await version_called(developer, number)
    return row.app, row.id


async def test_a_release_is_not_halted_in_favour_of_what_a_revoked_key_signed(store):
    developer = as_developer()
    await two_signed(developer)
    await revoke_the_first(developer)
    buffer = Buffer()
    with counting_into(buffer):
        happened(NEW, call=100, call_error=40)
    await counts.flush(buffer, now=NOON)

    assert await service.consider(APP, NEW, now=NOON + timedelta(seconds=1)) is None

    assert (await open_app()).version == NEW


async def test_keys_that_are_retired_make_room_for_others(db):
    developer = as_developer()
    for _ in range(MOST_KEYS + 1):
        key = await registry.add_key(developer, package.public_of(package.new_key()).hex(), "密钥", now=NOON)
        await registry.retire_key(developer, key.id, now=NOON)

    assert len(await catalog.keys(developer)) == MOST_KEYS + 1
