"""Teams of developers: people who build mini-apps together, each in one role."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID as Id

from piccolo.columns import UUID, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.columns.base import OnUpdate
from piccolo.constraints import Check
from piccolo.custom_types import Combinable
from piccolo.table import Table

from banshi.errors import InvalidInput, ScopeMissing
from banshi.scopes import Scope
from identity import audit, partners, people
from identity.actor import Actor
from identity.errors import PostsConflict
from identity.relation_errors import LastOwner, TeamNotFound
from identity.roles import INCOMPATIBLE, Role
from storage.checks import one_of
from storage.db import DB, execute, fetch, transaction
from storage.ids import new_id

LONGEST_NAME, MOST_TEAMS, MOST_MEMBERS = 40, 10, 50


class TeamRole(StrEnum):
    """What a member may do: owners invite and dismiss, testers only look."""

    OWNER = "owner"
    DEVELOPER = "developer"
    TESTER = "tester"


class MemberState(StrEnum):
    """Where a membership stands; only an active one counts."""

    INVITED = "invited"
    ACTIVE = "active"
    REFUSED = "refused"
    ENDED = "ended"


class Team(Table, db=DB, tablename="team"):
    """One team.  Its id is the party acted for by whoever acts in it."""

    id = UUID(primary_key=True, default=new_id)
    name = Varchar(LONGEST_NAME)
    created_at = Timestamptz()

    team_is_named = Check("name <> ''")


class Member(Table, db=DB, tablename="team_member"):
    """That a person belongs to a team, or was asked to."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the person
    team = ForeignKey(Team, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict)
    role = Varchar(12, choices=TeamRole)
    state = Varchar(12, choices=MemberState, default=MemberState.INVITED)
    invited_by = UUID()
    invited_at = Timestamptz()
    answered_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)

    team_member_role_is_known = Check(one_of("role", TeamRole))
    team_member_state_is_known = Check(one_of("state", MemberState))


async def create(actor: Actor, name: str, *, now: datetime) -> Team:
    """Found a team and own it.

    Raises: ScopeMissing, InvalidInput, PostsConflict.
    """
    _check_hand(actor)
    clean = name.strip()
    if not 0 < len(clean) <= LONGEST_NAME or "\0" in clean:
        raise InvalidInput(field="name", problem=f"请填写团队名称，最多 {LONGEST_NAME} 个字")
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", actor.person_id.int >> 65)
        await _check_posts(actor.person_id)
        if len(await of_person(actor)) >= MOST_TEAMS:
            raise InvalidInput(field="name", problem=f"一个人最多参加 {MOST_TEAMS} 个团队")
        team = Team(name=clean, created_at=now)
        await Team.insert(team)
        owner = Member(
            party_id=actor.person_id, team=team.id, role=TeamRole.OWNER, state=MemberState.ACTIVE,
            invited_by=actor.person_id, invited_at=now, answered_at=now,
        )  # fmt: skip
        await Member.insert(owner)
        await audit.record(actor, "team.create", f"team/{team.id}", now=now, party_id=actor.person_id)
    return team


async def invite(
    actor: Actor, team_id: Id, *, number: str, name: str, role: TeamRole, now: datetime
) -> Member:
    """Ask a person to join a team one owns; the same again is the invitation he has.

    Raises: ScopeMissing, TeamNotFound, NumberRefused, PersonNotFound, RateLimited, InvalidInput.
    """
    _check_hand(actor)
    await _own(actor, team_id)
    person, _ = await partners.named(actor.person_id, number, name, now=now)
    async with transaction():
        await _lock(team_id)
        await _own(actor, team_id)
        held = await _open(team_id)
        for member in held:
            if member.party_id == person.id:
                return member
        if len(held) >= MOST_MEMBERS:
            raise InvalidInput(field="team", problem=f"一个团队最多 {MOST_MEMBERS} 人")
        member = Member(
            party_id=person.id, team=team_id, role=role, invited_by=actor.person_id, invited_at=now
        )
        await Member.insert(member)
        await _note(actor, member, "team.invite", now=now)
    return member


async def answer(actor: Actor, member_id: Id, *, accept: bool, now: datetime) -> Member:
    """Accept or refuse an invitation of one's own.

    Raises: ScopeMissing, TeamNotFound, PostsConflict when one holds a post that reviews mini-apps.
    """
    _check_hand(actor)
    async with transaction():
        member = await _mine(actor, Member.id == member_id, MemberState.INVITED)
        if accept:
            await execute("SELECT pg_advisory_xact_lock($1)", actor.person_id.int >> 65)
            await _check_posts(actor.person_id)
        member.state = MemberState.ACTIVE if accept else MemberState.REFUSED
        member.answered_at = now
        await member.save([Member.state, Member.answered_at])
        await _note(actor, member, "team.join" if accept else "team.refuse", now=now)
    return member


async def dismiss(actor: Actor, member_id: Id, *, now: datetime) -> Member:
    """End a membership or invitation in a team one owns, or leave; the last owner stays.

    Raises: ScopeMissing, TeamNotFound, LastOwner.
    """
    _check_hand(actor)
    member = await Member.objects().where(Member.id == member_id).first()
    if member is None:
        raise TeamNotFound
    async with transaction():
        await _lock(member.team)
        held = {each.id: each for each in await _open(member.team)}
        if member_id not in held:
            raise TeamNotFound
        member = held[member_id]
        if member.party_id != actor.person_id:
            await _own(actor, member.team)
        if _is_owner(member) and sum(map(_is_owner, held.values())) == 1:
            raise LastOwner
        member.state, member.ended_at = MemberState.ENDED, now
        await member.save([Member.state, Member.ended_at])
        await _note(actor, member, "team.leave", now=now)
    return member


async def of_person(actor: Actor) -> list[Member]:
    """Return one's memberships and invitations, newest first; they are few."""
    mine = Member.objects().where(Member.party_id == actor.person_id)
    return await mine.where(_is_open()).order_by(Member.id, ascending=False)


async def members(actor: Actor, team_id: Id) -> list[Member]:
    """Return who belongs to a team of one's own or is invited, newest first.

    Raises: TeamNotFound.
    """
    held = await _open(team_id)
    if not any(each.party_id == actor.person_id and each.state == MemberState.ACTIVE for each in held):
        raise TeamNotFound
    return held


async def by_ids(ids: list[Id]) -> list[Team]:
    """Return the teams with these ids, in no order; whoever sees a membership may see its team."""
    rows = await fetch("SELECT * FROM team WHERE id = ANY($1)", ids)
    return [Team(**row, _exists_in_db=True) for row in rows]


async def membership(person_id: Id, team_id: Id) -> Member:
    """Return the membership a person may act by.

    Raises: TeamNotFound, PostsConflict.
    """
    held = await Member.objects().where(
        Member.party_id == person_id, Member.team == team_id, Member.state == MemberState.ACTIVE
    ).first()  # fmt: skip
    if held is None:
        raise TeamNotFound
    await _check_posts(person_id)
    return held


async def _check_posts(person_id: Id) -> None:
    """Check that nobody builds what he reviews."""
    for role in await people.roles_of(person_id):
        if frozenset({role, Role.DEVELOPER}) in INCOMPATIBLE:
            raise PostsConflict(held=role, wanted=Role.DEVELOPER)


def _check_hand(actor: Actor) -> None:
    if actor.app_id is not None or actor.delegation_id is not None or not actor.may(Scope.TEAMS_WRITE):
        raise ScopeMissing(scope=Scope.TEAMS_WRITE)


async def _own(actor: Actor, team_id: Id) -> None:
    held = await _open(team_id)
    if not any(each.party_id == actor.person_id and _is_owner(each) for each in held):
        raise TeamNotFound


async def _mine(actor: Actor, which: Combinable, state: MemberState) -> Member:
    mine = Member.objects().where(Member.party_id == actor.person_id, which, Member.state == state)
    member = await mine.lock_rows().first()
    if member is None:
        raise TeamNotFound
    return member


async def role_of(actor: Actor) -> TeamRole | None:
    """Return what the actor is in the team he acts in; None: he acts in no team."""
    mine = Member.objects().where(
        Member.party_id == actor.person_id, Member.team == actor.acting_for,
        Member.state == MemberState.ACTIVE,
    )  # fmt: skip
    held = await mine.first()
    return TeamRole(held.role) if held else None


async def is_owner(actor: Actor) -> bool:
    """Say whether the actor may bind whom he acts for: a team that he owns, or an organ of his post."""
    return await role_of(actor) in (None, TeamRole.OWNER)


def makers(team: str) -> str:
    """Return a SELECT of the `person_id` of all who belong to the team or organ of developers `team`.

    `team` is an expression of SQL; `role` is theirs: a TeamRole, or of an organ's developers "developer".
    """
    return (
        f"SELECT party_id AS person_id, role FROM team_member WHERE team = {team} AND state = 'active'"  # noqa: S608
        " UNION ALL SELECT party_id, role FROM staff_post"
        f" WHERE department = {team} AND role = 'developer' AND ended_at IS NULL"
    )


def _is_owner(member: Member) -> bool:
    return bool(member.role == TeamRole.OWNER and member.state == MemberState.ACTIVE)


def _is_open() -> Combinable:
    return Member.state.is_in([MemberState.INVITED, MemberState.ACTIVE])


async def _open(team_id: Id) -> list[Member]:
    query = Member.objects().where(Member.team == team_id).where(_is_open())
    return await query.order_by(Member.id, ascending=False)


async def _lock(team_id: Id) -> None:
    """Let changes of one team come one after the other, so that two last owners do not both leave."""
    await fetch("SELECT 1 FROM team WHERE id = $1 FOR UPDATE", team_id)


async def _note(actor: Actor, member: Member, act: str, *, now: datetime) -> None:
    await audit.record(
        actor, act, f"team/{member.team}/member/{member.id}", now=now, party_id=member.party_id
    )
