"""Counting in this process: cheap enough for every call, stored by `flushing`."""

from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from miniapps.insight.rules.counting import CLASSES, COLUMNS, What, class_of, minute_of
from miniapps.insight.rules.lines import Line
from storage.trails import KEPT

MOST = 20_000  # versions at once; there are some hundreds

_NOTHING = [0] * (len(COLUMNS) + CLASSES)

Key = tuple[str, str]  # app id, version


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
        self.lines: dict[str, deque[Line]] = defaultdict(lambda: deque(maxlen=KEPT))  # by app id

    def take(self) -> list[Tally]:
        """Return what was counted, and begin anew."""
        rows, self.rows = self.rows, {}
        width = len(COLUMNS)
        return [Tally(*key, row[:width], row[width:]) for key, row in rows.items()]

    def take_lines(self) -> dict[str, list[Line]]:
        """Return the lines about calls, and begin anew."""
        lines = {app_id: list(each) for app_id, each in self.lines.items()}
        self.lines.clear()
        return lines

    def put_back(self, tallies: list[Tally]) -> None:
        """Add what could not be stored."""
        for app_id, version, counts, classes in tallies:
            row = self.rows.setdefault((app_id, version), _NOTHING.copy())
            self.rows[app_id, version] = [a + b for a, b in zip(row, counts + classes, strict=True)]


_buffer: Buffer | None = None


def note(app_id: str, version: str, what: What, *, n: int = 1, ms: float | None = None) -> None:
    """Count `n` times `what` for a version of a mini-app; of a call, also that it took `ms` milliseconds.

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


def note_call(app_id: str, line: Line) -> None:
    """Keep a line about a call of a mini-app that is registered, for its team; the counts are `note`'s."""
    if _buffer is not None:
        _buffer.lines[app_id].append(line)


_erred: set[tuple[UUID, str, What]] = set()  # sessions and mini-apps that erred in `_minute`, and how
_minute: datetime | None = None


def note_error(app_id: str, version: str, what: What, session_id: UUID, *, now: datetime) -> None:
    """Count that a page or a call erred: of one session once a minute, so nobody alone can halt a release."""
    global _minute
    minute = minute_of(now)
    if minute != _minute or len(_erred) >= MOST:
        _minute = minute
        _erred.clear()
    if (session_id, app_id, what) not in _erred:
        _erred.add((session_id, app_id, what))
        note(app_id, version, what)


@contextmanager
def counting_into(buffer: Buffer) -> Iterator[Buffer]:
    """Count into `buffer` while inside."""
    global _buffer
    before, _buffer = _buffer, buffer
    try:
        yield buffer
    finally:
        _buffer = before
