"""Counts added up, for whoever has the right to ask already."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from miniapps.insight.rules import limits
from miniapps.insight.rules.counting import CLASSES, COLUMNS, People, What, quantile_ms, share
from miniapps.insight.rules.limits import Trouble
from storage.db import fetch

CLASS_COLUMNS = [f"class_{n}" for n in range(1, CLASSES + 1)]
SUMS = ", ".join(
    [f"coalesce(sum({column}), 0)::bigint AS {column}" for column in COLUMNS]
    + [f"coalesce(sum(latency[{n}]), 0)::bigint AS class_{n}" for n in range(1, CLASSES + 1)]
)
TOTALS = (
    f"SELECT u.app_id, u.version, {SUMS} FROM app_usage u"  # noqa: S608
    " JOIN unnest($1::text[], $2::text[]) AS asked (app_id, version)"
    " ON u.app_id = asked.app_id AND u.version = asked.version"
    " WHERE u.span = 'minute' AND u.at >= $3 GROUP BY 1, 2"
)
PEOPLE = (
    "SELECT v.app_id, v.version, count(*) AS seen,"
    " count(*) FILTER (WHERE v.called_at >= $3) AS called,"
    " count(*) FILTER (WHERE v.call_failed_at >= $3) AS call_failed,"
    " count(*) FILTER (WHERE v.page_failed_at >= $3) AS page_failed,"
    " count(*) FILTER (WHERE v.complained_at >= $3) AS complained FROM app_visitor v"
    " JOIN unnest($1::text[], $2::text[]) AS asked (app_id, version)"
    " ON v.app_id = asked.app_id AND v.version = asked.version"
    " WHERE v.seen_at >= $3 GROUP BY 1, 2"
)

Key = tuple[str, str]  # app id, version


class Totals(NamedTuple):
    """What happened to something over some time."""

    counts: list[int]  # by `What`
    classes: list[int]  # of the histogram

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Totals":
        """Read a row of a SELECT of `SUMS`."""
        return cls([row[column] for column in COLUMNS], [row[column] for column in CLASS_COLUMNS])

    @property
    def error_share(self) -> float | None:
        """The share of calls that failed, 0–1; None: there were no calls."""
        return share(self.counts[What.CALL_ERROR], self.counts[What.CALL])

    @property
    def consent_share(self) -> float | None:
        """The share of consents asked for that were granted, 0–1."""
        return share(self.counts[What.CONSENT_GRANTED], self.counts[What.CONSENT_ASKED])

    def quantile_ms(self, part: float) -> float | None:
        """Return how long calls took, as `rules.counting.quantile_ms`."""
        return quantile_ms(self.classes, part)


async def totals(versions: Sequence[Key], *, since: datetime) -> dict[Key, Totals]:
    """Return what happened to these versions (app id, version) since the minute of `since`; one statement."""
    rows = await fetch(TOTALS, *_named(versions), since)
    return {(row["app_id"], row["version"]): Totals.of(row) for row in rows}


async def people(versions: Sequence[Key], *, since: datetime) -> dict[Key, People]:
    """Return how many people used these versions since then, and for how many it went wrong; one query."""
    rows = await fetch(PEOPLE, *_named(versions), since)
    return {
        (row["app_id"], row["version"]): People(**{name: row[name] for name in People._fields})
        for row in rows
    }


async def troubles(versions: Sequence[Key], *, since: datetime) -> dict[Key, list[Trouble]]:
    """Return what passes a limit of what happened to these versions since then."""
    seen = await people(versions, since=since)
    return {
        key: limits.troubles(found.counts, found.classes, seen.get(key, People()))
        for key, found in (await totals(versions, since=since)).items()
    }


def _named(versions: Sequence[Key]) -> tuple[list[str], list[str]]:
    return [app_id for app_id, _ in versions], [version for _, version in versions]
