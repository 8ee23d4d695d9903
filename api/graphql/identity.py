"""Oneself on the wire: who I am, where I am signed in, whom I trust, and who looked at my data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.loaders import Loader
from api.graphql.mandates import MandateNode
from api.graphql.objections import OBJECTIONS, ObjectionNode
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.plan.sources import Mapped, column, from_sql, linked, private, rows
from api.graphql.planned import kept_with_session, own_list, own_page
from banshi.scopes import Scope
from identity import accounts, acts, audit, consents, departments, mandates, sessions, verdicts
from identity.accounts import Profile
from identity.actor import Actor
from identity.departments import Department


async def _departments(actor: Actor, ids: list[UUID]) -> Mapping[UUID, Department]:
    """Departments are public; whoever sees a row may see whose office it is."""
    return {department.id: department for department in await departments.by_ids(ids)}


DEPARTMENTS = Loader(_departments)


async def _names(actor: Actor, ids: list[UUID]) -> Mapping[UUID, str]:
    return await mandates.parties(actor, ids)


NAMES = Loader(_names)


@strawberry.type(name="Department", description="An organ or office (部门).")
@rows("department")
class DepartmentNode(Mapped):
    id: UUID
    code: str = strawberry.field(description="Unified social credit code.")
    agency: str
    name: str
    region: str


@strawberry.type(name="Post", description="A post that a member of staff holds (岗位).")
class PostNode(Mapped):
    id: UUID
    role: str
    region: str
    department_id: strawberry.Private[UUID] = private("department")
    department: DepartmentNode = linked(
        DEPARTMENTS,
        by="department_id",
        wrap=DepartmentNode.of,
        on="{r}.id = {t}.department",
        description="The department of the post.",
    )


@strawberry.type(
    name="Viewer", description="Whoever asks. A mini-app sees a subject of its own and a masked name."
)
class ViewerNode:
    id: UUID
    name: str
    number: str | None = strawberry.field(description="The ID number, masked.")
    phone: str | None = strawberry.field(description="The phone number, masked.")
    level: int = strawberry.field(description="Real-name level of this sign-in, 1 to 3.")
    region: str
    roles: list[str]
    scopes: list[str]
    posts: list[PostNode] = strawberry.field(description="Posts to change into with actAs.")
    acting_for_id: strawberry.Private[UUID | None]
    actor: strawberry.Private[Actor]

    @classmethod
    def of(cls, profile: Profile, actor: Actor) -> Self:
        """Wrap what the actor may see of himself."""
        return cls(
            id=profile.id,
            name=profile.name,
            number=profile.number,
            phone=profile.phone,
            level=profile.level,
            region=profile.region,
            roles=sorted(actor.roles),
            scopes=sorted(actor.scopes),
            posts=[PostNode.of(post) for post in profile.posts],
            acting_for_id=None if actor.acting_for == actor.person_id else actor.acting_for,
            actor=actor,
        )

    @strawberry.field(description="The mandate acted by; none when acting as oneself.")
    async def mandate(self, info: Info) -> MandateNode | None:
        actor = self.actor  # of a session just begun it is not the one who asked
        if actor.delegation_id is None or actor.app_id is not None:
            return None
        held = await mandates.by_id(actor, actor.delegation_id)
        return MandateNode.of(held, actor, info.context.now)

    @strawberry.field(description="The department acted for; none when acting as oneself.")
    async def acting_for(self, info: Info) -> DepartmentNode | None:
        if self.acting_for_id is None:
            return None
        found = await DEPARTMENTS.load(info, self.acting_for_id)
        return DepartmentNode.of(found) if found else None


def _is_current(root: "SessionNode", info: Info) -> bool:
    return root.id == info.context.actor.session_id


@strawberry.type(name="Session", description="One sign-in on one device.")
class SessionNode(Mapped):
    id: UUID
    device: str
    method: str
    level: int
    acting_as: str
    signed_in_at: datetime = column("authenticated_at")
    last_seen_at: datetime = strawberry.field(description="Exact to a minute.")
    expires_at: datetime
    mandate_id: UUID | None = strawberry.field(description="The mandate acted by, if any.")
    team_id: UUID | None = strawberry.field(description="The team acted in, if any.")
    current: bool = strawberry.field(resolver=_is_current, description="Whether it is the session that asks.")


@strawberry.type(name="Consent", description="What a mini-app may do in my name.")
@rows("consent")
class ConsentNode(Mapped):
    app_id: str = strawberry.field(description="The mini-app, or the client outside our catalogue.")
    scopes: list[str]
    claims: list[str] = strawberry.field(description="What it is told of me, by the keys of docs/oidc.md.")
    granted_at: datetime
    until: datetime | None = strawberry.field(description="When it runs out by itself; null: never.")


def _by_myself(root: "AccessNode", info: Info) -> bool:
    me = info.context.actor.person_id
    return root.person_id == me and root.acting_for_id == me


def _use(root: "AccessNode", info: Info) -> acts.Use:
    own = _by_myself(root, info)
    delegated = root.delegation_id is not None
    return acts.use_of(own=own, app_id=root.app_id, delegated=delegated, roles=root.roles)


def _family(root: "AccessNode") -> acts.Family:
    return acts.family_of(root.act)


strawberry.enum(acts.Use, name="AccessUse", description="On what ground somebody touched my data.")


@strawberry.type(name="Access", description="One act on my data, or one look at it.")
@rows("audit_row")
class AccessNode(Mapped):
    id: UUID
    at: datetime
    act: str
    object: str
    basis: str | None = strawberry.field(description="Legal basis or reason, where one is needed.")
    app_id: str | None
    by_myself: bool = strawberry.field(
        resolver=_by_myself,
        metadata=from_sql("({t}.person_id = {v.person_id} AND {t}.acting_for = {v.person_id})"),
    )
    title: str = strawberry.field(
        resolver=lambda root: acts.title_of(root.act), description="What was done, in plain words."
    )
    use: acts.Use = strawberry.field(
        resolver=_use, description="Statutory use can be objected to, consent withdrawn (withdrawConsent)."
    )
    law: str = strawberry.field(resolver=lambda root: _family(root).law, description="What allows it.")
    kept: str = strawberry.field(
        resolver=lambda root: _family(root).kept, description="For how long its traces are kept."
    )
    delegation_id: UUID | None = strawberry.field(description="The mandate by which it was done for me.")
    person_id: strawberry.Private[UUID]
    roles: strawberry.Private[list[str]]
    acting_for_id: strawberry.Private[UUID] = private("acting_for")
    department: DepartmentNode | None = linked(
        DEPARTMENTS,
        by="acting_for_id",
        wrap=DepartmentNode.of,
        on="{r}.id = {t}.acting_for",
        description="The department whose staff it was.",
    )

    @strawberry.field(description="How my objection to it stands (objectToAccess); none when there is none.")
    async def objection(self, info: Info) -> ObjectionNode | None:
        found = await OBJECTIONS.load(info, self.id)
        return ObjectionNode.of(found) if found else None

    @strawberry.field(description="Who did it by that mandate, masked; none otherwise.")
    async def delegate(self, info: Info) -> str | None:
        return None if self.delegation_id is None else await NAMES.load(info, self.person_id)


@strawberry.type(name="SignedIn", description="A session's new token: the old one has ended.")
class SignedInNode:
    token: str
    expires_at: datetime
    viewer: ViewerNode


@strawberry.type
class IdentityQuery:
    """What one may ask about oneself."""

    @strawberry.field(extensions=[needs(Scope.PROFILE_READ)], metadata=kept_with_session())
    async def viewer(self, info: Info) -> ViewerNode:
        """Whoever asks."""
        actor = info.context.actor
        return ViewerNode.of(await accounts.profile(actor), actor)

    @strawberry.field(extensions=[needs(Scope.SESSIONS_READ)])
    async def sessions(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[SessionNode]:
        """Where I am signed in, newest first."""
        actor, now = info.context.actor, info.context.now
        page = await sessions.list_(actor, first=size(first), after=after_id(after, of="sessions"), now=now)
        return connection(page, SessionNode.of, of="sessions")

    @strawberry.field(
        extensions=[needs(Scope.SESSIONS_READ)], metadata=own_page(audit.OF_PARTY, of="accesses")
    )
    async def accesses(self, info: Info, first: int = 20, after: str | None = None) -> Connection[AccessNode]:
        """Who did what with my data or looked at it, newest first."""
        place = after_id(after, of="accesses")
        page = await audit.of_party(info.context.actor, first=size(first), after=place)
        return connection(page, AccessNode.of, of="accesses")

    @strawberry.field(
        extensions=[needs(Scope.APPS_OPEN)],
        metadata=own_list(consents.OF_PERSON, most=None, where="{t}.withdrawn_at IS NULL"),
    )
    async def consents(self, info: Info) -> list[ConsentNode]:
        """What I let mini-apps do, newest first; at most one per mini-app."""
        return [ConsentNode.of(row) for row in await consents.of(info.context.actor.acting_for)]


@strawberry.type
class IdentityMutation:
    """What one may change about one's own sign-ins and consents."""

    @strawberry.mutation(extensions=[needs(Scope.SESSIONS_WRITE)])
    async def revoke_session(self, info: Info, id: UUID) -> SessionNode:
        """End one of my sessions."""
        session = await sessions.revoke(info.context.actor, id, now=info.context.now)
        verdicts.forget(info.context.actor)
        return SessionNode.of(session)

    @strawberry.mutation(extensions=[needs(Scope.SESSIONS_WRITE)])
    async def revoke_other_sessions(self, info: Info) -> int:
        """End all my sessions but this one; answers how many ended."""
        count = await sessions.revoke_all(info.context.actor, keep_current=True, now=info.context.now)
        verdicts.forget(info.context.actor)
        return count

    @strawberry.mutation(extensions=[needs(Scope.SESSIONS_WRITE)])
    async def act_as(self, info: Info, acting_as: str) -> SignedInNode:
        """Go on with a new token: as "citizen", in a post (its id, or its role if I hold it once), by a
        mandate ("mandate:<id>") or in a team ("team:<id>")."""
        now = info.context.now
        token, session, actor, _ = await sessions.act_as(info.context.actor, acting_as, now=now)
        verdicts.forget(actor)
        viewer = ViewerNode.of(await accounts.profile(actor), actor)
        return SignedInNode(token=token, expires_at=session.expires_at, viewer=viewer)

    @strawberry.mutation(extensions=[needs(Scope.APPS_OPEN)])
    async def withdraw_consent(self, info: Info, app_id: str) -> list[ConsentNode]:
        """Take back what a mini-app may do, at once; answers the consents that remain."""
        actor = info.context.actor
        await consents.withdraw(actor, app_id, now=info.context.now)
        verdicts.forget(actor)
        return [ConsentNode.of(row) for row in await consents.of(actor.acting_for)]
