"""Trips on the wire: visits, verdicts with their reasons, and the citizen's answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.graphql.access import needs
from api.graphql.loaders import Loader
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.plan.roots import Argument
from api.graphql.plan.sources import Mapped, linked, rows
from api.graphql.planned import own_one, own_page, own_parent, worded
from banshi.scopes import Scope
from miniapps.cases import queries as cases
from miniapps.trips import queries, rules, service
from miniapps.trips.queries import SeenVisit
from miniapps.trips.rules import Bearing, Cause, EvidenceKind, PlaceKind, Promise, Rule, Source, Verdict

REASONS = Loader(queries.reasons_by_verdict)

strawberry.enum(Cause, name="VisitCause")
strawberry.enum(PlaceKind, name="VisitPlaceKind")
strawberry.enum(Source, name="VisitSource")
strawberry.enum(EvidenceKind, name="VisitEvidenceKind")
strawberry.enum(Verdict, name="TripCount")
strawberry.enum(Promise, name="TripPromise")
strawberry.enum(Bearing, name="ReasonBearing")
strawberry.enum(Rule, name="ReasonRule")


@strawberry.type(name="Visit", description="One time that somebody went somewhere for a case (跑动).")
class VisitNode:
    id: UUID
    cause: Cause
    place_kind: PlaceKind
    place: str = strawberry.field(description="Its name or address.")
    source: Source = strawberry.field(description="Who says that it took place.")
    evidence_kind: EvidenceKind
    evidence_reference: str
    visited_at: datetime
    recorded_at: datetime

    @classmethod
    def of(cls, seen: SeenVisit) -> Self:
        """Wrap a visit with its place opened."""
        row = seen.row
        return cls(
            id=row.id,
            cause=Cause(row.cause),
            place_kind=PlaceKind(row.place_kind),
            place=seen.place,
            source=Source(row.source),
            evidence_kind=EvidenceKind(row.evidence_kind),
            evidence_reference=row.evidence_reference,
            visited_at=row.visited_at,
            recorded_at=row.recorded_at,
        )


def _text(root: "VerdictReasonNode") -> str:
    return rules.EXPLANATIONS[Rule(root.rule), Bearing(root.bearing)]


@strawberry.type(name="VerdictReason", description="One finding, and the row it says it about.")
@rows("trip_verdict_reason")
class VerdictReasonNode(Mapped):
    rule: Rule
    bearing: Bearing
    text: str = strawberry.field(
        resolver=_text,
        description="In words for the citizen.",
        metadata=worded(rules.EXPLANATIONS, "{t}.rule", "{t}.bearing"),
    )
    row_kind: str = strawberry.field(description="The kind of row, e.g. `visit`.")
    row_id: UUID


@strawberry.type(name="Verdict", description="How often the citizen travelled for a case, as far as proven.")
@rows("trip_verdict")
class VerdictNode(Mapped):
    id: UUID
    verdict: Verdict
    trips: int = strawberry.field(description="As many as are shown.")
    declared_trips: int = strawberry.field(description="As many as the item promised at most.")
    promise: Promise
    version: int
    latest: bool
    judged_at: datetime
    reasons: list[VerdictReasonNode] = linked(
        REASONS,
        by="key",
        wrap=VerdictReasonNode.of,
        on="{r}.party_id = {t}.party_id AND {r}.verdict_id = {t}.id",
        order="{r}.rule, {r}.row_id",
        description="Everything it rests on, down to the rows.",
    )
    party_id: strawberry.Private[UUID]

    @property
    def key(self) -> tuple[UUID, UUID]:
        """What its reasons are found by."""
        return self.party_id, self.id


@strawberry.input(description="A visit to record.")
class VisitInput:
    cause: Cause
    place_kind: PlaceKind
    place: str = strawberry.field(description="Its name or address.")
    place_id: UUID | None = strawberry.field(default=None, description="The hall or department.")
    visited_at: datetime
    source: Source
    evidence_kind: EvidenceKind
    evidence_reference: str = strawberry.field(default="", description="Unique for the day.")
    evidence_sha256: str | None = strawberry.field(default=None, description="64 hexadecimal digits.")


@strawberry.type(name="VerdictAnswer", description="What the citizen said to a verdict.")
class VerdictAnswerNode:
    id: UUID
    verdict_id: UUID
    agrees: bool
    answered_at: datetime


OF_CASE = {"caseId": Argument("uuid", "{t}.case_id = {a}")}
OWN_CASE = own_parent(cases.OF_PARTY, "case_file", "caseId")


async def _verdict_seen(context: Context, arguments: Mapping[str, Any]) -> None:
    await service.verdict_seen(context.actor, arguments["caseId"], context.actor.acting_for, now=context.now)


@strawberry.type
class TripsQuery:
    """What is known of trips."""

    @strawberry.field(
        extensions=[needs(Scope.TRIPS_READ)],
        metadata=own_one(queries.OF_PARTY, OF_CASE, where="{t}.latest", within=OWN_CASE, seen=_verdict_seen),
    )
    async def verdict(self, info: Info, case_id: UUID) -> VerdictNode | None:
        """The latest verdict of a case; null while it is not closed."""
        row = await service.read_verdict(info.context.actor, case_id, now=info.context.now)
        return VerdictNode.of(row) if row else None

    @strawberry.field(
        extensions=[needs(Scope.TRIPS_READ)],
        metadata=own_page(
            queries.OF_PARTY, of="verdicts", arguments=OF_CASE, within=OWN_CASE, seen=_verdict_seen
        ),
    )
    async def verdicts(
        self, info: Info, case_id: UUID, first: int = 20, after: str | None = None
    ) -> Connection[VerdictNode]:
        """Every verdict the case ever had, newest first."""
        page = await service.read_verdicts(
            info.context.actor,
            case_id,
            first=size(first),
            after=after_id(after, of="verdicts"),
            now=info.context.now,
        )
        return connection(page, VerdictNode.of, of="verdicts")

    @strawberry.field(extensions=[needs(Scope.TRIPS_READ)])
    async def visits(
        self, info: Info, case_id: UUID, first: int = 20, after: str | None = None
    ) -> Connection[VisitNode]:
        """The visits of a case, the one recorded last first."""
        page = await service.read_visits(
            info.context.actor,
            case_id,
            first=size(first),
            after=after_id(after, of="visits"),
            now=info.context.now,
        )
        return connection(page, VisitNode.of, of="visits")


@strawberry.type
class TripsMutation:
    """What may be said about trips."""

    @strawberry.mutation(extensions=[needs(Scope.TRIPS_WRITE)])
    async def record_visit(
        self, info: Info, case_id: UUID, visit: VisitInput, idempotency_key: str
    ) -> VisitNode:
        """Record a visit: staff with evidence, a citizen because he had to go."""
        row = await service.record_visit(
            info.context.actor,
            case_id,
            cause=visit.cause,
            place=rules.Place(kind=visit.place_kind, words=visit.place, id=visit.place_id),
            visited_at=visit.visited_at,
            source=visit.source,
            evidence=rules.Evidence(
                kind=visit.evidence_kind, reference=visit.evidence_reference, sha256=visit.evidence_sha256
            ),
            key=idempotency_key,
            now=info.context.now,
        )
        return VisitNode.of(await queries.seen(row))

    @strawberry.mutation(extensions=[needs(Scope.TRIPS_WRITE)])
    async def confirm_verdict(
        self, info: Info, case_id: UUID, agrees: bool, idempotency_key: str, remark: str = ""
    ) -> VerdictAnswerNode:
        """Say whether the latest verdict counts one's trips rightly; the case is then judged anew."""
        answer = await service.confirm(
            info.context.actor, case_id, agrees, remark, key=idempotency_key, now=info.context.now
        )
        return VerdictAnswerNode(
            id=answer.id, verdict_id=answer.verdict_id, agrees=answer.agrees, answered_at=answer.answered_at
        )
