"""Facts and tasks of no slice, for the tests of storage."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from storage.outbox import Event

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # twelve o'clock in Hangzhou


@dataclass(frozen=True, kw_only=True)
class BellRung(Event):
    """A fact with a number, so that its effects can be counted and ordered."""

    type: ClassVar[str] = "bell.rung"
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class WindBlew(Event):
    """A fact that nobody answers."""

    type: ClassVar[str] = "wind.blew"


def bell(number: int = 0, party_id: UUID | None = None) -> BellRung:
    return BellRung(party_id=party_id, number=number)
