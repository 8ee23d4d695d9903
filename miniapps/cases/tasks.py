"""What workers do when something happened to a case, or its time has come."""

from datetime import datetime
from typing import Any

from miniapps.calendar.events import CalendarNoticed
from miniapps.cases import service
from miniapps.cases.events import (
    CaseAccepted,
    CaseCompleted,
    CaseDecided,
    CaseDeclined,
    CaseDelivered,
    CaseExtended,
    CaseForwarded,
    CaseOverdue,
    CasePaused,
    CaseResumed,
    CaseSubmitted,
    CaseVoided,
    CaseWithdrawn,
    ClockRanOut,
    CorrectionAnswered,
    CorrectionAsked,
    PaperFallsDue,
)
from miniapps.cases.rules import Clock, Verb
from storage.queue import Task, on


@on(CaseSubmitted)
async def tell_submitted(event: CaseSubmitted, *, now: datetime) -> None:
    """Tell the applicant that the application was received."""
    await service.inform(event.case_id, Verb.SUBMIT, at=event.at, now=now)


@on(CorrectionAsked)
async def tell_correction_asked(event: CorrectionAsked, *, now: datetime) -> None:
    """Tell the applicant everything that is missing."""
    await service.inform(event.case_id, Verb.ASK_CORRECTION, at=event.at, now=now)


@on(CorrectionAnswered)
async def tell_correction_answered(event: CorrectionAnswered, *, now: datetime) -> None:
    """Tell the applicant that the missing papers have come."""
    await service.inform(event.case_id, Verb.ANSWER_CORRECTION, at=event.at, now=now)


@on(CaseDeclined)
async def tell_declined(event: CaseDeclined, *, now: datetime) -> None:
    """Tell the applicant why it was not accepted, and who is right."""
    await service.inform(event.case_id, Verb.DECLINE, at=event.at, now=now)


@on(CaseAccepted)
async def tell_accepted(event: CaseAccepted, *, now: datetime) -> None:
    """Tell the applicant that the clocks run."""
    await service.inform(event.case_id, Verb.ACCEPT, at=event.at, now=now)


@on(CasePaused)
async def tell_paused(event: CasePaused, *, now: datetime) -> None:
    """Tell the applicant, in writing, for what the clocks stand still."""
    await service.inform(event.case_id, Verb.PAUSE, at=event.at, now=now)


@on(CaseResumed)
async def tell_resumed(event: CaseResumed, *, now: datetime) -> None:
    """Tell the applicant that the clocks go on."""
    await service.inform(event.case_id, Verb.RESUME, at=event.at, now=now)


@on(CaseExtended)
async def tell_extended(event: CaseExtended, *, now: datetime) -> None:
    """Tell the applicant why it takes longer."""
    await service.inform(event.case_id, Verb.EXTEND, at=event.at, now=now)


@on(CaseDecided)
async def tell_decided(event: CaseDecided, *, now: datetime) -> None:
    """Tell the applicant the decision, and where to turn against a refusal."""
    await service.inform(event.case_id, Verb.DECIDE, at=event.at, now=now)


@on(CaseCompleted)
async def tell_completed(event: CaseCompleted, *, now: datetime) -> None:
    """Tell the applicant that the case is closed."""
    await service.inform(event.case_id, Verb.COMPLETE, at=event.at, now=now)


@on(CaseDelivered)
async def tell_delivered(event: CaseDelivered, *, now: datetime) -> None:
    """Tell the applicant that the result has come."""
    await service.inform(event.case_id, Verb.DELIVER, at=event.at, now=now)


@on(CaseWithdrawn)
async def tell_withdrawn(event: CaseWithdrawn, *, now: datetime) -> None:
    """Confirm that the application was taken back."""
    await service.inform(event.case_id, Verb.WITHDRAW, at=event.at, now=now)


@on(CaseVoided)
async def tell_voided(event: CaseVoided, *, now: datetime) -> None:
    """Tell the applicant why the case was closed as void."""
    await service.inform(event.case_id, Verb.VOID, at=event.at, now=now)


@on(CaseForwarded)
async def tell_forwarded(event: CaseForwarded, *, now: datetime) -> None:
    """Tell the applicant which organ has the case now."""
    await service.inform(event.case_id, Verb.FORWARD, at=event.at, now=now)


@on(CaseOverdue)
async def warn_overdue(event: CaseOverdue, *, now: datetime) -> None:
    """Warn the department and tell the applicant."""
    await service.inform_overdue(event.case_id, Clock(event.clock), now=now)


@on(ClockRanOut)
async def hear_clock(event: ClockRanOut, *, now: datetime) -> None:
    """Accept by silence or flag overdue, if it is so."""
    await service.ring(event.case_id, Clock(event.clock), now=now)


@on(PaperFallsDue)
async def remind_of_paper(event: PaperFallsDue, *, now: datetime) -> None:
    """Remind of a paper that was to follow."""
    await service.inform_paper_due(event.case_id, event.material_id, now=now)


@on(CalendarNoticed)
async def recount_clocks(event: CalendarNoticed, *, now: datetime) -> None:
    """Count open clocks anew after a calendar notice."""
    await service.recount(event.year, now=now)


TASKS: list[Task[Any]] = [
    tell_submitted,
    tell_correction_asked,
    tell_correction_answered,
    tell_declined,
    tell_accepted,
    tell_paused,
    tell_resumed,
    tell_extended,
    tell_decided,
    tell_completed,
    tell_delivered,
    tell_withdrawn,
    tell_voided,
    tell_forwarded,
    warn_overdue,
    hear_clock,
    remind_of_paper,
    recount_clocks,
]
