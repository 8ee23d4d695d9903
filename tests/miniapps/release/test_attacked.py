"""What operators mistype, what a rollback leaves behind and what a lost key signed."""

from datetime import timedelta

import pytest

from banshi import package
from identity import tokens
from miniapps.catalog import queries as catalog
from miniapps.catalog import service as registry
from miniapps.catalog.errors import AppNotFound
from miniapps.catalog.rules import AppState
from miniapps.catalog.service import packages
from miniapps.catalog.service._keys import MOST_KEYS
from miniapps.release import service
from miniapps.release.errors import VersionNotReleasable
from miniapps.release.rules.switches import SwitchKind
from miniapps.release.tasks import TASKS
from storage import objects
from tests.api.conftest import as_operator
from tests.identity.factories import make_session
from tests.miniapps.catalog.factories import SCOPES, a_manifest
from tests.miniapps.catalog.packed import approved
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


@pytest.fixture
async def store(db, seaweed):
    objects.configure(seaweed)
    await objects.ensure_bucket()
    packages.forget()
    yield db
    objects.close()


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
    with pytest.raises(VersionNotReleasable):
        await roll_back(developer, OLD)
    for who in (citizen, a_visitor()):
        with pytest.raises(AppNotFound):
            await open_app(who)


async def test_keys_that_are_retired_make_room_for_others(db):
    developer = as_developer()
    for _ in range(MOST_KEYS + 1):
        key = await registry.add_key(developer, package.public_of(package.new_key()).hex(), "密钥", now=NOON)
        await registry.retire_key(developer, key.id, now=NOON)

    assert len(await catalog.keys(developer)) == MOST_KEYS + 1
