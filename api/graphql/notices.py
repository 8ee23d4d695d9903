"""Inboxes on the wire."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.plan.roots import Argument
from api.graphql.plan.sources import Mapped, rows
from api.graphql.planned import own_count, own_page
from banshi.scopes import Scope
from identity.actor import Actor
from miniapps.notices import queries, service
from miniapps.notices.rules import MOST_UNREAD


@strawberry.type(name="Notice", description="One thing a person, firm or department was told (消息).")
@rows("notice")
class NoticeNode(Mapped):
    id: UUID
    kind: str = strawberry.field(description="What it is about, dotted, e.g. `trip.zero`.")
    title: str
    body: str
    link: str | None = strawberry.field(
        description="A path of our own pages; `/apps/<id>/<page>`: open the mini-app at that page."
    )
    app_id: str | None = strawberry.field(description="The mini-app that wrote it, or that it came through.")
    told_at: datetime
    read_at: datetime | None


@strawberry.type(description="A mini-app that I do not want to hear.")
class MutedMiniApp:
    app_id: str
    muted_at: datetime


UNREAD = {"unreadOnly": Argument("boolean", "NOT {a} OR {t}.read_at IS NULL")}


@strawberry.type
class NoticesQuery:
    """One's own inbox."""

    @strawberry.field(
        extensions=[needs(Scope.NOTICES_READ)],
        metadata=own_page(queries.OWN, of="notices", arguments=UNREAD),
    )
    async def notices(
        self, info: Info, first: int = 20, after: str | None = None, unread_only: bool = False
    ) -> Connection[NoticeNode]:
        """What the party acted for was told, newest first."""
        page = await queries.page(
            info.context.actor,
            first=size(first),
            after=after_id(after, of="notices"),
            unread_only=unread_only,
        )
        return connection(page, NoticeNode.of, of="notices")

    @strawberry.field(
        extensions=[needs(Scope.NOTICES_READ)],
        metadata=own_count(queries.OWN, "notice", most=MOST_UNREAD, where="{t}.read_at IS NULL"),
    )
    async def unread_notices(self, info: Info) -> int:
        """How many notices are unread; counting stops at 100."""
        return await queries.unread_count(info.context.actor)

    @strawberry.field(extensions=[needs(Scope.APPS_OPEN)])
    async def muted_mini_apps(self, info: Info) -> list[MutedMiniApp]:
        """The mini-apps that I do not want to hear, the last one first."""
        return await _muted(info.context.actor)


@strawberry.type
class NoticesMutation:
    """What one does with one's inbox."""

    @strawberry.mutation(extensions=[needs(Scope.NOTICES_WRITE)])
    async def read_notice(self, info: Info, id: UUID) -> NoticeNode:
        """Note that a notice was read; again changes nothing."""
        return NoticeNode.of(await service.mark_read(info.context.actor, id, now=info.context.now))

    @strawberry.mutation(extensions=[needs(Scope.NOTICES_WRITE)])
    async def read_all_notices(self, info: Info) -> int:
        """Note that everything told so far was read; returns how many notices are still unread."""
        await service.mark_all_read(info.context.actor, now=info.context.now)
        return await queries.unread_count(info.context.actor)

    @strawberry.mutation(extensions=[needs(Scope.APPS_OPEN)])
    async def mute_mini_app(self, info: Info, app_id: str) -> list[MutedMiniApp]:
        """Let a mini-app write to me no more; it is not told. Answers all that are muted."""
        await service.mute(info.context.actor, app_id, now=info.context.now)
        return await _muted(info.context.actor)

    @strawberry.mutation(extensions=[needs(Scope.APPS_OPEN)])
    async def unmute_mini_app(self, info: Info, app_id: str) -> list[MutedMiniApp]:
        """Let a mini-app write to me again; what it wrote meanwhile does not come."""
        await service.unmute(info.context.actor, app_id, now=info.context.now)
        return await _muted(info.context.actor)


async def _muted(actor: Actor) -> list[MutedMiniApp]:
    rows = await queries.muted(actor)
    return [MutedMiniApp(app_id=row.app_id, muted_at=row.muted_at) for row in rows]
