"""Rows of counts in SQL, and how they add up."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from miniapps.insight.rules.counting import CLASSES, COLUMNS, Span, What
from miniapps.insight.service.noting import Who
from storage.seal import mac
from storage.unnest import Rows


class Stored(NamedTuple):
    """The values of a row of `app_usage`."""

    id: UUID
    app_id: str
    version: str
    at: datetime
    opens: int
    consents_asked: int
    consents_granted: int
    consents_refused: int
    calls: int
    call_errors: int
    page_errors: int
    complaints: int
    page_views: int
    page_events: int
    latency: str  # a literal of int[]


ROWS = Rows(Stored)


_LATENCIES = ", ".join(f"app_usage.latency[{n}] + excluded.latency[{n}]" for n in range(1, CLASSES + 1))
ADD = (
    "ON CONFLICT (app_id, span, at, version) DO UPDATE SET "
    + "".join(f"{column} = app_usage.{column} + excluded.{column}, " for column in COLUMNS)
    + f"latency = ARRAY[{_LATENCIES}]"
)
"""The end of an INSERT of counts: what is there already grows."""

STORE = (
    f"INSERT INTO app_usage (id, app_id, version, span, at, {', '.join(COLUMNS)}, latency)"  # noqa: S608
    f" SELECT id, app_id, version, '{Span.MINUTE.value}', at, {', '.join(COLUMNS)}, latency::int[]"
    f" FROM {ROWS.source('made')} ORDER BY app_id, version"  # in one order, so that two never wait crosswise
    f" {ADD}"
)

SUMS = ", ".join(f"coalesce(sum({column}), 0)::bigint AS {column}" for column in COLUMNS)
CLASS_SUMS = ", ".join(f"coalesce(sum(latency[{n}]), 0)::bigint" for n in range(1, CLASSES + 1))
ROLL_UP = (
    "WITH old AS (DELETE FROM app_usage WHERE span = 'minute' AND at < $1 RETURNING *)"  # noqa: S608
    f" INSERT INTO app_usage (id, app_id, version, span, at, {', '.join(COLUMNS)}, latency)"
    f" SELECT gen_random_uuid(), app_id, version, '{Span.HOUR.value}', date_trunc('hour', at), {SUMS},"
    f" ARRAY[{CLASS_SUMS}] FROM old GROUP BY app_id, version, date_trunc('hour', at) {ADD}"
)
"""Minutes before $1 become hours."""


class Marked(NamedTuple):
    """What somebody did, as it is stored: under a mark of which nobody can tell who he is."""

    id: UUID
    app_id: str
    version: str
    called: bool
    call_failed: bool
    page_failed: bool
    complained: bool


def marked(who: Who, done: int) -> Marked:
    """Return the row of somebody who did `done`, a bit for each `What`."""
    app_id, version, person = who
    text = f"{app_id}\0{version}\0{person:x}".encode()
    return Marked(
        UUID(bytes=mac(text, purpose="visitor")[:16]), app_id, version,
        *(bool(done >> what & 1) for what in (What.CALL, What.CALL_ERROR, What.PAGE_ERROR, What.COMPLAINT)),
    )  # fmt: skip


MARKS = Rows(Marked)
DONE = ("called", "call_failed", "page_failed", "complained")
MARK = (
    "INSERT INTO app_visitor AS had"  # noqa: S608
    f" (id, app_id, version, seen_at, {', '.join(f'{each}_at' for each in DONE)})"
    f" SELECT id, app_id, version, at, {', '.join(f'CASE WHEN {each} THEN at END' for each in DONE)}"
    f" FROM {MARKS.source('made')}, (SELECT ${MARKS.width + 1}::timestamptz AS at) AS now"
    " ORDER BY id"  # in one order, so that two never wait crosswise
    " ON CONFLICT (id) DO UPDATE SET seen_at = greatest(had.seen_at, excluded.seen_at), "
    + ", ".join(f"{each}_at = greatest(had.{each}_at, excluded.{each}_at)" for each in DONE)
)
"""Beside the rows: when it was; of each thing the last time is kept."""
