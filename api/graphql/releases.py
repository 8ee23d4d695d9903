"""Releases of mini-apps on the wire: steps up and down, switches, openings, and one screen of health."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.catalog import MiniAppNode
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.plan.sources import Mapped
from api.graphql.release_parts import AppsHealth, MiniAppRelease, ReleaseStepNode
from banshi.scopes import Scope
from identity.oidc.claims import title
from miniapps.release import queries, service
from miniapps.release.rules.rising import Step
from miniapps.release.rules.switches import SwitchKind
from miniapps.release.service import Opening, Terms

strawberry.enum(SwitchKind, name="SwitchKind")


@strawberry.type(description="A mini-app opened for the citizen: its page and a token of ten minutes.")
class MiniAppOpening:
    app: MiniAppNode
    version: str = strawberry.field(description="The session keeps it until it is stopped.")
    entry: str
    token: str = strawberry.field(description="Opaque. Good for the scopes below and for nothing else.")
    sub: str = strawberry.field(description="The citizen as only this mini-app knows him.")
    scopes: list[str]
    notices: list[str] = strawberry.field(description="For the citizen: what it cannot do now, and why.")
    expires_at: datetime

    @classmethod
    def of(cls, opening: Opening) -> Self:
        return cls(
            app=MiniAppNode.of(opening.app),
            version=opening.version,
            entry=opening.entry,
            token=opening.token,
            sub=opening.sub,
            scopes=[str(scope) for scope in opening.scopes],
            notices=list(opening.notices),
            expires_at=opening.expires_at,
        )


@strawberry.type(description="A scope that a mini-app asks the citizen for.")
class AskedScope:
    scope: str
    title: str = strawberry.field(description="What it allows, in words for the citizen.")
    reason: str = strawberry.field(description="Why the mini-app needs it: of its manifest.")
    agreed: bool = strawberry.field(description="He agreed to it before.")


@strawberry.type(description="What a mini-app asks of the citizen before it is opened for him.")
class MiniAppTerms:
    app: MiniAppNode
    version: str
    entry: str
    scopes: list[AskedScope]
    agreed: bool = strawberry.field(description="It opens without another word.")

    @classmethod
    def of(cls, terms: Terms) -> Self:
        scopes = [
            AskedScope(scope=scope, title=title(scope), reason=reason, agreed=scope in terms.agreed)
            for scope, reason in terms.scopes.items()
        ]
        return cls(
            app=MiniAppNode.of(terms.app), version=terms.version, entry=terms.entry, scopes=scopes,
            agreed=terms.is_agreed,
        )  # fmt: skip


@strawberry.type(name="Switch", description="Something an operator switched off, and perhaps on again.")
class SwitchNode(Mapped):
    id: UUID
    kind: SwitchKind
    target: str = strawberry.field(
        description="An app id, `app-id@version`, the id of a team or organ, or a scope."
    )
    reason: str
    notice: str = strawberry.field(description="What citizens read.")
    off_at: datetime
    on_at: datetime | None


@strawberry.type
class ReleaseQuery:
    @strawberry.field(
        description="What a mini-app asks of you, in the version that is yours; host and region as for "
        "`openMiniApp`.",
        extensions=[needs(Scope.APPS_OPEN)],
    )
    async def mini_app_terms(
        self, info: Info, app_id: str, host_version: str | None = None, region: str | None = None
    ) -> MiniAppTerms:
        context = info.context
        setting = queries.Setting.of(context.actor, host_version, region)
        return MiniAppTerms.of(await service.terms(context.actor, app_id, setting, now=context.now))

    @strawberry.field(
        description="How the release of a mini-app of your team stands; operators see all.",
        extensions=[needs(Scope.APPS_READ)],
    )
    async def mini_app_release(self, info: Info, app_id: str) -> MiniAppRelease:
        return await MiniAppRelease.of(await queries.release(info.context.actor, app_id))

    @strawberry.field(description="Its steps, newest first.", extensions=[needs(Scope.APPS_READ)])
    async def mini_app_release_steps(
        self, info: Info, app_id: str, first: int = 20, after: str | None = None
    ) -> Connection[ReleaseStepNode]:
        place = after_id(after, of="steps")
        page = await queries.steps(info.context.actor, app_id, first=size(first), after=place)
        named = await queries.numbers({row.version_id for row in page.rows})
        return connection(page, lambda row: ReleaseStepNode.of(row, named), of="steps")

    @strawberry.field(
        description="What is switched off, or ever was; newest first.", extensions=[needs(Scope.APPS_REVIEW)]
    )
    async def switches(
        self, info: Info, only_off: bool = True, first: int = 20, after: str | None = None
    ) -> Connection[SwitchNode]:
        page = await queries.switches(
            info.context.actor, only_off=only_off, first=size(first), after=after_id(after, of="switches")
        )
        return connection(page, SwitchNode.of, of="switches")

    @strawberry.field(
        description="All mini-apps on one screen: states, releases that move, what errs now.",
        extensions=[needs(Scope.APPS_REVIEW)],
    )
    async def mini_apps_health(self, info: Info) -> AppsHealth:
        return AppsHealth.of(await queries.health(info.context.actor, now=info.context.now))


@strawberry.type
class ReleaseMutation:
    @strawberry.mutation(
        description="Give an approved version to more citizens; what is named is added, nothing: to testers. "
        "A retry with the same key is the same step.",
        extensions=[needs(Scope.APPS_RELEASE)],
    )
    async def promote_mini_app(
        self,
        info: Info,
        app_id: str,
        version: str,
        idempotency_key: str,
        percent: int | None = None,
        regions: list[str] | None = None,
        everyone: bool = False,
    ) -> MiniAppRelease:
        context = info.context
        step = Step(percent=percent, regions=tuple(regions or ()), everyone=everyone)
        held = await service.promote(
            context.actor, app_id, version, step, idempotency_key=idempotency_key, now=context.now
        )
        return await MiniAppRelease.of(held)

    @strawberry.mutation(
        description="Give everybody an approved version again, any; new sessions get it at once.",
        extensions=[needs(Scope.APPS_RELEASE)],
    )
    async def roll_back_mini_app(
        self, info: Info, app_id: str, version: str, reason: str, idempotency_key: str
    ) -> MiniAppRelease:
        context = info.context
        held = await service.roll_back(
            context.actor, app_id, version, reason, idempotency_key=idempotency_key, now=context.now
        )
        return await MiniAppRelease.of(held)

    @strawberry.mutation(
        description="Approve a queued version, if it is one, and give it to everybody at once (上架).",
        extensions=[needs(Scope.APPS_REVIEW)],
    )
    async def release_mini_app(self, info: Info, version_id: UUID) -> MiniAppRelease:
        context = info.context
        return await MiniAppRelease.of(await service.release(context.actor, version_id, now=context.now))

    @strawberry.mutation(
        description="Pull the plug of a version, a mini-app, its listing, a developer or a scope: tokens die "
        "at once. What is off stays off.",
        extensions=[needs(Scope.APPS_REVIEW)],
    )
    async def switch_off(
        self, info: Info, kind: SwitchKind, target: str, reason: str, notice: str
    ) -> SwitchNode:
        context = info.context
        row = await service.switch_off(
            context.actor, kind, target, reason=reason, notice=notice, now=context.now
        )
        return SwitchNode.of(row)

    @strawberry.mutation(description="Undo switching off.", extensions=[needs(Scope.APPS_REVIEW)])
    async def switch_on(self, info: Info, kind: SwitchKind, target: str, reason: str) -> SwitchNode:
        context = info.context
        return SwitchNode.of(
            await service.switch_on(context.actor, kind, target, reason=reason, now=context.now)
        )

    @strawberry.mutation(
        description="Open a mini-app, agreeing to `scopes`; none: what was agreed to before. `hostVersion` "
        "is the host app's own, such as 3.2.1; none: it is the platform's web host. `region` is where the "
        "citizen wants to be served, as on the shelf; none: where he lives.",
        extensions=[needs(Scope.APPS_OPEN)],
    )
    async def open_mini_app(
        self,
        info: Info,
        app_id: str,
        scopes: list[str] | None = None,
        host_version: str | None = None,
        region: str | None = None,
    ) -> MiniAppOpening:
        context = info.context
        setting = queries.Setting.of(context.actor, host_version, region)
        opening = await service.open_(context.actor, app_id, scopes or [], setting, now=context.now)
        return MiniAppOpening.of(opening)
