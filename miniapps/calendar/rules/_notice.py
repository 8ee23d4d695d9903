"""The text a yearly notice (节假日安排通知) is handed over in, read strictly."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from miniapps.calendar.errors import CalendarFileInvalid, Problem

LONGEST_NAME = 40  # characters, as the table holds them
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
LONGEST = 15  # days in one `off` line; no holiday was ever longer, a mistyped month is
FIRST_YEAR, LAST_YEAR = 1949, 2999
SURE_HOLIDAYS = ((1, 1), (5, 1), (10, 1))  # days off in every notice there has been
SATURDAY = 5

FORM = "write `notice YEAR SOURCE`, `off DAY[..DAY] NAME` or `work DAY NAME`, days as 2026-10-01"


@dataclass(frozen=True)
class Day:
    """One day a notice speaks of: off, or worked although it is a weekend; and the holiday it belongs to."""

    on: date
    works: bool
    name: str


@dataclass(frozen=True)
class Notice:
    """What the State Council set for one year: `source` names the document, `days` are in order."""

    year: int
    source: str
    days: tuple[Day, ...]


@dataclass
class _Draft:
    year: int
    source: str
    line: int
    days: dict[date, Day] = field(default_factory=dict)


class _Wrong(Exception):
    """One line cannot be taken as it stands."""


def parse(text: str) -> tuple[Notice, ...]:
    """Return the notices in `text`, by year.

    Shape: one statement a line; `#` starts a comment line; every `off` and `work` line belongs to
        the `notice` line above it.
    Raises: CalendarFileInvalid naming every wrong line, not only the first.
    """
    drafts: list[_Draft] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        words = line.split(maxsplit=2)
        if not words or words[0].startswith("#"):
            continue
        try:
            _read(words, number, drafts)
        except _Wrong as wrong:
            problems.append(Problem(number, str(wrong)))
    problems += _check_whole(drafts)
    if problems:
        raise CalendarFileInvalid(tuple(sorted(problems, key=lambda problem: problem.line)))
    return tuple(sorted((_finish(draft) for draft in drafts), key=lambda notice: notice.year))


def _read(words: list[str], number: int, drafts: list[_Draft]) -> None:
    if len(words) < 3 or words[0] not in ("notice", "off", "work"):
        raise _Wrong(FORM)
    statement, when, name = words[0], words[1], words[2].strip()
    if CONTROL.search(name):
        raise _Wrong("the name or source holds a control character")
    if statement == "notice":
        drafts.append(_start(when, name, number, drafts))
        return
    if len(name) > LONGEST_NAME:
        raise _Wrong(f"the name has {len(name)} characters; {LONGEST_NAME} are allowed")
    if not drafts:
        raise _Wrong("this day belongs to no year; write a `notice` line first")
    for day in _days(statement, when):
        _add(drafts[-1], Day(on=day, works=statement == "work", name=name))


def _start(when: str, source: str, number: int, drafts: list[_Draft]) -> _Draft:
    year = int(when) if when.isascii() and when.isdecimal() else 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _Wrong(f"{when} is no year; write four digits, e.g. 2027")
    if any(draft.year == year for draft in drafts):
        raise _Wrong(f"{year} has a notice further up; write all its days under one")
    return _Draft(year=year, source=source, line=number)


def _days(statement: str, when: str) -> Iterator[date]:
    first_text, dots, last_text = when.partition("..")
    first = _date(first_text)
    last = _date(last_text) if dots else first
    if dots and statement == "work":
        raise _Wrong("worked weekends are written one a line")
    length = (last - first).days + 1
    if not 1 <= length <= LONGEST:
        raise _Wrong(f"{when} is {length} days long; 1 to {LONGEST} are allowed")
    return (first + timedelta(days=step) for step in range(length))


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _Wrong(f"{text} is no day; write it as 2026-10-01") from None
    if day.isoformat() != text:
        raise _Wrong(f"{text} is no day; write it as {day.isoformat()}")
    return day


def _add(draft: _Draft, day: Day) -> None:
    in_year = day.on.year == draft.year or (day.on.year == draft.year - 1 and day.on.month == 12)
    if not in_year:
        raise _Wrong(f"{day.on} is neither in {draft.year} nor in the December before")
    if day.works and day.on.weekday() < SATURDAY:
        raise _Wrong(f"{day.on} is no Saturday or Sunday, so it is worked anyway")
    if day.on in draft.days:
        raise _Wrong(f"{day.on} is named twice")
    draft.days[day.on] = day


def _check_whole(drafts: list[_Draft]) -> Iterator[Problem]:
    for draft in drafts:
        for month, day in SURE_HOLIDAYS:
            on = date(draft.year, month, day)
            if on not in draft.days or draft.days[on].works:
                yield Problem(draft.line, f"{on} is a holiday by law and the notice does not give it")


def _finish(draft: _Draft) -> Notice:
    return Notice(draft.year, draft.source, tuple(draft.days[on] for on in sorted(draft.days)))
