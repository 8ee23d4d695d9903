"""The plug is pulled of versions, mini-apps, listings, developers and scopes, and put in again."""

import asyncio
from datetime import timedelta

import pytest

from banshi.errors import InvalidInput, ScopeMissing
from banshi.scopes import Scope
from identity import accounts, halts, tokens
from identity.audit import AuditRow
from miniapps.catalog import queries as catalog
from miniapps.catalog.errors import AppNotFound, AppSuspended
from miniapps.release import queries, service
from miniapps.release.errors import SwitchNotFound, VersionNotReleasable
from miniapps.release.rules.rising import Step
from miniapps.release.rules.switches import SwitchKind
from miniapps.release.tables import AppSwitch
from tests.api.conftest import as_citizen, as_operator
from tests.identity.factories import WU, make_session
from tests.miniapps.catalog.factories import make_released
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
    shown,
)

SORRY = "该小程序正在核查，暂停使用。"
SOON = NOON + timedelta(minutes=1)
KINDS = [kind for kind in SwitchKind if kind != SwitchKind.SCOPE]


async def off(kind: SwitchKind, target: str, *, actor=None) -> AppSwitch:
    return await service.switch_off(
        actor or as_operator(), kind, target, reason="收到投诉", notice=SORRY, now=NOON
    )


async def on(kind: SwitchKind, target: str) -> AppSwitch:
    return await service.switch_on(as_operator(), kind, target, reason="核查完毕", now=SOON)


async def target_of(kind: SwitchKind, developer) -> str:
    return {
        SwitchKind.VERSION: f"{APP}@{OLD}",
        SwitchKind.DEVELOPER: str(developer.acting_for),
        SwitchKind.SCOPE: Scope.CASES_WRITE.value,
    }.get(kind, APP)


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_off_does_not_open_says_why_and_is_not_listed(db, kind):
    developer = await make_versions()
    target = await target_of(kind, developer)
    await off(kind, target)

    with pytest.raises(AppSuspended) as refused:
        await shown()
    assert refused.value.data["reason"] == SORRY
    with pytest.raises(AppNotFound):
        await catalog.app(as_citizen(), APP)

    await on(kind, target)
    assert await shown(now=SOON) == OLD
    assert (await catalog.app(as_citizen(), APP)).state_reason == ""


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != SwitchKind.LISTING])
async def test_tokens_die_at_once_and_stay_dead(db, kind):
    developer = await make_versions()
    _, citizen = await make_session()
    token = (await open_app(citizen)).token
    target = await target_of(kind, developer)

    await off(kind, target)
    assert await tokens.actor_of(token, now=NOON) is None

    await on(kind, target)
    assert await tokens.actor_of(token, now=NOON) is None
    again = (await open_app(citizen, now=SOON + timedelta(seconds=1))).token
    assert await tokens.actor_of(again, now=SOON + timedelta(seconds=1)) is not None


async def test_a_token_made_while_it_is_off_is_dead_too(db):
    await make_versions()
    _, citizen = await make_session()
    await open_app(citizen)
    await off(SwitchKind.APP, APP)

    later = NOON + timedelta(hours=1)
    for client in (APP, f"{APP}--sandbox"):
        token = await tokens.issue(citizen, client, [], now=later)
        assert await tokens.actor_of(token, now=later) is None


async def test_whoever_is_inside_goes_on_when_only_the_listing_is_off(db):
    await make_versions()
    _, citizen = await make_session()
    token = (await open_app(citizen)).token

    await off(SwitchKind.LISTING, APP)

    assert await tokens.actor_of(token, now=NOON) is not None
    assert await shown(citizen) == OLD
    with pytest.raises(AppSuspended):
        await shown()


async def test_a_candidate_that_is_killed_gives_way_to_the_stable_version(db):
    developer = await make_versions()
    await promote(developer, NEW, Step(percent=100))
    _, inside = await make_session()
    _, other = await make_session(WU)
    token = (await open_app(inside)).token

    await off(SwitchKind.VERSION, f"{APP}@{NEW}")

    assert await tokens.actor_of(token, now=NOON) is None
    opening = await open_app(inside)
    assert opening.version == OLD
    assert await tokens.actor_of(opening.token, now=NOON) is not None
    with pytest.raises(VersionNotReleasable):
        await promote(developer, NEW, Step())
    await on(SwitchKind.VERSION, f"{APP}@{NEW}")
    assert await shown(other) == OLD, "nobody gets it by that alone"
    await promote(developer, NEW, EVERYONE)
    assert await shown(a_visitor()) == NEW


async def test_killing_one_version_leaves_tokens_of_others_alone(db):
    developer = await make_versions()
    _, inside = await make_session()
    token = (await open_app(inside)).token
    await promote(developer, NEW, Step(percent=1))

    await off(SwitchKind.VERSION, f"{APP}@{NEW}")

    assert await tokens.actor_of(token, now=NOON) is not None


async def test_a_stable_version_that_is_killed_is_rolled_back_from(db):
    developer = await make_versions()
    await promote(developer, NEW, EVERYONE)
    await off(SwitchKind.VERSION, f"{APP}@{NEW}")
    with pytest.raises(AppSuspended):
        await shown()

    await roll_back(developer, OLD)

    assert await shown() == OLD
    assert (await catalog.app(as_citizen(), APP)).name


async def test_a_developer_s_mini_apps_all_stop_and_no_other(db):
    developer, another = await make_versions(), as_developer()
    await make_released(developer, as_operator(), NOON, id="second-app")
    await make_released(another, as_operator(), NOON, id="third-app")

    await off(SwitchKind.DEVELOPER, str(developer.acting_for))

    for app_id in (APP, "second-app"):
        with pytest.raises(AppSuspended):
            await open_app(app_id=app_id)
    assert await open_app(app_id="third-app")


async def test_one_switch_on_does_not_undo_another(db):
    developer = await make_versions()
    await off(SwitchKind.APP, APP)
    await off(SwitchKind.DEVELOPER, str(developer.acting_for))

    await on(SwitchKind.DEVELOPER, str(developer.acting_for))
    with pytest.raises(AppSuspended):
        await shown()
    await on(SwitchKind.APP, APP)

    assert await shown() == OLD


async def test_what_is_released_while_it_is_off_stays_off(db):
    developer = await make_versions()
    for kind in (SwitchKind.APP, SwitchKind.LISTING):
        await off(kind, APP)
        await (promote(developer, NEW, EVERYONE) if kind == SwitchKind.APP else roll_back(developer, OLD))
        with pytest.raises(AppSuspended):
            await shown()
        await on(kind, APP)


async def test_a_scope_is_taken_from_living_tokens_and_given_back(db):
    await make_versions()
    _, citizen = await make_session()
    token = (await open_app(citizen)).token

    await off(SwitchKind.SCOPE, "cases:write")

    actor = await accounts.actor_of(token, now=NOON)
    assert actor.scopes == {Scope.CASES_READ}
    opening = await service.open_(citizen, APP, (), now=NOON)
    assert (opening.scopes, opening.notices) == ((Scope.CASES_READ,), (SORRY,))
    assert await halts.halted_scopes() == {"cases:write"}

    await on(SwitchKind.SCOPE, "cases:write")
    assert (await accounts.actor_of(token, now=NOON)).scopes == {Scope.CASES_READ, Scope.CASES_WRITE}


async def test_a_switch_turned_twice_is_one(db):
    await make_versions()

    rows = await asyncio.gather(*(off(SwitchKind.APP, APP) for _ in range(4)))
    again = [await on(SwitchKind.APP, APP) for _ in range(2)]

    assert len({row.id for row in rows} | {row.id for row in again}) == 1
    assert await AuditRow.count().where(AuditRow.act == "app.switch_off") == 1
    assert await AuditRow.count().where(AuditRow.act == "app.switch_on") == 1


async def test_every_switch_stays_in_the_file(db):
    await make_versions()
    for _ in range(2):
        await off(SwitchKind.APP, APP)
        await on(SwitchKind.APP, APP)

    ever = await queries.switches(as_operator(), only_off=False, first=10, after=None)
    now = await queries.switches(as_operator(), only_off=True, first=10, after=None)

    assert (len(ever.rows), len(now.rows)) == (2, 0)


@pytest.mark.parametrize("actor", [as_citizen(), as_developer()], ids=["citizen", "developer"])
async def test_only_operators_turn_switches(db, actor):
    await make_versions()

    with pytest.raises(ScopeMissing):
        await off(SwitchKind.APP, APP, actor=actor)
    assert (await queries.switches(actor, only_off=False, first=5, after=None)).rows == []


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        (SwitchKind.APP, "no-such-app"),
        (SwitchKind.VERSION, f"{APP}@9.9.9"),
        (SwitchKind.VERSION, APP),
        (SwitchKind.DEVELOPER, "x"),
        (SwitchKind.DEVELOPER, "01a203a0-60a6-7394-b2ed-ad3157e9b4b6"),
        (SwitchKind.SCOPE, "desk:write"),
        (SwitchKind.SCOPE, "openid"),
        (SwitchKind.SCOPE, "x\0"),
    ],
)
async def test_what_there_is_not_is_not_switched(db, kind, target):
    await make_versions()

    for turn in (off, on):
        with pytest.raises((AppNotFound, SwitchNotFound)):
            await turn(kind, target)
    assert await AppSwitch.count() == 0


@pytest.mark.parametrize("notice", ["", " ", "长" * 201, "a\0"])
async def test_citizens_are_told_in_words_of_some_length(db, notice):
    await make_versions()

    with pytest.raises(InvalidInput):
        await service.switch_off(as_operator(), SwitchKind.APP, APP, reason="核查", notice=notice, now=NOON)
