"""What trips hear of: a case begins at a window, closes, or gets evidence late."""

from datetime import datetime
from typing import Any

from miniapps.cases.events import CaseCompleted, CaseDelivered, CaseSubmitted
from miniapps.trips import service
from miniapps.trips.events import VerdictConfirmed, VerdictContradicted, VisitRecorded
from storage.queue import Task, on


@on(CaseSubmitted)
async def note_receipt(event: CaseSubmitted, *, now: datetime) -> None:
    """Record the visit behind an application that a window received."""
    await service.record_receipt(event.case_id, now=now)


@on(CaseCompleted)
async def judge_completed(event: CaseCompleted, *, now: datetime) -> None:
    """Judge a case when it closes."""
    await service.judge(event.case_id, now=now)


@on(CaseDelivered)
async def judge_delivered(event: CaseDelivered, *, now: datetime) -> None:
    """Judge it again when its result has arrived."""
    await service.judge(event.case_id, now=now)


@on(VisitRecorded)
async def judge_visited(event: VisitRecorded, *, now: datetime) -> None:
    """Judge again when evidence of a visit arrives late."""
    await service.judge(event.case_id, now=now)


@on(VerdictConfirmed)
async def judge_confirmed(event: VerdictConfirmed, *, now: datetime) -> None:
    """Judge again with the citizen's word for it."""
    await service.judge(event.case_id, now=now)


@on(VerdictContradicted)
async def judge_contradicted(event: VerdictContradicted, *, now: datetime) -> None:
    """Judge again with the citizen's word against it."""
    await service.judge(event.case_id, now=now)


TASKS: list[Task[Any]] = [
    note_receipt,
    judge_completed,
    judge_delivered,
    judge_visited,
    judge_confirmed,
    judge_contradicted,
]
