"""What reviews look like on the wire."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.loaders import Loader
from banshi import gate
from banshi.findings import Finding, Severity
from miniapps.review import queries, rules
from miniapps.review.queries import Figures
from miniapps.review.rules import Lane, LookState, Reason, ReviewState
from miniapps.review.tables import AppLook, AppReview
from storage.clock import local_date

strawberry.enum(Lane, name="ReviewLane", description="How soon a review is due.")
strawberry.enum(ReviewState, name="ReviewState", description="How far people are with a version.")
strawberry.enum(LookState, name="GateLookState", description="How far the machine is with a version.")
strawberry.enum(Severity, name="GateSeverity", description="Whether a finding keeps a version from review.")

LOOKS = Loader(queries.looks_of)
NOTES = Loader(queries.notes_of)


@strawberry.type(name="GateFinding", description="One thing that the gate found, where, and how to mend it.")
class GateFindingNode:
    rule: str
    severity: Severity
    file: str = strawberry.field(description='In the package; "" for the package as a whole.')
    line: int = strawberry.field(description="From 1; 0 stands for the whole file.")
    problem: str
    fix: str
    selector: str = strawberry.field(description='The element on the page; "" where it is no one element\'s.')
    shot: str = strawberry.field(description='The picture that shows it, outlined; "" where there is none.')

    @classmethod
    def of(cls, found: Finding) -> Self:
        return cls(
            rule=found.rule, severity=found.severity, file=found.file, line=found.line, problem=found.problem,
            fix=found.fix, selector=found.selector, shot=found.shot,
        )  # fmt: skip


@strawberry.type(name="GateLook", description="What the machine found when it looked at a version.")
class GateLookNode:
    version_id: UUID
    state: LookState
    began_at: datetime
    done_at: datetime | None
    took_ms: int | None
    late_at: datetime | None = strawberry.field(
        description="When it was noticed that the verdict did not come within the promised three minutes."
    )
    problem: str = strawberry.field(description="Why it waits.")
    found: int = strawberry.field(description="How much was found; `findings` holds the first 300.")
    findings: list[GateFindingNode]
    shots: list[str] = strawberry.field(
        description="Pictures of its pages: GET /apps/versions/{versionId}/shots/{name}."
    )

    @classmethod
    def of(cls, row: AppLook) -> Self:
        return cls(
            version_id=row.version_id, state=LookState(row.state), began_at=row.began_at, done_at=row.done_at,
            late_at=row.late_at, took_ms=row.took_ms, problem=row.problem, found=row.found,
            shots=queries.shots(row), findings=[GateFindingNode.of(each) for each in queries.findings(row)],
        )  # fmt: skip


@strawberry.type(name="ReviewReason", description="Why a version was refused: a rule, and its evidence.")
class ReviewReasonNode:
    rule: str
    title: str = strawberry.field(description="What the rule asks.")
    problem: str
    evidence: str = strawberry.field(description="Page and steps.")
    shot: str

    @classmethod
    def of(cls, reason: Reason) -> Self:
        title = rules.title_of(reason.rule)
        return cls(
            rule=reason.rule, title=title, problem=reason.problem, evidence=reason.evidence, shot=reason.shot
        )


@strawberry.input(
    name="ReviewReasonInput", description="A rule, what is wrong, and where that is to be seen."
)
class ReasonInput:
    rule: str
    problem: str = strawberry.field(description="5 to 1000 characters, for the developer.")
    evidence: str = strawberry.field(description="Page and steps, 5 to 1000 characters.")
    shot: str = strawberry.field(default="", description="The name of a picture of the version.")

    def made(self) -> Reason:
        return Reason(rule=self.rule, problem=self.problem, evidence=self.evidence, shot=self.shot)


@strawberry.type(name="MiniAppReview", description="One round of a version with people (人工审核).")
class MiniAppReviewNode:
    id: UUID
    version_id: UUID
    app_id: str
    name: str
    version: str
    round: int = strawberry.field(description="From 1; the second one is after an appeal.")
    state: ReviewState
    lane: Lane
    lane_reason: str
    queued_at: datetime
    due_on: date = strawberry.field(description="Decided by the end of this working day.")
    claimed_until: datetime | None
    decided_at: datetime | None
    reasons: list[ReviewReasonNode]
    shots: list[str] = strawberry.field(
        description="Pictures that the reviewer took: GET /apps/versions/{versionId}/shots/{name}."
    )
    appeal: str = strawberry.field(description="Why its developers want it looked at again.")
    claimed_by: strawberry.Private[UUID | None]

    @classmethod
    def of(cls, row: AppReview) -> Self:
        return cls(
            id=row.id, version_id=row.version_id, app_id=row.app_id, name=row.name, version=row.version,
            round=row.round, state=ReviewState(row.state), lane=Lane(row.lane), lane_reason=row.lane_reason,
            queued_at=row.queued_at, due_on=row.due_on, claimed_until=row.claimed_until,
            decided_at=row.decided_at, appeal=row.appeal, claimed_by=row.claimed_by,
            shots=queries.evidence(row), reasons=[ReviewReasonNode.of(each) for each in queries.reasons(row)],
        )  # fmt: skip

    @strawberry.field(description="Whether it was to have been decided before today.")
    def is_overdue(self, info: Info) -> bool:
        return self.state in queries.OPEN and self.due_on < local_date(info.context.now)

    @strawberry.field(description="Whether you have claimed it.")
    def is_mine(self, info: Info) -> bool:
        return self.claimed_by is not None and self.claimed_by == info.context.actor.person_id

    @strawberry.field(description="What its developers want reviewers to know.")
    async def note(self, info: Info) -> str | None:
        found = await NOTES.load(info, self.version_id)
        return found.text if found else None

    @strawberry.field(description="What the machine found; null for pages that lie elsewhere.")
    async def look(self, info: Info) -> GateLookNode | None:
        found = await LOOKS.load(info, self.version_id)
        return GateLookNode.of(found) if found else None


@strawberry.type(name="ReviewFigures", description="How long reviews took of late.")
class ReviewFiguresNode:
    decided: int
    refused: int
    p50_s: float | None = strawberry.field(description="From being queued to being decided, by people.")
    p90_s: float | None
    waiting: int
    overdue: int
    looked: int = strawberry.field(description="How many versions the machine looked at.")
    look_p50_ms: float | None
    look_p90_ms: float | None
    unwalled: int = strawberry.field(description="Of them, how many without kernel namespaces around.")
    looks_waiting: int = strawberry.field(description="How many versions the machine owes a verdict.")
    looks_late: int = strawberry.field(description="Of them, how many for longer than the promised minutes.")

    @classmethod
    def of(cls, found: Figures) -> Self:
        return cls(**vars(found))


@strawberry.type(name="GateRule", description="A rule by which a version may be refused.")
class GateRuleNode:
    id: str
    title: str
    fix: str
    source: str
    is_for_people: bool


def all_rules() -> list[GateRuleNode]:
    """Return the rules of the gate and those for people, by id."""
    machine = [
        GateRuleNode(id=each.id, title=each.title, fix=each.fix, source=each.source, is_for_people=False)
        for each in gate.RULES.values()
    ]
    people = [
        GateRuleNode(id=id, title=title, fix="", source="浙里办 listing rules", is_for_people=True)
        for id, title in rules.BY_PEOPLE.items()
    ]
    return sorted((*machine, *people), key=lambda each: each.id)
