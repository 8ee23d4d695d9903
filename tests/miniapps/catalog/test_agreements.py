"""Department and vendor both sign what they answer for, or nothing of it is approved."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from banshi.errors import InvalidInput, ScopeMissing
from identity import teams
from identity.roles import Role
from identity.teams import TeamRole
from miniapps.catalog import queries, service
from miniapps.catalog.errors import (
    AgreementMissing,
    AgreementOutdated,
    AgreementSameHand,
    AppNotFound,
    TeamOwnerNeeded,
)
from miniapps.catalog.rules import Side, VersionState
from miniapps.catalog.service import agreements
from storage.db import fetch
from storage.outbox import OutboxRow
from tests.api.conftest import an_actor, as_citizen, as_clerk, as_operator
from tests.identity.factories import WANG, WU, make_session
from tests.miniapps.catalog.factories import a_manifest, handed_in, the_department

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
TEXTS = {side: agreements.text(side).sha256 for side in Side}


@pytest.fixture
def developer():
    return an_actor(Role.DEVELOPER)


@pytest.fixture
async def clerk(db):
    return as_clerk(await the_department())


@pytest.fixture
async def waiting(clerk, developer):
    """A version that is queued, and nobody has signed."""
    return await service.submit(developer, a_manifest(), now=NOON)


async def signs(actor, side: Side):
    return await agreements.sign(actor, "rent-app", TEXTS[side], now=NOON)


async def test_no_version_is_approved_before_both_have_signed(waiting, developer, clerk):
    for actor, side, missing in (
        (None, None, "department, vendor"), (clerk, Side.DEPARTMENT, "vendor"), (developer, Side.VENDOR, None)
    ):  # fmt: skip
        if actor is not None:
            await signs(actor, side)
        if missing is None:
            break
        with pytest.raises(AgreementMissing) as refused:
            await service.approve(as_operator(), waiting.id, now=NOON)
        assert refused.value.data["sides"] == missing

    assert (await service.approve(as_operator(), waiting.id, now=NOON)).state == VersionState.APPROVED


async def test_a_signature_says_who_when_in_which_post_and_what(waiting, clerk):
    row = await signs(clerk, Side.DEPARTMENT)

    assert (row.signer_id, row.signed_by, row.role) == (clerk.acting_for, clerk.person_id, "clerk")
    assert (row.signed_at, row.text_version, row.text_sha256) == (NOON, "1", TEXTS[Side.DEPARTMENT])
    [told] = await fetch("SELECT object, basis FROM audit_row WHERE act = 'agreement.sign'")
    assert told["object"] == "app/rent-app"
    assert TEXTS[Side.DEPARTMENT] in told["basis"]


async def test_signing_twice_is_once(waiting, clerk):
    assert (await signs(clerk, Side.DEPARTMENT)).id == (await signs(clerk, Side.DEPARTMENT)).id
    assert await OutboxRow.count().where(OutboxRow.type == "app.agreement_signed") == 1


async def test_another_text_than_was_read_is_not_signed(waiting, clerk):
    for other in (TEXTS[Side.VENDOR], "0" * 64, ""):
        with pytest.raises(AgreementOutdated):
            await agreements.sign(clerk, "rent-app", other, now=NOON)


async def test_a_new_text_is_signed_anew(waiting, developer, clerk, monkeypatch):
    await signs(clerk, Side.DEPARTMENT)
    await signs(developer, Side.VENDOR)
    told = replace(agreements.text(Side.VENDOR), version="2", sha256="2" * 64)
    true = agreements.text
    monkeypatch.setattr(agreements, "text", lambda side: told if side is Side.VENDOR else true(side))

    with pytest.raises(AgreementMissing):
        await service.approve(as_operator(), waiting.id, now=NOON)
    await agreements.sign(developer, "rent-app", "2" * 64, now=NOON)
    await service.approve(as_operator(), waiting.id, now=NOON)

    app = await queries.app(developer, "rent-app")
    signatures = (await queries.signatures_of(developer, [app.id]))[app.id]
    assert [(each.text_version, each.reason) for each in signatures if each.side == Side.VENDOR] == [
        ("1", "由新文本代替"), ("2", "")
    ]  # fmt: skip


async def test_whose_it_is_not_finds_nothing_to_sign(waiting, developer):
    for stranger, side in ((as_clerk(), Side.DEPARTMENT), (an_actor(Role.DEVELOPER), Side.VENDOR)):
        with pytest.raises(AppNotFound):
            await signs(stranger, side)
    for nobody in (as_citizen(), as_operator()):
        with pytest.raises(ScopeMissing):
            await signs(nobody, Side.DEPARTMENT)


async def test_one_person_does_not_sign_for_both(waiting, developer, clerk):
    await signs(clerk, Side.DEPARTMENT)

    with pytest.raises(AgreementSameHand):
        await signs(replace(developer, person_id=clerk.person_id), Side.VENDOR)


async def test_what_is_withdrawn_binds_no_longer_and_can_be_signed_again(waiting, developer, clerk):
    await signs(clerk, Side.DEPARTMENT)
    await signs(developer, Side.VENDOR)

    with pytest.raises(InvalidInput):
        await agreements.withdraw(clerk, "rent-app", " ", now=NOON)
    await agreements.withdraw(clerk, "rent-app", "委托期满", now=NOON)

    with pytest.raises(AppNotFound):
        await agreements.withdraw(clerk, "rent-app", "委托期满", now=NOON)
    with pytest.raises(AgreementMissing):
        await service.approve(as_operator(), waiting.id, now=NOON)
    await signs(clerk, Side.DEPARTMENT)
    await service.approve(as_operator(), waiting.id, now=NOON)


async def test_a_version_that_names_another_department_needs_its_hand(waiting, developer, clerk):
    await signs(clerk, Side.DEPARTMENT)
    await signs(developer, Side.VENDOR)
    await service.approve(as_operator(), waiting.id, now=NOON)
    other = as_clerk(await the_department("宁波市住房公积金管理中心"))
    text = a_manifest(version="1.1.0").replace("杭州住房公积金管理中心", "宁波市住房公积金管理中心")

    later = await service.submit(developer, text, now=NOON)

    with pytest.raises(AgreementMissing):
        await service.approve(as_operator(), later.id, now=NOON)
    await signs(other, Side.DEPARTMENT)
    await service.approve(as_operator(), later.id, now=NOON)


async def test_a_department_that_nobody_knows_cannot_be_bound(db, developer):
    version = await service.submit(developer, a_manifest(), now=NOON)
    await signs(developer, Side.VENDOR)

    with pytest.raises(AgreementMissing):
        await service.approve(as_operator(), version.id, now=NOON)


async def test_only_an_owner_binds_a_team(clerk, valkey):
    _, owner = await make_session()
    team = await teams.create(owner, "星河", now=NOON)
    _, invited = await make_session(WU)
    await teams.Member.insert(
        teams.Member(
            party_id=invited.person_id, team=team.id, role=TeamRole.DEVELOPER, state="active",
            invited_by=owner.person_id, invited_at=NOON,
        )
    )  # fmt: skip
    _, leads = await make_session(WANG, acting_as=f"team:{team.id}")
    _, builds = await make_session(WU, acting_as=f"team:{team.id}")
    await service.submit(builds, a_manifest(), now=NOON)

    with pytest.raises(TeamOwnerNeeded):
        await signs(builds, Side.VENDOR)
    assert (await signs(leads, Side.VENDOR)).signer_id == team.id


async def test_signatures_are_shown_to_both_sides_and_operators(waiting, developer, clerk):
    await signs(clerk, Side.DEPARTMENT)
    app = (await queries.app(developer, "rent-app")).id

    for actor, seen in (
        (developer, 1), (clerk, 1), (as_operator(), 1), (as_clerk(), 0), (as_citizen(), 0),
        (an_actor(Role.MANAGER, acting_for=clerk.acting_for), 1),
    ):  # fmt: skip
        assert len((await queries.signatures_of(actor, [app]))[app]) == seen
    page = await queries.signable(clerk, first=5, after=None)
    assert [row.app_id for row in page.rows] == ["rent-app"]


async def test_what_is_out_is_rolled_back_without_any_agreement(clerk, developer):
    version = await handed_in(developer, NOON)
    await service.approve(as_operator(), version.id, now=NOON)
    await agreements.withdraw(developer, "rent-app", "不再运行", now=NOON)

    assert (await service.give(version.app, version.id, now=NOON)).released_id == version.id
