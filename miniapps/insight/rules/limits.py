"""From when on what was counted is a problem, and which problems halt a release."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from miniapps.insight.rules.counting import What, quantile_ms

WINDOW = timedelta(minutes=10)
"""Over how long is looked back."""

TOLD_AGAIN = timedelta(minutes=1)
"""A problem that lasts is told of so often."""

NEW_AGAIN = timedelta(days=1)
"""After so long without it a problem that comes back is a new one."""

KEPT = timedelta(days=90)


class Limit(NamedTuple):
    """How many of what are too many.  Below `least` of the whole nothing is said: few calls prove nothing."""

    key: str
    bad: What
    whole: What
    per_mille: int  # more than so many of a thousand are a problem
    least: int
    halts: bool  # whether a release is halted by it


LIMITS = (
    Limit("call_errors", What.CALL_ERROR, What.CALL, 50, 20, halts=True),
    Limit("page_errors", What.PAGE_ERROR, What.OPEN, 100, 30, halts=True),
    Limit("complaints", What.COMPLAINT, What.OPEN, 20, 100, halts=True),
    Limit("consents_refused", What.CONSENT_REFUSED, What.CONSENT_ASKED, 500, 30, halts=False),
)
SLOW, SLOW_MS, SLOW_LEAST = "slow_calls", 3_000, 50
"""The 95th percentile of the calls' time has a limit, too; it halts nothing."""

HALTING = frozenset(limit.key for limit in LIMITS if limit.halts)
KEYS = (*(limit.key for limit in LIMITS), SLOW)


class Trouble(NamedTuple):
    """One problem as found: `found` bad things out of so many, with the limit.

    Unit: of `slow_calls` it and the limit are milliseconds; else the limit is a number in a thousand.
    """

    key: str
    found: int
    out_of: int
    threshold: int


def troubles(counts: Sequence[int], classes: Sequence[int]) -> list[Trouble]:
    """Return what is wrong with a version, by its counts in the order of `What` and its histogram."""
    found = [
        Trouble(limit.key, counts[limit.bad], counts[limit.whole], limit.per_mille)
        for limit in LIMITS
        if counts[limit.whole] >= limit.least
        and counts[limit.bad] * 1000 > limit.per_mille * counts[limit.whole]
    ]
    timed, slow = sum(classes), quantile_ms(classes, 0.95)
    if slow is not None and timed >= SLOW_LEAST and slow > SLOW_MS:
        found.append(Trouble(SLOW, round(slow), timed, SLOW_MS))
    return found
