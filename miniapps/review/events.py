"""What is to happen later in a review."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from storage.outbox import Event


@dataclass(frozen=True, kw_only=True)
class LookPutOff(Event):
    """The machine could not look at a version, or its look was lost: it is to try again."""

    type: ClassVar[str] = "review.look_put_off"
    version_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class LookLate(Event):
    """The machine had promised its verdict on a version by now."""

    type: ClassVar[str] = "review.look_late"
    version_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ReviewOverdue(Event):
    """A person was to have decided by the end of yesterday."""

    type: ClassVar[str] = "review.overdue"
    review_id: UUID
    at: datetime
