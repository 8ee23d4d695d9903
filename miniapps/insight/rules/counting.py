"""What is counted, and how long calls take: a histogram, of which quantiles are read."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple


class What(IntEnum):
    """One thing that happened to a mini-app; the number is its place in a row of counts."""

    OPEN = 0
    CONSENT_ASKED = 1
    CONSENT_GRANTED = 2
    CONSENT_REFUSED = 3
    CALL = 4  # of its back end, through us
    CALL_ERROR = 5  # one that its back end did not answer, or with a fault of its own (5xx)
    PAGE_ERROR = 6  # told by its page
    COMPLAINT = 7
    PAGE_VIEW = 8  # a page was seen, as it tells
    PAGE_EVENT = 9  # something else happened on it that its makers count


COLUMNS = (
    "opens", "consents_asked", "consents_granted", "consents_refused", "calls", "call_errors", "page_errors",
    "complaints", "page_views", "page_events",
)  # fmt: skip
"""The column of each `What`, by its number."""


class People(NamedTuple):
    """How many different people did something over some time; each counts once, however often he does."""

    seen: int = 0  # did anything at all
    called: int = 0
    call_failed: int = 0  # met a call that failed
    page_failed: int = 0
    complained: int = 0


BOUNDS_MS = (
    5, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 300, 400, 600, 800,
    1_000, 1_500, 2_000, 3_000, 5_000, 10_000,
)  # fmt: skip
"""Upper ends of the classes of a histogram, in milliseconds; one more class is open above."""

CLASSES = len(BOUNDS_MS) + 1


class Span(StrEnum):
    """How long a row counts for."""

    MINUTE = "minute"
    HOUR = "hour"  # what minutes become after a while


KEPT_MINUTES, KEPT_HOURS = timedelta(days=2), timedelta(days=400)


def class_of(ms: float) -> int:
    """Return the class of a histogram in which a call of so many milliseconds counts, from 0."""
    return bisect_left(BOUNDS_MS, ms)


def quantile_ms(classes: Sequence[int], share: float) -> float | None:
    """Return how long calls took at most that were among the fastest `share` (0–1), in milliseconds.

    Within a class they are taken to lie evenly; what took longer than the last bound counts as that.
    None: no call was timed.
    """
    rank = share * sum(classes)
    if not rank:
        return None
    low, before = 0.0, 0
    for high, count in zip(BOUNDS_MS, classes, strict=False):
        if before + count >= rank:
            return low + (high - low) * (rank - before) / count
        low, before = float(high), before + count
    return float(BOUNDS_MS[-1])


def share(part: int, whole: int) -> float | None:
    """Return `part` of `whole` as a ratio; None: of nothing there is no share."""
    return part / whole if whole else None


def minute_of(at: datetime) -> datetime:
    """Return the minute in which `at` lies."""
    return at.replace(second=0, microsecond=0)
