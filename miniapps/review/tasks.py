"""What workers do in reviews."""

from datetime import datetime
from typing import Any

from miniapps.catalog.events import AppRefused, AppVersionApproved, AppVersionQueued, AppVersionSubmitted
from miniapps.review import service
from miniapps.review.events import LookLate, LookPutOff, ReviewOverdue
from storage.queue import Task, on

LONG_S = 900  # a look takes three minutes at most, and waits for those before it


@on(AppVersionSubmitted, own_transaction=True, timeout_s=LONG_S, max_attempts=6)
async def look(event: AppVersionSubmitted, *, now: datetime) -> None:
    """Look at what was handed in."""
    await service.look(event.version_id, now=now)


@on(LookPutOff, own_transaction=True, timeout_s=LONG_S, max_attempts=6)
async def look_again(event: LookPutOff, *, now: datetime) -> None:
    """Try again what could not be looked at, or was lost."""
    await service.look(event.version_id, now=now)


@on(LookLate)
async def tell_late(event: LookLate, *, now: datetime) -> None:
    """Tell that the machine is late."""
    await service.tell_late(event.version_id, at=event.at, now=now)


@on(AppVersionQueued)
async def put_before_people(event: AppVersionQueued, *, now: datetime) -> None:
    """Begin a round with people."""
    await service.open_(event.version_id, now=now)


@on(AppVersionApproved)
async def tell_approved(event: AppVersionApproved, *, now: datetime) -> None:
    """Tell the developer."""
    await service.tell_decided(event.version_id, "review.approved", now=now)


@on(AppRefused)
async def tell_refused(event: AppRefused, *, now: datetime) -> None:
    """Tell the developer."""
    await service.tell_decided(event.version_id, "review.refused", now=now)


@on(ReviewOverdue)
async def tell_overdue(event: ReviewOverdue, *, now: datetime) -> None:
    """Warn of a late review."""
    await service.tell_overdue(event.review_id, now=now)


TASKS: list[Task[Any]] = [
    look, look_again, tell_late, put_before_people, tell_approved, tell_refused, tell_overdue
]  # fmt: skip
