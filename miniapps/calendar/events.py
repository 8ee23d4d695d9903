"""What the calendar tells the rest of the house."""

from dataclasses import dataclass
from typing import ClassVar

from storage.outbox import Event


@dataclass(frozen=True, kw_only=True)
class CalendarNoticed(Event):
    """A notice for `year` was loaded or corrected: whatever is counted in it has to be counted again.

    The notice of a year may also move days in the December before it.
    """

    type: ClassVar[str] = "calendar.noticed"
    year: int
