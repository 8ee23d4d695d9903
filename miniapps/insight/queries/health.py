"""All mini-apps on one screen, for operators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from identity.actor import Actor, check_operator
from miniapps.insight.queries.figures import Point
from miniapps.insight.queries.sums import SUMS, Totals
from miniapps.insight.rules.limits import WINDOW
from storage.db import fetch

MOST = 500
LATELY = (
    f"SELECT app_id, {SUMS} FROM app_usage WHERE span = 'minute' AND at >= $1 GROUP BY app_id"  # noqa: S608
    " ORDER BY sum(call_errors) + sum(page_errors) + sum(complaints) DESC, sum(opens) DESC LIMIT $2"
)
PROBLEMS = (
    "SELECT app_id, array_agg(DISTINCT key ORDER BY key) AS keys FROM app_problem"
    " WHERE last_seen_at >= $1 GROUP BY app_id"
)
HOURLY = (
    f"SELECT date_trunc('hour', at) AS began_at, {SUMS} FROM app_usage"  # noqa: S608
    " WHERE span = ANY('{minute,hour}') AND at >= $1 AND at < $2 GROUP BY 1 ORDER BY 1 LIMIT 500"
)


@dataclass(frozen=True)
class AppHealth:
    """How one mini-app did in the last ten minutes."""

    app_id: str
    totals: Totals
    problems: Sequence[str]  # of `rules.limits.KEYS`, as far as they last


async def health(actor: Actor, *, now: datetime) -> list[AppHealth]:
    """Return the mini-apps that were used in the last ten minutes, those that erred most first.

    Raises: ScopeMissing for whoever is no operator.
    """
    check_operator(actor)
    rows = await fetch(LATELY, now - WINDOW, MOST)
    noticed = {row["app_id"]: row["keys"] for row in await fetch(PROBLEMS, now - WINDOW)}
    return [AppHealth(row["app_id"], Totals.of(row), noticed.get(row["app_id"], ())) for row in rows]


async def course(actor: Actor, *, since: datetime, until: datetime) -> list[Point]:
    """Return what happened to all mini-apps together, hour by hour, oldest first; quiet hours are left out.

    Raises: ScopeMissing as `health` does.
    """
    check_operator(actor)
    return [Point(row["began_at"], Totals.of(row)) for row in await fetch(HOURLY, since, until)]
