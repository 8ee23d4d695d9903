"""What follows from releases, ratings, complaints and defects."""

from datetime import datetime
from typing import Any

from miniapps.catalog.events import AppReleased
from miniapps.insight import service as insight
from miniapps.insight.rules.counting import What
from miniapps.shelf import service
from miniapps.shelf.events import (
    AppComplained,
    AppTesterAppointed,
    AppTesterAssigned,
    CommentDecided,
    ComplaintAnswered,
    DefectMoved,
)
from storage.queue import Task, on


@on(AppReleased)
async def index(event: AppReleased, *, now: datetime) -> None:
    """Make what was released findable."""
    await service.index()


@on(AppComplained)
async def count(event: AppComplained, *, now: datetime) -> None:
    """Let the figures of the version hear of a complaint: many of them halt its release."""
    insight.note(event.app_id, event.app_version, What.COMPLAINT, by=event.complaint_id)  # one of each party


@on(AppTesterAppointed)
async def tell_tester(event: AppTesterAppointed, *, now: datetime) -> None:
    """Tell a person that he was made a tester."""
    await service.tell_tester(event)


@on(AppTesterAssigned)
async def tell_what_to_try(event: AppTesterAssigned, *, now: datetime) -> None:
    """Tell a tester which mini-app he is to try."""
    await service.tell_what_to_try(event)


@on(CommentDecided)
async def tell_of_comment(event: CommentDecided, *, now: datetime) -> None:
    """Tell who wrote a comment what became of it."""
    await service.tell_of_comment(event)


@on(ComplaintAnswered)
async def tell_of_answer(event: ComplaintAnswered, *, now: datetime) -> None:
    """Tell who complained that he was answered."""
    await service.tell_of_answer(event)


@on(DefectMoved)
async def tell_of_defect(event: DefectMoved, *, now: datetime) -> None:
    """Tell those concerned of a step of a defect."""
    await service.tell_of_defect(event)


TASKS: list[Task[Any]] = [
    index, count, tell_tester, tell_what_to_try, tell_of_comment, tell_of_answer, tell_of_defect
]  # fmt: skip
