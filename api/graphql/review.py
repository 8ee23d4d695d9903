"""Reviews of mini-apps on the wire: what the machine found, what people decide, and why."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.review_nodes import (
    GateLookNode,
    GateRuleNode,
    MiniAppReviewNode,
    ReasonInput,
    ReviewFiguresNode,
    all_rules,
)
from banshi.errors import InvalidInput
from banshi.scopes import Scope
from miniapps.catalog import queries as catalog
from miniapps.review import queries, service
from miniapps.review.rules import Lane
from storage.clock import local_date

LONGEST_DAYS = 365


@strawberry.type
class ReviewQuery:
    """What is reviewed, and how."""

    @strawberry.field(extensions=[needs(Scope.APPS_REVIEW)])
    async def review_queue(
        self, info: Info, lane: Lane | None = None, first: int = 20, after: str | None = None
    ) -> Connection[MiniAppReviewNode]:
        """What waits for a decision: the emergency lane first, then by the day it is due."""
        place = after_id(after, of="reviews")
        actor = info.context.actor
        page = await queries.queue(actor, lane=lane, first=size(first), after=place)
        return connection(page, MiniAppReviewNode.of, of="reviews")

    @strawberry.field(extensions=[needs(Scope.APPS_REVIEW)])
    async def review_figures(self, info: Info, days: int = 30) -> ReviewFiguresNode:
        """How long reviews took that ended in the last days, and how many wait."""
        if not 1 <= days <= LONGEST_DAYS:
            raise InvalidInput(field="days", problem=f"1 to {LONGEST_DAYS}")
        now: datetime = info.context.now
        return ReviewFiguresNode.of(await queries.figures(days=days, now=now, today=local_date(now)))

    @strawberry.field(extensions=[needs(Scope.APPS_READ)])
    async def mini_app_reviews(self, info: Info, version_id: UUID) -> list[MiniAppReviewNode]:
        """The rounds of a version with people, the first one first: your team's, or any for an operator."""
        actor = info.context.actor
        await catalog.version(actor, version_id)
        rows = await queries.reviews_of(actor, [version_id])
        return [MiniAppReviewNode.of(row) for row in rows[version_id]]

    @strawberry.field(extensions=[needs(Scope.APPS_READ)])
    async def gate_look(self, info: Info, version_id: UUID) -> GateLookNode:
        """What the machine found in a version, or how far it is: your team's, or any for an operator."""
        return GateLookNode.of(await queries.look(info.context.actor, version_id))

    @strawberry.field(extensions=[needs(Scope.APPS_READ)])
    async def review_rules(self, info: Info) -> list[GateRuleNode]:
        """All rules that a version may be refused by: those of the gate, and those for people."""
        return all_rules()


@strawberry.type
class ReviewMutation:
    """Reviewing, and being reviewed."""

    @strawberry.mutation(extensions=[needs(Scope.APPS_REVIEW)])
    async def claim_review(self, info: Info, id: UUID) -> MiniAppReviewNode:
        """Take a review for 45 minutes; claiming again keeps it as long once more."""
        context = info.context
        return MiniAppReviewNode.of(await service.claim(context.actor, id, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.APPS_REVIEW)])
    async def unclaim_review(self, info: Info, id: UUID) -> MiniAppReviewNode:
        """Give a review back."""
        context = info.context
        return MiniAppReviewNode.of(await service.unclaim(context.actor, id, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.APPS_REVIEW)])
    async def approve_review(self, info: Info, id: UUID) -> MiniAppReviewNode:
        """Find a version good that you have claimed; its developers may then give it to citizens."""
        context = info.context
        return MiniAppReviewNode.of(await service.approve(context.actor, id, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.APPS_REVIEW)])
    async def refuse_review(self, info: Info, id: UUID, reasons: list[ReasonInput]) -> MiniAppReviewNode:
        """Send a version back that you have claimed, by at least one rule with its evidence."""
        context = info.context
        made = [each.made() for each in reasons]
        return MiniAppReviewNode.of(await service.refuse(context.actor, id, made, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.APPS_REVIEW)])
    async def hurry_review(self, info: Info, id: UUID, reason: str) -> MiniAppReviewNode:
        """Move a review into the emergency lane (应急通道): within one working day, before all others."""
        context = info.context
        return MiniAppReviewNode.of(await service.hurry(context.actor, id, reason, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def note_for_review(self, info: Info, version_id: UUID, note: str) -> str:
        """Tell reviewers what they should know of a version; the note as it stands now."""
        context = info.context
        return (await service.note(context.actor, version_id, note, now=context.now)).text

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def appeal_refusal(self, info: Info, version_id: UUID, why: str) -> MiniAppReviewNode:
        """Have a refused version looked at once more, by another person (申诉)."""
        context = info.context
        return MiniAppReviewNode.of(await service.appeal(context.actor, version_id, why, now=context.now))
