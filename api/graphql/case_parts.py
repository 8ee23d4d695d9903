"""What the answers about cases are made of."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

import msgspec
import strawberry

from api.context import Info
from api.graphql.answers import AnswerNode, shown
from api.graphql.item_parts import LimitUnit
from api.graphql.plan.sources import Mapped, from_sql, in_json, rows
from api.graphql.planned import from_json
from identity.accounts import party_as_seen
from miniapps.cases import rules
from miniapps.cases.rules import CaseState, Choice, Clock, Decline, Defect, Outcome, Verb, Way
from miniapps.cases.service import Preparation, prefilled
from miniapps.cases.tables import (
    CaseCorrection,
    CaseDecision,
    CaseEventRow,
    CaseMaterial,
)
from miniapps.items.rules import CompiledItem, Delivery, Procedure
from miniapps.materials.rules import Holding

strawberry.enum(CaseState, name="CaseState", description="Where a case stands.")
strawberry.enum(Verb, name="CaseVerb", description="What was done with a case.")
strawberry.enum(Clock, name="CaseClockKind", description="The clocks of a case.")
strawberry.enum(Decline, name="CaseDecline", description="不受理, 不予受理 (wrong organ), 退件.")
strawberry.enum(Outcome, name="CaseOutcome", description="准予 or 不予.")
strawberry.enum(Way, name="MaterialWay", description="How a needed material is satisfied.")
strawberry.enum(Delivery, name="Delivery", description="How the result travels.")
strawberry.enum(Procedure, name="Procedure", description="What may stop the clocks (行政许可法 Art. 45).")


@strawberry.input(name="MaterialChoice", description="How you want to satisfy one material.")
class ChoiceInput:
    kind: str = strawberry.field(description="The material kind, from the preparation.")
    way: Way
    promise: str = strawberry.field(
        default="", description="告知承诺: the words you confirm; empty: the standard ones."
    )


@strawberry.type(name="GivenChoice", description="How the applicant chose to satisfy one material.")
class GivenChoiceNode:
    kind: str
    way: Way


def read_choices(choices: list[ChoiceInput]) -> dict[str, Choice]:
    """Return the choices by kind; of two for one kind the last counts."""
    return {choice.kind: Choice(choice.way, choice.promise) for choice in choices}


@strawberry.input(
    name="Defect", description="One thing to mend: a material kind or form field, and what is wrong."
)
class DefectInput:
    kind: str
    problem: str


@strawberry.type(name="CaseDefect", description="One thing to mend, in words for the applicant.")
@rows("case_correction")
class DefectNode:
    kind: str = strawberry.field(metadata=from_sql("({t}.value->>'kind')"))
    problem: str = strawberry.field(metadata=from_sql("({t}.value->>'problem')"))


@strawberry.type(name="CaseClock", description="One clock of a case, with what it rests on.")
@rows("case_clock")
class ClockNode(Mapped):
    kind: Clock
    basis: str
    starts_on: date = strawberry.field(description="Not counted.")
    days: int = strawberry.field(description="Days of `unit`.")
    unit: LimitUnit = strawberry.field(description="What `days` and `stoppedDays` count.")
    extended_days: int = strawberry.field(description="Working days added by an extension.")
    stopped_days: int = strawberry.field(description="Days it stood still.")
    stopped_on: date | None = strawberry.field(description="While it stands still.")
    due_on: date = strawberry.field(description="Its last day.")
    provisional: bool = strawberry.field(description="No calendar notice for that year yet: it may move.")
    met_at: datetime | None
    overdue_at: datetime | None = strawberry.field(description="When it was found to have run out.")


@strawberry.type(name="CaseStop", description="A span in which the clocks stood still, told in writing.")
@rows("case_stop")
class StopNode(Mapped):
    matter: Procedure
    notice: str
    started_on: date
    ended_on: date | None


@strawberry.type(name="CaseMaterial", description="How one needed material of a case is satisfied.")
@rows("case_material")
class CaseMaterialNode:
    id: UUID
    kind: str
    name: str
    way: Way
    held: strawberry.Private[UUID | None]
    trust: str | None = strawberry.field(description="A to D.")
    electronic: bool = strawberry.field(description="Nothing of paper was handed over.")
    receipt_id: UUID | None = strawberry.field(description="The receipt of this use.")
    promise: str | None
    handed_at: datetime | None = strawberry.field(description="None: it is still to follow.")
    due_on: date | None = strawberry.field(description="容缺: when it has to be there.")

    @classmethod
    def of(cls, row: CaseMaterial) -> Self:
        return cls(
            id=row.id, kind=row.kind, name=row.name, way=Way(row.way), held=row.holding_id,
            trust=row.trust, electronic=row.electronic, receipt_id=row.receipt_id, promise=row.promise,
            handed_at=row.handed_at, due_on=row.due_on,
        )  # fmt: skip

    @strawberry.field(
        description="The certificate or material version pinned; for identity, the applicant.",
        metadata=from_sql("{t}.holding_id"),
    )
    def holding_id(self, info: Info) -> UUID | None:
        return self.held and party_as_seen(info.context.actor, self.held)


@strawberry.type(name="CaseEvent", description="One line of a case's timeline.")
@rows("case_event")
class CaseEventNode:
    verb: Verb
    from_state: CaseState
    to_state: CaseState
    at: datetime
    by_rule: bool = strawberry.field(description="Done by rule or by silence, not by a person.")
    acted_for: strawberry.Private[UUID]
    reason: str
    effects: strawberry.scalars.JSON = strawberry.field(
        description="Due dates and the like after it.", metadata=from_json("{t}.effects")
    )

    @classmethod
    def of(cls, row: CaseEventRow) -> Self:
        return cls(
            verb=Verb(row.verb), from_state=CaseState(row.from_state), to_state=CaseState(row.to_state),
            at=row.at, by_rule=row.by_rule, acted_for=row.acting_for, reason=row.reason,
            effects=msgspec.json.decode(row.effects),
        )  # fmt: skip

    @strawberry.field(
        description="The party, or the department that acted.", metadata=from_sql("{t}.acting_for")
    )
    def acting_for(self, info: Info) -> UUID:
        return party_as_seen(info.context.actor, self.acted_for)


@strawberry.type(name="CaseCorrection", description="One notice of everything that is missing (补正告知).")
@rows("case_correction")
class CorrectionNode:
    number: int
    repeated: bool = strawberry.field(description="A further notice, about newly handed papers: flagged.")
    defects: list[DefectNode] = strawberry.field(metadata=in_json("{t}.defects"))
    asked_at: datetime
    answered_at: datetime | None

    @classmethod
    def of(cls, row: CaseCorrection) -> Self:
        defects = msgspec.json.decode(row.defects, type=list[Defect])
        return cls(
            number=row.number, repeated=row.repeated, asked_at=row.asked_at, answered_at=row.answered_at,
            defects=[DefectNode(kind=defect.kind, problem=defect.problem) for defect in defects],
        )  # fmt: skip


@strawberry.type(name="CaseDecision", description="What was decided, why, and where to turn against it.")
@rows("case_decision")
class DecisionNode:
    outcome: Outcome
    reason: str
    review: str = strawberry.field(description="行政复议, of a refusal.")
    litigation: str = strawberry.field(description="行政诉讼, of a refusal.")
    by_rule: bool
    evidence: list[str] = strawberry.field(
        description="The rules that held, as their author wrote them.",
        metadata=from_sql("ARRAY(SELECT jsonb_array_elements_text({t}.evidence))"),
    )
    decided_at: datetime

    @classmethod
    def of(cls, row: CaseDecision) -> Self:
        return cls(
            outcome=Outcome(row.outcome), reason=row.reason, review=row.review, litigation=row.litigation,
            by_rule=row.by_rule, decided_at=row.decided_at,
            evidence=msgspec.json.decode(row.evidence, type=list[str]),
        )  # fmt: skip


@strawberry.type(name="Holding", description="Something held that satisfies a material.")
class HoldingNode:
    held: strawberry.Private[UUID]
    source: str = strawberry.field(description="identity, certificate or wallet.")
    kind: str
    title: str
    trust: str
    valid_until: date | None
    electronic: bool

    @classmethod
    def of(cls, holding: Holding) -> Self:
        return cls(
            held=holding.id, source=holding.source, kind=holding.kind, title=holding.title,
            trust=holding.trust, valid_until=holding.valid_until, electronic=holding.electronic,
        )  # fmt: skip

    @strawberry.field(description="The certificate or material version; for identity, you.")
    def id(self, info: Info) -> UUID:
        return party_as_seen(info.context.actor, self.held)


@strawberry.type(name="PreparedMaterial", description="A needed material and every way open to satisfy it.")
class PreparedMaterialNode:
    kind: str
    name: str
    required: bool
    settled: bool = strawberry.field(description="Nothing is left to do.")
    way: Way | None = strawberry.field(
        description="The best way; none: nothing you hold or could do will do."
    )
    ways: list[Way] = strawberry.field(description="Every way open, best first.")
    holding: HoldingNode | None
    promise: str | None = strawberry.field(description="The words of the promise, where one may replace it.")
    note: str = strawberry.field(description="How to fill it in (填报须知).")

    @classmethod
    def of(cls, standing: rules.Standing) -> Self:
        material = standing.material
        promised = Way.COMMITMENT in standing.ways
        return cls(
            kind=material.code, name=material.name, required=standing.required, settled=standing.settled,
            way=standing.way, ways=list(standing.ways), note=material.note,
            holding=HoldingNode.of(standing.holding) if standing.holding else None,
            promise=rules.standard_promise(material) if promised else None,
        )  # fmt: skip


@strawberry.type(name="FormProblem", description="One thing to mend in answers or form.")
class ProblemNode:
    field: str
    code: str
    text: str


@strawberry.type(name="Preparation", description="What an application needs, and how each thing stands.")
class PreparationNode:
    code: str
    name: str
    version_id: UUID
    materials: list[PreparedMaterialNode] = strawberry.field(description="Needed for certain.")
    maybe: list[str] = strawberry.field(description="Names of materials that open questions decide about.")
    unknown: list[str] = strawberry.field(description="Questions that would settle what is needed.")
    problems: list[ProblemNode] = strawberry.field(description="What to mend in answers and form.")
    uploads: int = strawberry.field(description="Required materials that still need something from you.")
    barred: str | None = strawberry.field(description="Why promises are not taken, if they are not.")
    asked: list[str] = strawberry.field(description="Ids of the form fields that these answers ask for.")
    item: strawberry.Private[CompiledItem]

    @strawberry.field(
        description="Facts of the person signed in that fill form fields; none to a mini-app, nor while "
        "acting for somebody else. Number, birthday and sex from real-name level 3 on."
    )
    async def prefilled(self, info: Info) -> list[AnswerNode]:
        return shown(await prefilled(info.context.actor, self.item, now=info.context.now))

    @classmethod
    def of(cls, preparation: Preparation) -> Self:
        return cls(
            code=preparation.item.code, name=preparation.item.name, version_id=preparation.version_id,
            materials=[PreparedMaterialNode.of(standing) for standing in preparation.standings],
            maybe=[material.name for material in preparation.maybe], unknown=list(preparation.unknown),
            problems=[
                ProblemNode(field=each.field, code=each.code, text=each.text) for each in preparation.problems
            ],
            uploads=preparation.uploads, barred=preparation.bar, asked=list(preparation.asked),
            item=preparation.item,
        )  # fmt: skip
