"""Rows of counts in SQL, and how they add up."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from miniapps.insight.rules.counting import CLASSES, COLUMNS, Span
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
