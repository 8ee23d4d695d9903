"""Facts about trips, in the past tense: ids, times and words of the trade, never personal data."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from storage.outbox import Event


@dataclass(frozen=True, kw_only=True)
class TripEvent(Event):
    """What every fact about trips says: whose, of which case, when."""

    case_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class VisitRecorded(TripEvent):
    """Evidence of a visit arrived, perhaps after the case was closed."""

    type: ClassVar[str] = "trip.visit_recorded"
    visit_id: UUID


@dataclass(frozen=True, kw_only=True)
class VerdictReached(TripEvent):
    """A case has a verdict, its first or a new one."""

    type: ClassVar[str] = "trip.judged"
    verdict_id: UUID
    verdict: str  # a rules.Verdict word


class VerdictConfirmed(TripEvent):
    """The citizen says that the verdict counts his trips rightly."""

    type: ClassVar[str] = "trip.confirmed"


class VerdictContradicted(TripEvent):
    """The citizen says that the verdict is wrong."""

    type: ClassVar[str] = "trip.contradicted"
