"""The clerk's desk on the wire: the work queue, and every act on a case."""

from datetime import date
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.case_node import CaseNode
from api.graphql.case_parts import DefectInput
from api.graphql.cases import CaseDraft
from api.graphql.pages import Connection, after_id, connection, size
from banshi.scopes import Scope
from miniapps.cases import queries, rules, service
from miniapps.cases.rules import CaseState, Decline, Defect, Outcome
from miniapps.items.rules import Procedure


@strawberry.type
class DeskQuery:
    @strawberry.field(
        description="The work queue of your department, newest first; no states: all in progress.",
        extensions=[needs(Scope.DESK_READ)],
    )
    async def desk_cases(
        self,
        info: Info,
        states: list[CaseState] | None = None,
        overdue: bool = False,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[CaseNode]:
        actor, place = info.context.actor, after_id(after, of="desk")
        wanted = states or rules.IN_PROGRESS
        page = await queries.desk(actor, states=wanted, overdue=overdue, first=size(first), after=place)
        seen = await service.look_over(actor, page, now=info.context.now)
        return connection(seen, CaseNode.of, of="desk")

    @strawberry.field(
        description="The case with this 21-digit number, if it is at your desk.",
        extensions=[needs(Scope.DESK_READ)],
    )
    async def case_by_number(self, info: Info, number: str) -> CaseNode | None:
        row = await service.look_up(info.context.actor, number, now=info.context.now)
        return None if row is None else CaseNode.of(row)


@strawberry.type
class DeskMutation:
    @strawberry.mutation(
        description="Receive at a window, for any region (收件).  A retry answers the same case.",
        extensions=[needs(Scope.DESK_WRITE)],
    )
    async def receive_case(
        self, info: Info, id_number: str, draft: CaseDraft, evidence: str, idempotency_key: str
    ) -> CaseNode:
        row = await service.receive(
            info.context.actor, id_number, draft.draft(), evidence=evidence,
            idempotency_key=idempotency_key, now=info.context.now,
        )  # fmt: skip
        return CaseNode.of(row)

    @strawberry.mutation(description="Accept (受理): the clocks start.", extensions=[needs(Scope.DESK_WRITE)])
    async def accept_case(self, info: Info, id: UUID) -> CaseNode:
        return CaseNode.of(await service.accept(info.context.actor, id, now=info.context.now))

    @strawberry.mutation(
        description="Tell the applicant, once, everything that is missing (补正告知).",
        extensions=[needs(Scope.DESK_WRITE)],
    )
    async def ask_correction(self, info: Info, id: UUID, defects: list[DefectInput]) -> CaseNode:
        actor, now = info.context.actor, info.context.now
        named = [Defect(defect.kind, defect.problem) for defect in defects]
        return CaseNode.of(await service.ask_correction(actor, id, named, now=now))

    @strawberry.mutation(
        description="Do not accept: not required, wrong organ (name the right one), or returned.",
        extensions=[needs(Scope.DESK_WRITE)],
    )
    async def decline_case(
        self, info: Info, id: UUID, kind: Decline, reason: str, right_organ: UUID | None = None
    ) -> CaseNode:
        actor, now = info.context.actor, info.context.now
        row = await service.decline(actor, id, kind, reason=reason, right_organ=right_organ, now=now)
        return CaseNode.of(row)

    @strawberry.mutation(
        description="Note that an original was shown at the window.", extensions=[needs(Scope.DESK_WRITE)]
    )
    async def receive_paper(self, info: Info, id: UUID, kind: str, idempotency_key: str) -> CaseNode:
        actor, now = info.context.actor, info.context.now
        row = await service.hand_paper(actor, id, kind, idempotency_key=idempotency_key, now=now)
        return CaseNode.of(row)

    @strawberry.mutation(description="Take up for review (审查).", extensions=[needs(Scope.DESK_WRITE)])
    async def review_case(self, info: Info, id: UUID) -> CaseNode:
        return CaseNode.of(await service.review(info.context.actor, id, now=info.context.now))

    @strawberry.mutation(
        description="Stop both clocks for a listed matter, with written notice (特别程序).",
        extensions=[needs(Scope.DESK_WRITE)],
    )
    async def pause_case(self, info: Info, id: UUID, matter: Procedure, notice: str) -> CaseNode:
        actor, now = info.context.actor, info.context.now
        return CaseNode.of(await service.pause(actor, id, matter, notice=notice, now=now))

    @strawberry.mutation(description="End the stop.", extensions=[needs(Scope.DESK_WRITE)])
    async def resume_case(self, info: Info, id: UUID) -> CaseNode:
        return CaseNode.of(await service.resume(info.context.actor, id, now=info.context.now))

    @strawberry.mutation(
        description="Lengthen the statutory limit once, with the approval of the head of the organ.",
        extensions=[needs(Scope.DESK_WRITE)],
    )
    async def extend_case(self, info: Info, id: UUID, reason: str, approved_by: str) -> CaseNode:
        actor, now = info.context.actor, info.context.now
        row = await service.extend(actor, id, reason=reason, approved_by=approved_by, now=now)
        return CaseNode.of(row)

    @strawberry.mutation(
        description="Grant or refuse; a refusal needs its reason.", extensions=[needs(Scope.DESK_WRITE)]
    )
    async def decide_case(self, info: Info, id: UUID, outcome: Outcome, reason: str = "") -> CaseNode:
        actor, now = info.context.actor, info.context.now
        return CaseNode.of(await service.decide(actor, id, outcome, reason=reason, now=now))

    @strawberry.mutation(
        description="Close (办结); an electronic result is delivered with that.",
        extensions=[needs(Scope.DESK_WRITE)],
    )
    async def complete_case(self, info: Info, id: UUID) -> CaseNode:
        return CaseNode.of(await service.complete(info.context.actor, id, now=info.context.now))

    @strawberry.mutation(
        description="Note the delivery (送达): by post with its tracking number, or at the window.",
        extensions=[needs(Scope.DESK_WRITE)],
    )
    async def deliver_case(self, info: Info, id: UUID, tracking: str = "") -> CaseNode:
        actor, now = info.context.actor, info.context.now
        return CaseNode.of(await service.deliver(actor, id, tracking=tracking, now=now))

    @strawberry.mutation(description="Close as void (作废办结).", extensions=[needs(Scope.DESK_WRITE)])
    async def void_case(self, info: Info, id: UUID, reason: str) -> CaseNode:
        return CaseNode.of(await service.void(info.context.actor, id, reason=reason, now=info.context.now))

    @strawberry.mutation(
        description="Report to another organ and close here (转报办结).", extensions=[needs(Scope.DESK_WRITE)]
    )
    async def forward_case(self, info: Info, id: UUID, to_department: UUID, reason: str) -> CaseNode:
        actor, now = info.context.actor, info.context.now
        return CaseNode.of(await service.forward(actor, id, to_department, reason=reason, now=now))

    @strawberry.mutation(
        description="Let another department act in your department's name; answers the power's id.",
        extensions=[needs(Scope.DESK_WRITE)],
    )
    async def authorise_department(
        self,
        info: Info,
        department_id: UUID,
        basis: str,
        code: str | None = None,
        valid_until: date | None = None,
    ) -> UUID:
        power = await service.authorise(
            info.context.actor, department_id, code=code, basis=basis, valid_until=valid_until,
            now=info.context.now,
        )  # fmt: skip
        return UUID(str(power.id))
