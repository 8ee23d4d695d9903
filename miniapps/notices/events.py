"""What notices tell the workers."""

from dataclasses import dataclass
from typing import ClassVar

from storage.outbox import Event


@dataclass(frozen=True, kw_only=True)
class NoticesAged(Event):
    """A day has passed: notices past their time are due to go.  Scheduled, one always waiting."""

    type: ClassVar[str] = "notices.aged"
