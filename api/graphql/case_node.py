"""A case on the wire, and what hangs on it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
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
    GivenChoiceNode,
    StopNode,
)
from api.graphql.errors import OneAtATime
from api.graphql.item_node import OFFERS, ItemNode
from api.graphql.loaders import Loader
from api.graphql.plan.sources import Mapped, column, from_sql, linked, rows
from identity import departments
from identity.actor import Actor
from miniapps.cases import queries, service
from miniapps.cases.rules import CaseState, Decline, Outcome
from miniapps.items.rules import Delivery


async def _names(actor: Actor, ids: list[UUID]) -> Mapping[UUID, str]:
    """Names of departments are public, whoever asks."""
    return {row.id: row.name for row in await departments.by_ids(ids)}


CLOCKS = Loader(queries.clocks_of)
STOPS = Loader(queries.stops_of)
MATERIALS = Loader(queries.all_materials_of)
TIMELINES = Loader(queries.timelines_of)
CORRECTIONS = Loader(queries.corrections_of)
DECISIONS = Loader(queries.decisions_of)
OFFICES = Loader(_names)


OFFICE = "LEFT JOIN department {office} ON {office}.id = {t}.department_id"
OF_CASE = "{r}.party_id = {t}.party_id AND {r}.case_id = {t}.id"


def _of_case(batch: Loader[UUID, Any], wrap: Callable[[Any], Any], **options: Any) -> Any:
    """Declare a list of rows that hang on a case, in the order in which they came."""
    on = OF_CASE + options.pop("only", "")
    return linked(batch, by="id", wrap=wrap, on=on, order="{r}.id", **options)


@strawberry.type(name="Case", description="One application for one service item (办件).")
@rows("case_file", joins={"office": OFFICE})
class CaseNode(Mapped):
    id: UUID
    number: str | None = strawberry.field(description="21 digits, from submission on.")
    state: CaseState
    code: str = strawberry.field(description="The item's catalogue code.")
    title: str = strawberry.field(description="The item's name.")
    item_version_id: UUID = column("item_version", description="The version of the item that the case keeps.")
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

    @strawberry.field(description="The name of the competent organ.", metadata=from_sql("{office}.name"))
    async def department(self, info: Info) -> str | None:
        return None if self.department_id is None else await OFFICES.load(info, self.department_id)

    item: ItemNode | None = linked(
        OFFERS,
        by="code",
        wrap=ItemNode.of,
        on="{r}.code = {t}.code AND {r}.current_id IS NOT NULL",
        key="code",
        description="The item as it is offered now; none when it was withdrawn.",
    )
    clocks: list[ClockNode] = _of_case(
        CLOCKS, ClockNode.of, description="Its clocks, in the order in which they started."
    )
    stops: list[StopNode] = _of_case(STOPS, StopNode.of, description="When and why its clocks stood still.")
    materials: list[CaseMaterialNode] = _of_case(
        MATERIALS,
        CaseMaterialNode.of,
        only=" AND {r}.replaced_at IS NULL",
        description="How each material stands.",
    )
    timeline: list[CaseEventNode] = _of_case(
        TIMELINES, CaseEventNode.of, description="Every step so far, oldest first."
    )
    corrections: list[CorrectionNode] = _of_case(
        CORRECTIONS, CorrectionNode.of, description="Notices of what is missing, first one first."
    )
    decision: DecisionNode | None = linked(
        DECISIONS,
        by="id",
        wrap=lambda found: DecisionNode.of(found[0]) if found else None,
        on=OF_CASE,
        description="The decision, once there is one.",
    )

    @strawberry.field(
        description="Answers and form as filled in; not in lists.  A clerk's look at them is recorded."
    )
    async def filled_in(self, info: Info) -> "FilledIn":
        if any(isinstance(step, int) for step in info.path.as_list()):
            raise OneAtATime(field=info.field_name)
        content = await service.look_into(info.context.actor, self.id, now=info.context.now)
        choices = [GivenChoiceNode(kind=kind, way=choice.way) for kind, choice in content.choices.items()]
        return FilledIn(answers=shown(content.answers), form=shown(content.form), choices=choices)


@strawberry.type(description="What the applicant filled in.")
class FilledIn:
    answers: list[AnswerNode]
    form: list[AnswerNode]
    choices: list[GivenChoiceNode]
