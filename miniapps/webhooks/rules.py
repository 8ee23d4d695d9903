"""When a delivery is tried again, and when it is given up (Standard Webhooks)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

SCHEDULE: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""The pauses after the first failure, the second, …: 75.6 hours in all."""
FAILING: Final = timedelta(hours=75)
"""An address that took nothing for so long is turned off when a delivery is given up."""
KEPT: Final = timedelta(days=30)
"""Deliveries are deleted after so long, whatever became of them."""
HELD: Final = timedelta(days=7)
"""For an address that is turned off news are kept for so long, and then only what it must hear."""
LARGEST: Final = 64 * 1024  # bytes of a body
LONGEST_URL: Final = 500
AT_ONCE: Final = 8  # deliveries to one address, each of another citizen
TIMEOUT_S: Final = 15.0  # for one of them
QUICK_S: Final = 3.0  # whoever lets us wait for longer is told beside the others
CUT: Final = "cut"  # the problem of a try that we ended before its time: it counts for nothing
GONE: Final = 410  # the client wants to hear nothing any longer
LINES: Final = 40  # tries that are remembered of one delivery
NOBODY: Final = UUID(int=0)  # the line of news about the mini-app itself


ANSWER_WITHIN: Final = timedelta(days=15)
"""In this time a mini-app answers a citizen who uses a right over his data (GB/T 35273 allows thirty)."""
QUESTIONS_KEPT: Final = timedelta(days=1096)
"""Three years, for whoever examines how personal data were dealt with (PIPL Art. 56)."""


class Right(StrEnum):
    """What a citizen wants of those who hold data of him."""

    COPY = "copy"  # to be told what it is (PIPL Art. 45)
    ERASE = "erase"  # that nothing is left (Art. 47)


class Outcome(StrEnum):
    """What a mini-app did about it."""

    DONE = "done"
    NOTHING = "nothing"  # it holds nothing of him


class DeliveryState(StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"  # to be sent, or sent again
    DELIVERED = "delivered"
    DEAD = "dead"  # given up; the team may have it sent again


class Off(StrEnum):
    """Why an address gets nothing any more."""

    FAILING = "failing"  # it took nothing for three days
    GONE = "gone"  # it answered 410


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """One try to deliver: an answer's status, or why there was none."""

    at: datetime
    ms: int
    status: int | None = None
    problem: str = ""  # "refused": the address is none that is called; "silent": nobody answered; or CUT

    @property
    def is_taken(self) -> bool:
        """Say whether the client has it."""
        return self.status is not None and 200 <= self.status < 300


def pause(failures: int) -> timedelta | None:
    """Return how long to wait after so many failures, from 1 on; None: it is given up."""
    return SCHEDULE[failures - 1] if failures <= len(SCHEDULE) else None


def message_id(delivery_id: UUID) -> str:
    """Return the `webhook-id` of a delivery, the same at every try."""
    return f"msg_{delivery_id.hex}"
