"""Trips on the wire: visits, verdicts with their reasons, and the citizen's answer."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.loaders import Loader
from api.graphql.pages import Connection, after_id, connection, size
from banshi.scopes import Scope
from miniapps.trips import queries, rules, service
from miniapps.trips.queries import SeenVisit
from miniapps.trips.rules import Bearing, Cause, EvidenceKind, PlaceKind, Promise, Rule, Source, Verdict
from miniapps.trips.tables import TripVerdict, VerdictReason

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


@strawberry.type(name="VerdictReason", description="One finding, and the row it says it about.")
class VerdictReasonNode:
    rule: Rule
    bearing: Bearing
    text: str = strawberry.field(description="In words for the citizen.")
    row_kind: str = strawberry.field(description="The kind of row, e.g. `visit`.")
    row_id: UUID

    @classmethod
    def of(cls, row: VerdictReason) -> Self:
        """Wrap a row."""
        rule, bearing = Rule(row.rule), Bearing(row.bearing)
        text = rules.EXPLANATIONS[rule, bearing]
        return cls(rule=rule, bearing=bearing, text=text, row_kind=row.row_kind, row_id=row.row_id)


@strawberry.type(name="Verdict", description="How often the citizen travelled for a case, as far as proven.")
class VerdictNode:
    id: UUID
    verdict: Verdict
    trips: int = strawberry.field(description="As many as are shown.")
    declared_trips: int = strawberry.field(description="As many as the item promised at most.")
    promise: Promise
    version: int
    latest: bool
    judged_at: datetime
    row: strawberry.Private[TripVerdict]

    @classmethod
    def of(cls, row: TripVerdict) -> Self:
        """Wrap a row."""
        return cls(
            id=row.id,
            verdict=Verdict(row.verdict),
            trips=row.trips,
            declared_trips=row.declared_trips,
            promise=Promise(row.promise),
            version=row.version,
            latest=row.latest,
            judged_at=row.judged_at,
            row=row,
        )

    @strawberry.field(description="Everything it rests on, down to the rows.")
    async def reasons(self, info: Info) -> list[VerdictReasonNode]:
        """Read the reasons of this version, together with those of the others on the page."""
        rows = await REASONS.load(info, (self.row.party_id, self.row.id))
        return [VerdictReasonNode.of(row) for row in rows or []]


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


@strawberry.type
class TripsQuery:
    """What is known of trips."""

    @strawberry.field(extensions=[needs(Scope.TRIPS_READ)])
    async def verdict(self, info: Info, case_id: UUID) -> VerdictNode | None:
        """The latest verdict of a case; null while it is not closed."""
        row = await service.read_verdict(info.context.actor, case_id, now=info.context.now)
        return VerdictNode.of(row) if row else None

    @strawberry.field(extensions=[needs(Scope.TRIPS_READ)])
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
