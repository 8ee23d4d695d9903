"""The time that figures are shown over, in slots: the hours of a day, or the days of Shanghai."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from miniapps.insight.queries import Point, Totals
from miniapps.insight.rules.counting import CLASSES, COLUMNS
from storage.clock import SHANGHAI

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOURS: Final = 24  # slots of one day
NOTHING: Final = Totals([0] * len(COLUMNS), [0] * CLASSES)


class Slot(NamedTuple):
    """An hour or a day, as one calls it, and what happened in it."""

    name: str
    totals: Totals


def begin(now: datetime, days: int) -> datetime:
    """Return when the first slot begins: of one day 24 hours ago, of several at midnight."""
    local = now.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)
    return local - (HOURS - 1) * HOUR if days == 1 else local.replace(hour=0) - (days - 1) * DAY


def slots(found: Sequence[Point], now: datetime, days: int) -> list[Slot]:
    """Return what happened in each slot until `now`, oldest first, also in those in which nothing did."""
    first = begin(now, days)
    step, many = (HOUR, HOURS) if days == 1 else (DAY, days)
    held: dict[int, list[Totals]] = defaultdict(list)
    for point in found:
        held[(point.began_at - first) // step].append(point.totals)
    return [Slot(_name(first + place * step, days), added(held[place])) for place in range(many)]


def added(all_: Sequence[Totals]) -> Totals:
    """Return what happened altogether."""
    return Totals(
        [sum(column) for column in zip(NOTHING.counts, *(each.counts for each in all_), strict=True)],
        [sum(column) for column in zip(NOTHING.classes, *(each.classes for each in all_), strict=True)],
    )


def _name(at: datetime, days: int) -> str:
    return f"{at.hour} 时" if days == 1 else f"{at.month}月{at.day}日"
