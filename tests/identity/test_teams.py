"""Teams: invited, accepted, led; nobody reviews what his team builds."""

import asyncio
from dataclasses import replace

import pytest

from banshi.errors import InvalidInput, ScopeMissing
from banshi.scopes import GRANTABLE, Scope
from identity import audit, people, sandbox, teams
from identity.departments import Department
from identity.errors import PersonNotFound, PostsConflict
from identity.relation_errors import LastOwner, TeamNotFound
from identity.roles import Role
from identity.teams import Member, MemberState, TeamRole
from storage.db import fetch
from storage.ids import new_id
from tests.identity.factories import NOON
from tests.identity.mandated import BY, act_by, agree, change, enter, still
from tests.identity.test_verdicts_end import refused

pytestmark = pytest.mark.usefixtures("registers")


async def found(persona: str = "wang_fang"):
    return await teams.create(await enter(persona), "星河小组", now=NOON)


async def invite(
    team, persona: str = "wu_gang", role: TeamRole = TeamRole.DEVELOPER, *, by: str = "wang_fang"
):
    await enter(persona)
    who = BY[persona]
    return await teams.invite(await enter(by), team.id, number=who.number, name=who.name, role=role, now=NOON)


async def join(team, persona: str = "wu_gang", role: TeamRole = TeamRole.DEVELOPER) -> Member:
    asked = await invite(team, persona, role)
    return await teams.answer(await enter(persona), asked.id, accept=True, now=NOON)


async def test_member_is_in_once_he_accepts_and_acts_in_the_team():
    team = await found()
    asked = await invite(team)
    with pytest.raises(TeamNotFound):
        await change(await enter("wu_gang"), f"team:{team.id}")

    await teams.answer(await enter("wu_gang"), asked.id, accept=True, now=NOON)
    _, actor = await change(await enter("wu_gang"), f"team:{team.id}")

    assert actor.acting_for == team.id and actor.roles == {Role.DEVELOPER}
    assert Scope.APPS_WRITE in actor.scopes and Scope.CASES_READ not in actor.scopes
    await audit.record(actor, "app.submit", "app/x", now=NOON)
    [row] = await fetch("SELECT * FROM audit_row WHERE object = 'app/x'")
    assert (row["person_id"], row["acting_for"]) == (actor.person_id, team.id)


async def test_tester_looks_but_submits_nothing():
    team = await found()
    await join(team, role=TeamRole.TESTER)

    _, actor = await change(await enter("wu_gang"), f"team:{team.id}")

    assert Scope.APPS_READ in actor.scopes and Scope.APPS_WRITE not in actor.scopes


async def test_refused_invitation_is_over_and_may_be_made_anew():
    team = await found()
    asked = await invite(team)
    wu = await enter("wu_gang")

    await teams.answer(wu, asked.id, accept=False, now=NOON)

    with pytest.raises(TeamNotFound):
        await teams.answer(wu, asked.id, accept=True, now=NOON)
    assert (await invite(team)).id != asked.id


async def test_same_invitation_again_is_the_one_he_has():
    team = await found()

    assert (await invite(team)).id == (await invite(team)).id


async def test_stranger_sees_and_changes_nothing():
    team = await found()
    asked, stranger = await invite(team), await enter("xu_ning")

    for call in (
        teams.members(stranger, team.id), teams.members(stranger, new_id()),
        teams.answer(stranger, asked.id, accept=True, now=NOON), teams.dismiss(stranger, asked.id, now=NOON),
        teams.dismiss(stranger, new_id(), now=NOON), invite(team, by="xu_ning"),
        teams.members(await enter("wu_gang"), team.id),
    ):  # fmt: skip
        with pytest.raises(TeamNotFound):
            await call


async def test_only_owners_invite_and_dismiss_but_everybody_may_leave():
    team = await found()
    member = await join(team)
    [owner] = [
        each for each in await teams.members(await enter("wang_fang"), team.id) if each.id != member.id
    ]

    with pytest.raises(TeamNotFound):
        await invite(team, "xu_ning", by="wu_gang")
    with pytest.raises(TeamNotFound):
        await teams.dismiss(await enter("wu_gang"), owner.id, now=NOON)
    left = await teams.dismiss(await enter("wu_gang"), member.id, now=NOON)

    assert left.state == MemberState.ENDED


async def test_last_owner_stays():
    team = await found()
    [owner] = await teams.of_person(await enter("wang_fang"))

    with pytest.raises(LastOwner):
        await teams.dismiss(await enter("wang_fang"), owner.id, now=NOON)
    await invite(team, role=TeamRole.OWNER)
    with pytest.raises(LastOwner):
        await teams.dismiss(await enter("wang_fang"), owner.id, now=NOON)


async def test_of_two_last_owners_who_leave_at_once_one_stays():
    for persona in ("wu_gang", "xu_ning", "lin_hai"):
        team = await found()
        second = await join(team, persona, TeamRole.OWNER)
        [first] = [each for each in await teams.of_person(await enter("wang_fang")) if each.team == team.id]

        done = await asyncio.gather(
            teams.dismiss(await enter("wang_fang"), first.id, now=NOON),
            teams.dismiss(await enter(persona), second.id, now=NOON),
            return_exceptions=True,
        )

        assert sum(isinstance(each, LastOwner) for each in done) == 1


async def test_whoever_is_dismissed_acts_in_the_team_no_longer(hearing):
    team = await found()
    member = await join(team)
    token, _ = await change(await enter("wu_gang"), f"team:{team.id}")

    async with hearing() as process:
        assert await process.find(token, now=NOON)
        await teams.dismiss(await enter("wang_fang"), member.id, now=NOON)

        assert await refused(process, token)
    assert await still(token) is None


async def test_who_reviews_mini_apps_builds_none_and_the_other_way_round():
    team = await found()
    asked = await invite(team, "operator")
    member = await join(team)
    reviewer = await people.ensure(sandbox.proof_of(BY["operator"], now=NOON), now=NOON)
    await people.appoint(reviewer.id, await an_office(), Role.OPERATOR, "330000", now=NOON)

    with pytest.raises(PostsConflict):
        await teams.answer(await enter("operator"), asked.id, accept=True, now=NOON)
    with pytest.raises(PostsConflict):
        await found("operator")
    with pytest.raises(PostsConflict):
        await people.appoint(member.party_id, await an_office(), Role.OPERATOR, "330000", now=NOON)


async def an_office():
    rows = await fetch("SELECT id FROM department LIMIT 1")
    if rows:
        return rows[0]["id"]
    office = Department(code=new_id().hex[-18:], agency="platform", name="数据局", region="330000")
    await office.save()
    return office.id


async def test_mini_app_delegate_and_staff_found_no_team():
    wang = await enter("wang_fang")
    _, agent = await act_by(await agree())

    for actor in (replace(wang, app_id="rent-app", scopes=GRANTABLE), agent):
        with pytest.raises(ScopeMissing):
            await teams.create(actor, "星河小组", now=NOON)


@pytest.mark.parametrize("name", ["", "  ", "长" * 41, "a\0b"])
async def test_team_needs_a_name(name):
    with pytest.raises(InvalidInput):
        await teams.create(await enter("wang_fang"), name, now=NOON)


async def test_unknown_person_is_invited_by_nobody():
    team = await found()

    with pytest.raises(PersonNotFound):
        await teams.invite(
            await enter("wang_fang"), team.id, number=BY["wu_gang"].number, name="无名", role=TeamRole.TESTER,
            now=NOON,
        )  # fmt: skip


async def test_one_person_has_a_bounded_number_of_teams():
    wang = await enter("wang_fang")
    for _ in range(teams.MOST_TEAMS):
        await teams.create(wang, "星河小组", now=NOON)

    with pytest.raises(InvalidInput):
        await teams.create(wang, "星河小组", now=NOON)
