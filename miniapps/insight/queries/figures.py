"""How one mini-app does, for its team and for operators."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from identity.actor import Actor
from miniapps.insight.queries.owned import check_owned
from miniapps.insight.queries.sums import SUMS, Totals
from storage.db import fetch

LONGEST = timedelta(days=400)
BY_VERSION = (
    f"SELECT version, {SUMS} FROM app_usage"  # noqa: S608
    " WHERE app_id = $1 AND span = ANY('{minute,hour}') AND at >= $2 AND at < $3"
    " GROUP BY version ORDER BY max(at) DESC, version DESC LIMIT 100"
)
BY_TIME = (
    f"SELECT date_trunc($4, at, 'Asia/Shanghai') AS began_at, {SUMS} FROM app_usage"  # noqa: S608
    " WHERE app_id = $1 AND span = ANY('{minute,hour}') AND at >= $2 AND at < $3"
    " GROUP BY 1 ORDER BY 1 LIMIT 500"
)
MINUTES, HOURS = timedelta(hours=8), timedelta(days=20)  # so long a time is told by minutes, or by hours


@dataclass(frozen=True)
class Usage:
    """What happened to one version over the time asked for."""

    app_id: str
    version: str
    totals: Totals


@dataclass(frozen=True)
class Point:
    """What happened to all versions of a mini-app in one minute, hour or day."""

    began_at: datetime
    totals: Totals


async def usage(actor: Actor, app_id: str, *, since: datetime, until: datetime) -> list[Usage]:
    """Return what happened to each version from `since` to before `until`, the one used last first.

    What is older than two days is known by the hour.
    Raises: AppNotFound when it is not the actor's team's, and he is no operator.
    """
    await check_owned(actor, app_id)
    rows = await fetch(BY_VERSION, app_id, _earliest(since, until), until)
    return [Usage(app_id, row["version"], Totals.of(row)) for row in rows]


async def points(actor: Actor, app_id: str, *, since: datetime, until: datetime) -> list[Point]:
    """Return what happened over time, oldest first: by minutes, hours or days, whichever the time allows.

    Raises: AppNotFound as `usage` does.
    """
    await check_owned(actor, app_id)
    since = _earliest(since, until)
    rows = await fetch(BY_TIME, app_id, since, until, _step(since, until))
    return [Point(row["began_at"], Totals.of(row)) for row in rows]


def _step(since: datetime, until: datetime) -> str:
    length = until - since
    if length <= MINUTES:
        return "minute"
    return "hour" if length <= HOURS else "day"


def _earliest(since: datetime, until: datetime) -> datetime:
    return max(since, until - LONGEST)
