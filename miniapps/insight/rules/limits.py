"""From when on what was counted is a problem, and which problems halt a release."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from miniapps.insight.rules.counting import COLUMNS, People, quantile_ms

WINDOW = timedelta(minutes=10)
"""Over how long is looked back."""

TOLD_AGAIN = timedelta(minutes=1)
"""A problem that lasts is told of so often."""

NEW_AGAIN = timedelta(days=1)
"""After so long without it a problem that comes back is a new one."""

KEPT = timedelta(days=90)


class Limit(NamedTuple):
    """How many of what are too many: both are people (`People`) or both are things (`COLUMNS`)."""

    key: str
    bad: str
    whole: str
    per_mille: int  # more than so many of a thousand are a problem
    least: int  # bad ones; fewer prove nothing
    halts: bool  # whether a release is halted by it


LEAST_PEOPLE = 5
"""So many different people must have met it: nobody alone, nor a few together, can halt a release."""

CALLS = Limit("call_errors", "call_failed", "called", 50, LEAST_PEOPLE, halts=True)
LIMITS = (
    CALLS,
    Limit("page_errors", "page_failed", "seen", 100, LEAST_PEOPLE, halts=True),
    Limit("complaints", "complained", "seen", 20, LEAST_PEOPLE, halts=True),
    Limit("consents_refused", "consents_refused", "consents_asked", 500, 16, halts=False),
)
SLOW, SLOW_MS, SLOW_LEAST = "slow_calls", 3_000, 50
"""The 95th percentile of the calls' time has a limit, too; it halts nothing."""

WEBHOOK_OFF, DATA_UNANSWERED = "webhook_off", "data_unanswered"
"""What other slices notice: `found` deliveries or questions, out of as many; there is no limit."""

HALTING = frozenset(limit.key for limit in LIMITS if limit.halts)
HELD, UNFIT = "calls_held", "answers_unfit"
"""Noticed by the gateway: a back end was left alone; answers are not what the manifest says."""

KEYS = (*(limit.key for limit in LIMITS), SLOW, WEBHOOK_OFF, DATA_UNANSWERED, HELD, UNFIT)


class Trouble(NamedTuple):
    """One problem as found: `found` bad ones out of so many, with the limit.

    Unit: people, or things; the limit is a number in a thousand.  Of `slow_calls` it and the limit are
    milliseconds, out of so many calls.
    """

    key: str
    found: int
    out_of: int
    threshold: int


def troubles(counts: Sequence[int], classes: Sequence[int], people: People) -> list[Trouble]:
    """Return what is wrong with a version, by its counts in the order of `What`, histogram and people."""
    numbers = {**dict(zip(COLUMNS, counts, strict=True)), **people._asdict()}
    found = [
        Trouble(limit.key, numbers[limit.bad], numbers[limit.whole], limit.per_mille)
        for limit in LIMITS
        if numbers[limit.bad] >= limit.least
        and numbers[limit.bad] * 1000 > limit.per_mille * numbers[limit.whole]
    ]
    timed, slow = sum(classes), quantile_ms(classes, 0.95)
    if slow is not None and timed >= SLOW_LEAST and slow > SLOW_MS:
        found.append(Trouble(SLOW, round(slow), timed, SLOW_MS))
    return found
