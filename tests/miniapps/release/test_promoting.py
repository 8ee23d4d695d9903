"""Releases as developers and operators move them: locked, audited, told, and repeated without harm."""

import asyncio
from dataclasses import replace

import pytest

from banshi.errors import InvalidInput, KeyReused
from identity import teams
from identity.audit import AuditRow
from identity.teams import Member, MemberState, TeamRole
from miniapps.catalog import queries as catalog
from miniapps.catalog import service as registry
from miniapps.catalog.errors import AppNotFound, NotApproved, TeamOwnerNeeded
from miniapps.catalog.rules import AppState
from miniapps.release import queries, service
from miniapps.release.errors import (
    CandidateUnderWay,
    ReleaseNotRising,
    VersionNotReleasable,
)
from miniapps.release.rules.rising import Stage, Step
from miniapps.release.tables import ReleaseStep
from storage.outbox import OutboxRow
from tests.api.conftest import as_citizen, as_operator
from tests.identity.factories import make_session
from tests.miniapps.catalog.factories import a_manifest, make_approved, make_released
from tests.miniapps.release.factories import (
    APP,
    EVERYONE,
    NEW,
    NEWER,
    NOON,
    OLD,
    a_visitor,
    as_developer,
    make_versions,
    promote,
    roll_back,
    shown,
)


async def steps(developer) -> list[ReleaseStep]:
    page = await queries.steps(developer, APP, first=50, after=None)
    return page.rows[::-1]


async def test_a_release_goes_up_step_by_step_and_back(db):
    developer = await make_versions()

    for step in (Step(), Step(percent=1), Step(percent=20), Step(regions=("330100",)), EVERYONE):
        held = await promote(developer, NEW, step)
    assert held.standing.stage == Stage.EVERYONE
    assert await shown() == NEW

    held = await roll_back(developer, OLD)

    assert held.standing.stage == Stage.NONE
    assert await shown() == OLD
    assert [(row.kind, row.stage, row.percent) for row in await steps(developer)][1:] == [
        ("promote", "testers", 0),
        ("promote", "percent", 1),
        ("promote", "percent", 20),
        ("promote", "regions", 20),
        ("promote", "everyone", 0),
        ("roll_back", "none", 0),
    ]


async def test_each_step_is_audited_and_told(db):
    developer = await make_versions()
    await promote(developer, NEW, Step(percent=20, regions=("330100",)))
    await roll_back(developer, OLD)

    rows = await AuditRow.objects().where(AuditRow.person_id == developer.person_id).order_by(AuditRow.id)

    assert [(row.act, row.basis) for row in rows[-2:]] == [
        ("app.promote", "regions 20% 330100"),
        ("app.roll_back", "none 0%: 有错误"),
    ]
    assert await OutboxRow.count().where(OutboxRow.type == "app.release_moved") == 3


async def test_the_same_key_is_the_same_step(db):
    developer = await make_versions()
    taps = [promote(developer, NEW, Step(percent=5), key="k") for _ in range(4)]

    held = await asyncio.gather(*taps)

    assert {each.standing.percent for each in held} == {5}
    assert len(await steps(developer)) == 2
    with pytest.raises(KeyReused):
        await promote(developer, NEW, Step(percent=6), key="k")
    with pytest.raises(KeyReused):
        await roll_back(developer, OLD, key="k")


async def test_a_repeated_rollback_answers_as_the_first(db):
    developer = await make_versions()
    await promote(developer, NEW, EVERYONE)

    for _ in range(2):
        held = await roll_back(developer, OLD, key="back")

    assert held.app.released_id == held.standing.stable
    assert await shown() == OLD


async def test_only_what_was_approved_is_promoted(db):
    developer = await make_versions()
    await registry.submit(developer, a_manifest(version=NEWER), now=NOON)

    with pytest.raises(NotApproved):
        await promote(developer, NEWER, Step())
    with pytest.raises(AppNotFound):
        await promote(developer, "9.9.9", Step())
    with pytest.raises(VersionNotReleasable):
        await promote(developer, OLD, Step())


async def test_what_is_refused_by_rule_changes_nothing(db):
    developer = await make_versions(approved=(NEW, NEWER))
    await promote(developer, NEW, Step(percent=20))

    with pytest.raises(ReleaseNotRising):
        await promote(developer, NEW, Step(percent=10))
    with pytest.raises(CandidateUnderWay):
        await promote(developer, NEWER, EVERYONE)
    assert (await queries.release(developer, APP)).standing.percent == 20


@pytest.mark.parametrize(
    "step",
    [
        Step(percent=0),
        Step(percent=101),
        Step(regions=("999999",)),
        Step(regions=("33010",)),
        Step(regions=("330106",) * 101),
    ],
)
async def test_no_such_step_is_refused(db, step):
    developer = await make_versions()

    with pytest.raises(InvalidInput):
        await promote(developer, NEW, step)


@pytest.mark.parametrize("key", ["", " ", "k" * 201, "a\0b"])
async def test_a_key_that_is_none_is_refused(db, key):
    developer = await make_versions()

    with pytest.raises(InvalidInput):
        await service.promote(developer, APP, NEW, Step(), idempotency_key=key, now=NOON)


@pytest.mark.parametrize("stranger", [as_developer(), as_citizen()], ids=["another team", "citizen"])
async def test_nobody_else_moves_or_sees_a_release(db, stranger):
    await make_versions()

    with pytest.raises(AppNotFound):
        await promote(stranger, NEW, Step())
    with pytest.raises(AppNotFound):
        await roll_back(stranger, OLD)
    with pytest.raises(AppNotFound):
        await queries.release(stranger, APP)
    with pytest.raises(AppNotFound):
        await queries.steps(stranger, APP, first=5, after=None)


async def test_an_operator_moves_every_release(db):
    await make_versions()

    held = await promote(as_operator(), NEW, Step(percent=50))

    assert held.standing.percent == 50


async def test_of_a_team_only_owners_release(db):
    _, founder = await make_session()
    team = await teams.create(founder, "公积金小程序组", now=NOON)
    colleague = as_developer(acting_for=team.id)
    await Member(
        party_id=colleague.person_id, team=team.id, role=TeamRole.DEVELOPER, state=MemberState.ACTIVE,
        invited_by=founder.person_id, invited_at=NOON,
    ).save()  # fmt: skip
    owner = replace(colleague, person_id=founder.person_id)
    await make_released(owner, as_operator(), NOON)
    await make_approved(owner, as_operator(), NOON, version=NEW)

    with pytest.raises(TeamOwnerNeeded):
        await promote(colleague, NEW, Step())

    assert (await promote(owner, NEW, Step())).standing.stage == Stage.TESTERS


async def test_an_operator_approves_and_releases_in_one(db):
    developer = as_developer()
    version = await make_released(developer, as_operator(), NOON)

    app = await catalog.app(as_citizen(), APP)

    assert (app.state, app.released_id) == (AppState.LISTED, version.id)


async def test_a_first_release_rises_before_it_is_listed(db):
    developer = as_developer()
    await make_approved(developer, as_operator(), NOON, version=NEW)
    await promote(developer, NEW, Step(percent=100))

    assert await shown() == NEW
    with pytest.raises(AppNotFound):
        await catalog.app(as_citizen(), APP)


async def test_nobody_gets_a_first_release_that_is_not_his(db):
    developer = as_developer()
    await make_approved(developer, as_operator(), NOON, version=NEW)

    for step in (None, Step(regions=("330200",))):
        if step is not None:
            await promote(developer, NEW, step)
        with pytest.raises(AppNotFound):
            await shown(a_visitor(region="330106"))
    assert await shown(a_visitor(region="330204")) == NEW
