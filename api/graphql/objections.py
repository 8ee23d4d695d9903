"""Objections on the wire: to a look of staff at my data, and their answers."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.loaders import Loader
from api.graphql.pages import Connection, after_id, connection, size
from banshi.scopes import Scope
from identity import objections
from identity.objections import Opened, State

strawberry.enum(State, name="ObjectionState", description="How an objection stands.")


@strawberry.type(name="Objection", description="That I object to a look at my data (对查阅的异议).")
class ObjectionNode:
    id: UUID
    access_id: UUID
    state: State
    made_at: datetime
    due_at: datetime = strawberry.field(description="Answered at the latest; thirty days.")
    answered_at: datetime | None
    reason: str = strawberry.field(description="In the words of the person.")
    answer: str | None = strawberry.field(description="Why, in the words of the office.")

    @classmethod
    def of(cls, opened: Opened) -> Self:
        """Wrap an objection."""
        row = opened.row
        return cls(
            id=row.id,
            access_id=row.access_id,
            state=State(row.state),
            made_at=row.made_at,
            due_at=row.due_at,
            answered_at=row.answered_at,
            reason=opened.reason,
            answer=opened.answer,
        )


OBJECTIONS = Loader(objections.of_accesses)
"""By the row of the audit that is objected to."""


@strawberry.type
class ObjectionsQuery:
    """Objections that I made, or that are for me to answer."""

    @strawberry.field(extensions=[needs(Scope.OBJECTIONS_READ)])
    async def objections(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[ObjectionNode]:
        """A citizen's own; a clerk's department's; for the security administrator all. Newest first."""
        place = after_id(after, of="objections")
        context = info.context
        page = await objections.list_(context.actor, first=size(first), after=place, now=context.now)
        return connection(page, ObjectionNode.of, of="objections")


@strawberry.type
class ObjectionsMutation:
    """Objecting and answering."""

    @strawberry.mutation(extensions=[needs(Scope.OBJECTIONS_WRITE)])
    async def object_to_access(self, info: Info, access_id: UUID, reason: str) -> ObjectionNode:
        """Object to a look or act of staff that `accesses` shows; it is answered within thirty days."""
        context = info.context
        return ObjectionNode.of(await objections.object_to(context.actor, access_id, reason, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.OBJECTIONS_ANSWER)])
    async def answer_objection(self, info: Info, id: UUID, upheld: bool, answer: str) -> ObjectionNode:
        """Answer an objection with a reason; never to one's own look."""
        context = info.context
        return ObjectionNode.of(
            await objections.answer(context.actor, id, upheld=upheld, words=answer, now=context.now)
        )
