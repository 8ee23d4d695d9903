"""People on the wire: how surely they are known, and the teams they build in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.loaders import Loader
from api.graphql.pages import Connection, after_id, connection, size
from banshi.scopes import Scope
from identity import levels, mandates, partners, teams, verdicts
from identity.actor import Actor
from identity.levels import LevelRow
from identity.teams import Member, Team, TeamRole

strawberry.enum(TeamRole, name="TeamRole", description="Owners lead, testers only look.")


async def _teams(actor: Actor, ids: list[UUID]) -> Mapping[UUID, Team]:
    return {team.id: team for team in await teams.by_ids(ids)}


async def _names(actor: Actor, ids: list[UUID]) -> Mapping[UUID, str]:
    return await mandates.parties(actor, ids)


TEAMS, NAMES = Loader(_teams), Loader(_names)


@strawberry.type(name="LevelChange", description="One rise or fall of my real-name level (实名等级).")
class LevelNode:
    id: UUID
    at: datetime
    was: int = strawberry.field(description="0: nothing was proved before.")
    became: int
    method: str
    evidence_id: str
    reason: str | None

    @classmethod
    def of(cls, row: LevelRow) -> Self:
        """Wrap a row that a query has let the actor see."""
        return cls(
            id=row.id, at=row.at, was=row.was, became=row.became, method=row.method,
            evidence_id=row.evidence_id, reason=row.reason,
        )  # fmt: skip


@strawberry.type(name="Team", description="A team of developers.")
class TeamNode:
    id: UUID
    name: str

    @classmethod
    def of(cls, row: Team) -> Self:
        """Wrap a team whose membership the actor sees."""
        return cls(id=row.id, name=row.name)


@strawberry.type(name="TeamMember", description="A membership in a team, or an invitation to it.")
class MemberNode:
    id: UUID
    role: TeamRole
    state: str
    invited_at: datetime
    person_id: strawberry.Private[UUID]
    team_id: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: Member) -> Self:
        """Wrap a membership that a query has let the actor see."""
        return cls(
            id=row.id, role=TeamRole(row.role), state=row.state, invited_at=row.invited_at,
            person_id=row.party_id, team_id=row.team,
        )  # fmt: skip

    @strawberry.field(description='The team; actAs("team:<id>") acts in it.')
    async def team(self, info: Info) -> TeamNode:
        return TeamNode.of(await TEAMS.must(info, self.team_id))

    @strawberry.field(description="Who it is, masked but for oneself.")
    async def name(self, info: Info) -> str | None:
        return await NAMES.load(info, self.person_id)


@strawberry.type
class PeopleQuery:
    """What one may ask about levels and teams."""

    @strawberry.field(extensions=[needs(Scope.SESSIONS_READ)])
    async def level_changes(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[LevelNode]:
        """Every rise and fall of my real-name level, newest first."""
        place = after_id(after, of="levelChanges")
        page = await levels.history(info.context.actor, first=size(first), after=place)
        return connection(page, LevelNode.of, of="levelChanges")

    @strawberry.field(extensions=[needs(Scope.TEAMS_READ)])
    async def memberships(self, info: Info) -> list[MemberNode]:
        """My teams and invitations, newest first; at most a few."""
        return [MemberNode.of(row) for row in await teams.of_person(info.context.actor)]

    @strawberry.field(extensions=[needs(Scope.TEAMS_READ)])
    async def team_members(self, info: Info, team_id: UUID) -> list[MemberNode]:
        """Who belongs to a team of mine or is invited, newest first; at most fifty."""
        return [MemberNode.of(row) for row in await teams.members(info.context.actor, team_id)]


@strawberry.type
class PeopleMutation:
    """Levels that fall, and teams that grow."""

    @strawberry.mutation(extensions=[needs(Scope.PEOPLE_WRITE)])
    async def lower_level(self, info: Info, id_number: str, level: int, evidence_id: str, reason: str) -> int:
        """Let a person's level fall because the authority withdrew what had proved it; answers the level."""
        actor, now = info.context.actor, info.context.now
        person_id = await partners.by_number(actor.person_id, id_number, now=now)
        await levels.lower(actor, person_id, level, evidence_id=evidence_id, reason=reason, now=now)
        return level

    @strawberry.mutation(extensions=[needs(Scope.TEAMS_WRITE)])
    async def create_team(self, info: Info, name: str) -> TeamNode:
        """Found a team and own it."""
        return TeamNode.of(await teams.create(info.context.actor, name, now=info.context.now))

    @strawberry.mutation(extensions=[needs(Scope.TEAMS_WRITE)])
    async def invite_member(
        self, info: Info, team_id: UUID, id_number: str, name: str, role: TeamRole
    ) -> MemberNode:
        """Ask a person to join a team I own."""
        actor, now = info.context.actor, info.context.now
        row = await teams.invite(actor, team_id, number=id_number, name=name, role=role, now=now)
        return MemberNode.of(row)

    @strawberry.mutation(extensions=[needs(Scope.TEAMS_WRITE)])
    async def answer_invitation(self, info: Info, id: UUID, accept: bool) -> MemberNode:
        """Join a team I am invited to, or not."""
        row = await teams.answer(info.context.actor, id, accept=accept, now=info.context.now)
        return MemberNode.of(row)

    @strawberry.mutation(extensions=[needs(Scope.TEAMS_WRITE)])
    async def dismiss_member(self, info: Info, id: UUID) -> MemberNode:
        """End a membership in a team I own, or leave a team."""
        row = await teams.dismiss(info.context.actor, id, now=info.context.now)
        verdicts.forget(info.context.actor)
        return MemberNode.of(row)
