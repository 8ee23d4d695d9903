"""Counting in this process: cheap enough for every call, stored by `flushing`."""

from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from miniapps.insight.rules.counting import CLASSES, COLUMNS, What, class_of
from miniapps.insight.rules.lines import Line
from storage.trails import KEPT

MOST = 20_000  # versions at once; there are some hundreds
MOST_PEOPLE = 20_000  # in a minute, of all versions; who comes later stands for nobody

_NOTHING = [0] * (len(COLUMNS) + CLASSES)

Key = tuple[str, str]  # app id, version
Who = tuple[str, str, int]  # somebody as a user of a version: app id, version, number of the person's id


class Tally(NamedTuple):
    """What happened to one version."""

    app_id: str
    version: str
    counts: list[int]  # by `What`
    classes: list[int]  # of the histogram


class Buffer:
    """What this process counted and has not stored yet."""

    def __init__(self) -> None:
        self.rows: dict[Key, list[int]] = {}
        self.people: dict[Who, int] = {}  # what each did in this minute: a bit for each `What`
        self.lines: dict[str, deque[Line]] = defaultdict(lambda: deque(maxlen=KEPT))  # by app id
        self._fresh: set[Who] = set()  # whose bits are not stored yet
        self._minute: datetime | None = None

    def saw(self, who: Who, what: What) -> bool:
        """Note that somebody did something; say whether that is news in this minute."""
        had = self.people.get(who, 0)
        now = had | 1 << what
        if now == had or (not had and len(self.people) >= MOST_PEOPLE):
            return False
        self.people[who] = now
        self._fresh.add(who)
        return True

    def take(self) -> list[Tally]:
        """Return what was counted, and begin anew."""
        rows, self.rows = self.rows, {}
        width = len(COLUMNS)
        return [Tally(*key, row[:width], row[width:]) for key, row in rows.items()]

    def take_people(self, minute: datetime) -> dict[Who, int]:
        """Return who did what that is not stored yet; when another minute has begun, all is news again."""
        fresh = {who: self.people[who] for who in self._fresh}
        self._fresh.clear()
        if minute != self._minute:
            self._minute = minute
            self.people.clear()
        return fresh

    def take_lines(self) -> dict[str, list[Line]]:
        """Return the lines about calls, and begin anew."""
        lines = {app_id: list(each) for app_id, each in self.lines.items()}
        self.lines.clear()
        return lines

    def put_back(self, tallies: list[Tally], people: dict[Who, int]) -> None:
        """Add what could not be stored."""
        for app_id, version, counts, classes in tallies:
            row = self.rows.setdefault((app_id, version), _NOTHING.copy())
            self.rows[app_id, version] = [a + b for a, b in zip(row, counts + classes, strict=True)]
        for who, done in people.items():
            self.people[who] = self.people.get(who, 0) | done
        self._fresh.update(people)


_buffer: Buffer | None = None


def note(
    app_id: str, version: str, what: What, *, by: UUID | None = None, n: int = 1, ms: float | None = None
) -> None:
    """Count `n` times `what` for a version of a mini-app; of a call, also that it took `ms` milliseconds.

    `by` is the person who did it, or whom it befell: limits are held against people (`rules.limits`).
    It only counts in memory, and counts nothing in a process that does not store (`counting`).
    `version` is as in the manifest; "": not known.
    """
    if _buffer is None:
        return
    rows = _buffer.rows
    row = rows.get((app_id, version))
    if row is None:
        if len(rows) >= MOST:
            return
        row = rows[app_id, version] = _NOTHING.copy()
    row[what] += n
    if ms is not None:
        row[len(COLUMNS) + class_of(ms)] += n
    if by is not None:
        who = (app_id, version, by.int)  # whose hash, unlike that of `by`, costs nothing
        if not _buffer.people.get(who, 0) >> what & 1:
            _buffer.saw(who, what)


def note_once(app_id: str, version: str, what: What, *, by: UUID) -> None:
    """Count what anybody can tell as often as he likes: of one person once a minute."""
    if _buffer is not None and _buffer.saw((app_id, version, by.int), what):
        note(app_id, version, what)


def note_call(app_id: str, line: Line) -> None:
    """Keep a line about a call of a mini-app that is registered, for its team; the counts are `note`'s."""
    if _buffer is not None:
        _buffer.lines[app_id].append(line)


@contextmanager
def counting_into(buffer: Buffer) -> Iterator[Buffer]:
    """Count into `buffer` while inside."""
    global _buffer
    before, _buffer = _buffer, buffer
    try:
        yield buffer
    finally:
        _buffer = before
