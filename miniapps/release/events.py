"""What has happened to a release."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from storage.outbox import Event


@dataclass(frozen=True, kw_only=True)
class ReleaseMoved(Event):
    """A release took a step, up or down."""

    type: ClassVar[str] = "app.release_moved"
    app_id: str
    version_id: UUID
    kind: str  # of `rules.steps.StepKind`
    stage: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ReleaseHalted(Event):
    """A version passed a limit and was taken back by itself."""

    type: ClassVar[str] = "app.release_halted"
    app_id: str
    version_id: UUID
    app_version: str
    keys: tuple[str, ...]  # of `insight.rules.limits.KEYS`
    at: datetime
