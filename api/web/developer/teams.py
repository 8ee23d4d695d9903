"""Teams: founded, entered, grown and left."""

from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.pages.signed_in import holder, sender
from api.pages.ways import row_id
from api.web.developer.place import HOME, OFFICE, TEAMS
from api.web.mistakes import mistake
from api.web.office import shown
from banshi.errors import DomainError
from banshi.scopes import Scope
from identity import mandates, teams
from identity.contexts import TEAM
from identity.teams import MemberState, TeamRole

ROLES = {TeamRole.OWNER: "负责人", TeamRole.DEVELOPER: "开发人员", TeamRole.TESTER: "测试人员"}
STATES = {MemberState.INVITED: "已邀请，等待接受", MemberState.ACTIVE: "成员"}


@get(TEAMS)
async def list_(request: AnyRequest) -> Response[bytes]:
    """Show the teams one belongs to and is invited to, and the form for a new one."""
    asker = await holder(request, Scope.TEAMS_READ)
    return await _list(request, asker)


@post(TEAMS, status_code=200)
async def found(request: AnyRequest) -> Response[bytes]:
    """Found a team and own it."""
    form, asker = await sender(request, Scope.TEAMS_WRITE)
    try:
        await teams.create(asker.actor, form.get("name"), now=asker.now)
    except DomainError as refusal:
        return await _list(request, asker, refusal=refusal, kept=form)
    return go(with_query(TEAMS, done="team-made"))


@post(f"{TEAMS}/answer", status_code=200)
async def answer(request: AnyRequest) -> Response[bytes]:
    """Join a team one was invited to, or not."""
    form, asker = await sender(request, Scope.TEAMS_WRITE)
    joins = form.get("answer") == "accept"
    await teams.answer(asker.actor, row_id(form.get("id")), accept=joins, now=asker.now)
    return go(with_query(TEAMS, done="joined" if joins else "declined"))


@get(f"{TEAMS}/{{team_id:uuid}}")
async def members(request: AnyRequest, team_id: UUID) -> Response[bytes]:
    """Show who belongs to a team of one's own."""
    asker = await holder(request, Scope.TEAMS_READ)
    return await _members(request, asker, team_id)


@post(f"{TEAMS}/{{team_id:uuid}}/invite", status_code=200)
async def invite(request: AnyRequest, team_id: UUID) -> Response[bytes]:
    """Ask somebody to join."""
    form, asker = await sender(request, Scope.TEAMS_WRITE)
    role = TeamRole(form.get("role")) if form.get("role") in list(TeamRole) else TeamRole.DEVELOPER
    try:
        await teams.invite(
            asker.actor, team_id, number=form.get("id_number"), name=form.get("name"), role=role,
            now=asker.now,
        )  # fmt: skip
    except DomainError as refusal:
        if refusal.status == 404 and refusal.code != "PERSON_NOT_FOUND":
            raise
        return await _members(request, asker, team_id, refusal=refusal, kept=form)
    return go(with_query(f"{TEAMS}/{team_id}", done="invited"))


@post(f"{TEAMS}/{{team_id:uuid}}/dismiss", status_code=200)
async def dismiss(request: AnyRequest, team_id: UUID) -> Response[bytes]:
    """End a membership, or leave."""
    form, asker = await sender(request, Scope.TEAMS_WRITE)
    member = await teams.dismiss(asker.actor, row_id(form.get("id")), now=asker.now)
    is_myself = member.party_id == asker.actor.person_id
    return go(with_query(TEAMS if is_myself else f"{TEAMS}/{team_id}", done="left"))


async def _list(
    request: AnyRequest, asker: Asker, *, refusal: DomainError | None = None, kept: Form | None = None
) -> Response[bytes]:
    held = await teams.of_person(asker.actor)
    named = {team.id: team.name for team in await teams.by_ids([member.team for member in held])}
    rows = [(member, named[member.team], ROLES[TeamRole(member.role)]) for member in held]
    return shown(
        request, OFFICE, "developer_teams", asker, address=TEAMS, home=HOME, prefix=TEAM,
        joined=[row for row in rows if row[0].state == MemberState.ACTIVE],
        invited=[row for row in rows if row[0].state == MemberState.INVITED],
        **mistake(request, asker, refusal, kept),
    )  # fmt: skip


async def _members(
    request: AnyRequest, asker: Asker, team_id: UUID, *,
    refusal: DomainError | None = None, kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    held = await teams.members(asker.actor, team_id)
    called = await mandates.parties(asker.actor, [member.party_id for member in held])
    mine = next(member for member in held if member.party_id == asker.actor.person_id)
    (team,) = await teams.by_ids([team_id])
    return shown(
        request, OFFICE, "developer_team", asker, address=f"{TEAMS}/{team_id}", row=team,
        is_owner=mine.role == TeamRole.OWNER, roles=ROLES, me=mine.id,
        rows=[
            (member, called.get(member.party_id, ""), ROLES[TeamRole(member.role)],
             STATES[MemberState(member.state)])
            for member in held
        ],
        **mistake(request, asker, refusal, kept),
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [list_, found, answer, members, invite, dismiss]
