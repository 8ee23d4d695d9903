"""Ratings and complaints on the wire.  Of whom they are is told to nobody."""

from datetime import datetime
from typing import Self, TypeAlias
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.plan.sources import Mapped
from banshi.scopes import Scope
from miniapps.shelf import queries, rules, service
from miniapps.shelf.tables import AppRating

strawberry.enum(rules.CommentState, name="CommentState", description="Whether others read the words.")
strawberry.enum(rules.ComplaintState, name="ComplaintState", description="Where a complaint stands.")
strawberry.enum(rules.Concern, name="ComplaintConcern", description="What a complaint is about.")
CommentState: TypeAlias = rules.CommentState
ComplaintState: TypeAlias = rules.ComplaintState
Concern: TypeAlias = rules.Concern


@strawberry.type(name="MyRating", description="What I gave a mini-app.")
class RatingNode(Mapped):
    app_id: str
    stars: int
    comment: str
    comment_state: CommentState
    refusal: str = strawberry.field(description="Why the comment is not shown.")
    rated_at: datetime


@strawberry.type(name="AppComment", description="Words beside stars, of nobody.")
class CommentNode:
    id: UUID
    app_id: str
    stars: int
    comment: str
    rated_at: datetime

    @classmethod
    def of(cls, row: AppRating) -> Self:
        """Wrap a rating without whose it is."""
        same = ("id", "app_id", "stars", "comment", "rated_at")
        return cls(**{name: getattr(row, name) for name in same})


@strawberry.type(name="AppComplaint", description="What somebody complains of in a mini-app (投诉).")
class ComplaintNode(Mapped):
    id: UUID
    app_id: str
    version: str = strawberry.field(description="That was opened last, else the one that citizens got.")
    concern: Concern
    text: str
    state: ComplaintState
    answer: str
    complained_at: datetime
    answered_at: datetime | None


@strawberry.type
class VoicesQuery:
    """What is said of mini-apps."""

    @strawberry.field(
        extensions=[needs(Scope.APPS_OPEN)], description="What my party gave a mini-app; null: nothing."
    )
    async def my_rating(self, info: Info, app_id: str) -> RatingNode | None:
        row = await queries.rating(info.context.actor, app_id)
        return None if row is None else RatingNode.of(row)

    @strawberry.field(
        extensions=[needs(Scope.APPS_READ)],
        description="What citizens wrote of a mini-app and an operator has read, newest first.",
    )
    async def app_comments(
        self, info: Info, app_id: str, first: int = 20, after: str | None = None
    ) -> Connection[CommentNode]:
        page = await queries.comments(
            info.context.actor, app_id, first=size(first), after=after_id(after, of="comments")
        )
        return connection(page, CommentNode.of, of="comments")

    @strawberry.field(
        extensions=[needs(Scope.APPS_REVIEW)], description="Comments that wait for an operator."
    )
    async def comments_to_read(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[CommentNode]:
        context = info.context
        page = await queries.waiting(
            context.actor, first=size(first), after=after_id(after, of="waiting"), now=context.now
        )
        return connection(page, CommentNode.of, of="waiting")

    @strawberry.field(extensions=[needs(Scope.APPS_OPEN)], description="My party's complaints, newest first.")
    async def my_complaints(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[ComplaintNode]:
        return await _complaints(info, "my complaints", False, first, after)

    @strawberry.field(
        extensions=[needs(Scope.APPS_REVIEW)], description="Everybody's complaints, newest first."
    )
    async def app_complaints(
        self, info: Info, open_only: bool = True, first: int = 20, after: str | None = None
    ) -> Connection[ComplaintNode]:
        return await _complaints(info, "complaints", open_only, first, after)


async def _complaints(
    info: Info, of: str, open_only: bool, first: int, after: str | None
) -> Connection[ComplaintNode]:
    context = info.context
    page = await queries.complaints(
        context.actor, open_only=open_only, first=size(first), after=after_id(after, of=of), now=context.now
    )
    return connection(page, ComplaintNode.of, of=of)


@strawberry.type
class VoicesMutation:
    """Saying something of a mini-app, and answering it."""

    @strawberry.mutation(
        extensions=[needs(Scope.APPS_OPEN)],
        description="Give one to five stars, and words to 500 characters; again changes them.",
    )
    async def rate_mini_app(self, info: Info, app_id: str, stars: int, comment: str = "") -> RatingNode:
        context = info.context
        return RatingNode.of(await service.rate(context.actor, app_id, stars, comment, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.APPS_OPEN)], description="Take my rating back.")
    async def withdraw_rating(self, info: Info, app_id: str) -> bool:
        await service.withdraw_rating(info.context.actor, app_id, now=info.context.now)
        return True

    @strawberry.mutation(
        extensions=[needs(Scope.APPS_REVIEW)],
        description="Show a comment to everybody, or refuse it with a reason for who wrote it.",
    )
    async def decide_comment(self, info: Info, id: UUID, show: bool, reason: str = "") -> CommentNode:
        context = info.context
        return CommentNode.of(
            await service.moderate(context.actor, id, show=show, reason=reason, now=context.now)
        )

    @strawberry.mutation(extensions=[needs(Scope.APPS_OPEN)], description="Complain of a mini-app.")
    async def complain_of_mini_app(
        self, info: Info, app_id: str, concern: Concern, text: str, idempotency_key: str
    ) -> ComplaintNode:
        context = info.context
        row = await service.complain(
            context.actor, app_id, concern=concern, text=text, key=idempotency_key, now=context.now
        )
        return ComplaintNode.of(row)

    @strawberry.mutation(
        extensions=[needs(Scope.APPS_REVIEW)], description="Answer a complaint, for who made it to read."
    )
    async def answer_complaint(self, info: Info, id: UUID, answer: str) -> ComplaintNode:
        context = info.context
        return ComplaintNode.of(await service.answer(context.actor, id, answer, now=context.now))
