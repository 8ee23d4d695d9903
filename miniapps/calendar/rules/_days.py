"""The calendar itself: pure, immutable, cheap to ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from miniapps.calendar.rules._notice import Notice

SATURDAY = 5
ONE_DAY = timedelta(days=1)

FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Month and day of the holidays that need no notice: 全国年节及纪念日放假办法 (2024) Art. 2.

The others follow the moon or the solar terms, so a year without a notice cannot count them.
"""


@dataclass(frozen=True)
class Calendar:
    """The working days of China, as far as notices say them.

    `off` and `worked` hold the days that differ from Monday to Friday; `years` those with a notice.
    A year without one is provisional: Monday to Friday without the fixed-date holidays.
    """

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def is_workday(self, day: date) -> bool:
        """Say whether offices work on `day`: a weekend day moved by a notice (调休) counts as worked."""
        if day in self.worked:
            return True
        if day in self.off or day.weekday() >= SATURDAY:
            return False
        return not (self.is_provisional(day) and (day.month, day.day) in FIXED_HOLIDAYS)

    def is_provisional(self, day: date) -> bool:
        """Say whether the year of `day` has no notice yet, so that what is counted in it may still move."""
        return day.year not in self.years

    def deadline(self, start: date, days: int) -> date:
        """Return the last day of a limit of `days` working days that began on `start`.

        Shape: the day of `start` is not counted; the limit ends with the end of the returned day.
        `days` 0 gives `start` itself.
        Raises: ValueError when `days` is negative.
        Source: 民法典 Art. 201 (the first day is not counted); 行政许可法 Art. 82.
        """
        if days < 0:
            raise ValueError(f"a limit of {days} days is no limit")
        day = start
        for _ in range(days):
            day = self._next_workday(day)
        return day

    def natural_deadline(self, start: date, days: int) -> date:
        """Return the last day of a limit of `days` natural days that began on `start`.

        Shape: the day of `start` is not counted; a limit that would end on a day off ends on the next working
        day.  `days` 0 gives `start` itself.
        Raises: ValueError when `days` is negative.
        Source: 民法典 Art. 201 and 203.
        """
        if days < 0:
            raise ValueError(f"a limit of {days} days is no limit")
        end = start + timedelta(days=days)
        return end if not days or self.is_workday(end) else self._next_workday(end)

    def count(self, after: date, until: date) -> int:
        """Return how many working days lie after `after` (not counted), up to and with `until`.

        Negative when `until` comes first: so many working days a deadline has been missed by.
        """
        if until < after:
            return -self.count(until, after)
        return sum(
            self.is_workday(after + timedelta(days=step)) for step in range(1, (until - after).days + 1)
        )

    def _next_workday(self, day: date) -> date:
        day += ONE_DAY
        while not self.is_workday(day):
            day += ONE_DAY
        return day


def compose(notices: Iterable[Notice]) -> Calendar:
    """Return the calendar that `notices` (one per year) make together.

    A notice may speak of the December before its year, and the later year's notice is right about it.
    """
    works: dict[date, bool] = {}
    years = set()
    for notice in sorted(notices, key=lambda notice: notice.year):
        works |= {day.on: day.works for day in notice.days}
        years.add(notice.year)
    return Calendar(
        off=frozenset(day for day, worked in works.items() if not worked),
        worked=frozenset(day for day, worked in works.items() if worked),
        years=frozenset(years),
    )
