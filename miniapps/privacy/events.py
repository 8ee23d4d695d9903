"""Facts about copies and erasures, in the past tense: ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from storage.outbox import Event


@dataclass(frozen=True, kw_only=True)
class ExportEvent(Event):
    """What every fact about a copy says."""

    party_id: UUID
    export_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ExportAsked(ExportEvent):
    """A person asked for a copy of all his data."""

    type: ClassVar[str] = "privacy.export_asked"


@dataclass(frozen=True, kw_only=True)
class ExportReady(ExportEvent):
    """The copy can be fetched."""

    type: ClassVar[str] = "privacy.export_ready"


@dataclass(frozen=True, kw_only=True)
class ExportOver(ExportEvent):
    """The copy's day is over, or its owner is gone: its bytes go."""

    type: ClassVar[str] = "privacy.export_over"
