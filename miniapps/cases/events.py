"""Facts about cases, in the past tense: ids, times and words of the trade, never personal data."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from storage.outbox import Event


@dataclass(frozen=True, kw_only=True)
class CaseEvent(Event):
    """What every fact about a case says: whose, which, when."""

    case_id: UUID
    at: datetime


class CaseSubmitted(CaseEvent):
    """The application was received (收件); the clock for accepting it runs."""

    type: ClassVar[str] = "case.submitted"


class CorrectionAsked(CaseEvent):
    """The applicant was told everything that is missing (补正告知)."""

    type: ClassVar[str] = "case.correction_asked"


class CorrectionAnswered(CaseEvent):
    """The missing papers were handed in."""

    type: ClassVar[str] = "case.correction_answered"


class CaseDeclined(CaseEvent):
    """The application was not accepted (不受理, 不予受理 or 退件)."""

    type: ClassVar[str] = "case.declined"


class CaseAccepted(CaseEvent):
    """The application was accepted (受理), by a clerk, by rule or by silence; its clocks run."""

    type: ClassVar[str] = "case.accepted"


class CasePaused(CaseEvent):
    """Both clocks stopped for a matter that the law lists."""

    type: ClassVar[str] = "case.paused"


class CaseResumed(CaseEvent):
    """Both clocks run again."""

    type: ClassVar[str] = "case.resumed"


class CaseExtended(CaseEvent):
    """The statutory clock was given more working days (延长审批)."""

    type: ClassVar[str] = "case.extended"


class CaseDecided(CaseEvent):
    """The application was granted or refused."""

    type: ClassVar[str] = "case.decided"


class CaseCompleted(CaseEvent):
    """The matter was closed (办结)."""

    type: ClassVar[str] = "case.completed"


class CaseDelivered(CaseEvent):
    """The result reached the applicant (送达)."""

    type: ClassVar[str] = "case.delivered"


class CaseWithdrawn(CaseEvent):
    """The applicant took the application back (撤回)."""

    type: ClassVar[str] = "case.withdrawn"


class CaseVoided(CaseEvent):
    """The case was closed as void (作废办结)."""

    type: ClassVar[str] = "case.voided"


class CaseForwarded(CaseEvent):
    """The case was reported to another organ and closed here (转报办结)."""

    type: ClassVar[str] = "case.forwarded"


@dataclass(frozen=True, kw_only=True)
class CaseOverdue(CaseEvent):
    """A clock ran out with the work undone.  Told once for each clock of a case."""

    type: ClassVar[str] = "case.overdue"

    clock: str  # a rules.Clock word: "promised", "statutory" or "delivery"


@dataclass(frozen=True, kw_only=True)
class ClockRanOut(CaseEvent):
    """A reminder laid for the moment a clock should end; what it finds then may differ."""

    type: ClassVar[str] = "case.clock_ran_out"

    clock: str


@dataclass(frozen=True, kw_only=True)
class PaperFallsDue(CaseEvent):
    """A reminder laid for the day a paper that follows later (容缺) must be there."""

    type: ClassVar[str] = "case.paper_falls_due"

    material_id: UUID
