"""What the verdict is computed from: frozen rows of evidence, nothing looked up later."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from miniapps.items.rules import Delivery
from miniapps.trips.rules._words import (
    Bearing,
    Cause,
    EvidenceKind,
    PlaceKind,
    Promise,
    Rule,
    Verdict,
)


@dataclass(frozen=True, kw_only=True)
class MaterialFact:
    """How one material of the case was given."""

    id: UUID  # of the case's material row
    electronic: bool  # a record, a file or a promise; nothing of paper changed hands
    first_use: bool  # a file the citizen uploaded, not used in an earlier case
    handed_at: datetime | None  # None: still to come


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """One closed case, as its own rows tell it."""

    case_id: UUID
    received_at: datetime | None
    at_counter: bool  # a window received it
    delivery: Delivery
    tracked: bool  # the parcel has a number
    delivered_at: datetime | None
    declared_trips: int  # what the item promises (到办事现场次数)
    materials: tuple[MaterialFact, ...]


@dataclass(frozen=True, kw_only=True)
class VisitFact:
    """One recorded visit."""

    id: UUID
    cause: Cause
    visited_at: datetime
    door: str  # `COUNTER`, or something that is the same for the same other place


@dataclass(frozen=True, kw_only=True)
class AnswerFact:
    """What the citizen last said to a verdict."""

    id: UUID
    agrees: bool


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where somebody went: `id` of the hall or department where it has one, and its name or address."""

    kind: PlaceKind
    words: str
    id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What shows a visit: `reference` is unique for the day (e.g. hall and ticket number)."""

    kind: EvidenceKind
    reference: str = ""
    sha256: str | None = None  # of the photo or record, hexadecimal


@dataclass(frozen=True, order=True)
class Finding:
    """One reason of a verdict: which rule, what it says, and the row it says it about."""

    rule: Rule
    bearing: Bearing
    row_kind: str  # the table: visit, case_file, case_material, trip_answer
    row_id: UUID


@dataclass(frozen=True)
class Judgement:
    """A verdict with everything it rests on."""

    verdict: Verdict
    trips: int  # as many as are shown
    promise: Promise
    findings: tuple[Finding, ...]
