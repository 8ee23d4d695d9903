"""What happens on the shelf."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from storage.outbox import Event


@dataclass(frozen=True, kw_only=True)
class ShelfPublished(Event):
    """An edition is what citizens see from now on."""

    type: ClassVar[str] = "shelf.published"
    edition_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CommentDecided(Event):
    """An operator showed or refused the words beside somebody's stars."""

    type: ClassVar[str] = "rating.comment_decided"
    rating_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppComplained(Event):
    """Somebody complained of a mini-app, who had not of this version: its figures hear of it."""

    type: ClassVar[str] = "app.complained"
    complaint_id: UUID
    app_id: str
    app_version: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ComplaintAnswered(Event):
    """A complaint was answered."""

    type: ClassVar[str] = "app.complaint_answered"
    complaint_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppTesterAppointed(Event):
    """A person was made a tester (体验官)."""

    type: ClassVar[str] = "tester.appointed"
    tester_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppTesterAssigned(Event):
    """A tester is to try a mini-app before others get its versions."""

    type: ClassVar[str] = "tester.assigned"
    tester_id: UUID
    app_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class DefectMoved(Event):
    """A defect came into a state, or its mini-app's team replied."""

    type: ClassVar[str] = "defect.moved"
    defect_id: UUID
    note_id: UUID
    at: datetime
