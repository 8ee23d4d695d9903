"""A case on the wire, and what hangs on it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Self, TypeVar
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.answers import AnswerNode, shown
from api.graphql.case_parts import (
    CaseEventNode,
    CaseMaterialNode,
    ClockNode,
    CorrectionNode,
    DecisionNode,
    StopNode,
)
from api.graphql.errors import OneAtATime
from api.graphql.item_node import OFFERS, ItemNode
from api.graphql.loaders import Loader
from identity import departments
from identity.actor import Actor
from miniapps.cases import queries, service
from miniapps.cases.rules import CaseState, Decline, Outcome
from miniapps.cases.tables import Case
from miniapps.items.rules import Delivery

Rows = TypeVar("Rows")
Batch = Callable[[Sequence[Case]], Awaitable[Mapping[UUID, Rows]]]


def _seen(batch: Batch[Rows]) -> Loader[UUID, Rows]:
    """Make a loader by case id that reads for the cases the actor may see."""

    async def fetch(actor: Actor, ids: list[UUID]) -> Mapping[UUID, Rows]:
        return await batch(list((await queries.by_ids(actor, ids)).values()))

    return Loader(fetch)


async def _names(actor: Actor, ids: list[UUID]) -> Mapping[UUID, str]:
    """Names of departments are public, whoever asks."""
    return {row.id: row.name for row in await departments.by_ids(ids)}


CLOCKS = _seen(queries.clocks_of)
STOPS = _seen(queries.stops_of)
MATERIALS = _seen(queries.all_materials_of)
TIMELINES = _seen(queries.timelines_of)
CORRECTIONS = _seen(queries.corrections_of)
DECISIONS = _seen(queries.decisions_of)
OFFICES = Loader(_names)


@strawberry.type(name="Case", description="One application for one service item (办件).")
class CaseNode:
    id: UUID
    number: str | None = strawberry.field(description="21 digits, from submission on.")
    state: CaseState
    code: str = strawberry.field(description="The item's catalogue code.")
    title: str = strawberry.field(description="The item's name.")
    item_version_id: UUID = strawberry.field(description="The version of the item that the case keeps.")
    region: str
    department_id: UUID | None = strawberry.field(description="The competent organ; none in a draft.")
    received_by: UUID | None = strawberry.field(description="The department whose window received it.")
    beneficiary_id: UUID | None
    app_id: str | None = strawberry.field(description="The mini-app it was opened in.")
    delivery: Delivery
    tracking: str | None
    opened_at: datetime
    received_at: datetime | None
    accepted_at: datetime | None
    accepted_by_silence: bool
    decline: Decline | None
    other_organ: UUID | None = strawberry.field(description="The right organ, or where it was reported to.")
    decided_at: datetime | None
    outcome: Outcome | None
    decided_by_rule: bool
    certificate_id: UUID | None
    completed_at: datetime | None
    delivered_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, row: Case) -> Self:
        """Wrap a row."""
        same = ("id", "number", "code", "title", "region", "department_id", "received_by", "beneficiary_id",
                "app_id", "tracking", "opened_at", "received_at", "accepted_at", "accepted_by_silence",
                "other_organ", "decided_at", "decided_by_rule", "certificate_id", "completed_at",
                "delivered_at", "ended_at")  # fmt: skip
        return cls(
            **{name: getattr(row, name) for name in same},
            item_version_id=row.item_version,
            state=CaseState(row.state),
            delivery=Delivery(row.delivery),
            decline=Decline(row.decline) if row.decline else None,
            outcome=Outcome(row.outcome) if row.outcome else None,
        )

    @strawberry.field(description="The name of the competent organ.")
    async def department(self, info: Info) -> str | None:
        return None if self.department_id is None else await OFFICES.load(info, self.department_id)

    @strawberry.field(description="The item as it is offered now; none when it was withdrawn.")
    async def item(self, info: Info) -> ItemNode | None:
        offer = await OFFERS.load(info, self.code)
        return None if offer is None else ItemNode.of(offer)

    @strawberry.field(description="Its clocks, in the order in which they started.")
    async def clocks(self, info: Info) -> list[ClockNode]:
        return [ClockNode.of(row) for row in await CLOCKS.load(info, self.id) or []]

    @strawberry.field(description="When and why its clocks stood still.")
    async def stops(self, info: Info) -> list[StopNode]:
        return [StopNode.of(row) for row in await STOPS.load(info, self.id) or []]

    @strawberry.field(description="How each material stands.")
    async def materials(self, info: Info) -> list[CaseMaterialNode]:
        return [CaseMaterialNode.of(row) for row in await MATERIALS.load(info, self.id) or []]

    @strawberry.field(description="Every step so far, oldest first.")
    async def timeline(self, info: Info) -> list[CaseEventNode]:
        return [CaseEventNode.of(row) for row in await TIMELINES.load(info, self.id) or []]

    @strawberry.field(description="Notices of what is missing, first one first.")
    async def corrections(self, info: Info) -> list[CorrectionNode]:
        return [CorrectionNode.of(row) for row in await CORRECTIONS.load(info, self.id) or []]

    @strawberry.field(description="The decision, once there is one.")
    async def decision(self, info: Info) -> DecisionNode | None:
        rows = await DECISIONS.load(info, self.id)
        return DecisionNode.of(rows[0]) if rows else None

    @strawberry.field(
        description="Answers and form as filled in; not in lists.  A clerk's look at them is recorded."
    )
    async def filled_in(self, info: Info) -> "FilledIn":
        if any(isinstance(step, int) for step in info.path.as_list()):
            raise OneAtATime(field=info.field_name)
        content = await service.look_into(info.context.actor, self.id, now=info.context.now)
        return FilledIn(answers=shown(content.answers), form=shown(content.form))


@strawberry.type(description="What the applicant filled in.")
class FilledIn:
    answers: list[AnswerNode]
    form: list[AnswerNode]
