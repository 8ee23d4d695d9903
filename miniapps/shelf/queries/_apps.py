"""Mini-apps as the shelf shows them, in the order that operators give them.  They are everybody's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self
from uuid import UUID

from banshi.errors import InvalidInput
from miniapps.items.rules import Query
from miniapps.release.rules.needs import Host, host
from miniapps.shelf.queries._editions import Layout
from miniapps.shelf.rules import Reader, average
from storage.db import fetch
from storage.paging import LARGEST, Page

DEEPEST = 1000  # how far into a list one may page

_STARS = "ARRAY[s.ones, s.twos, s.threes, s.fours, s.fives]"
_SHOWN = (
    "SELECT m.id, e.app_id, e.name, e.purpose, e.department, e.min_host_version,"
    " coalesce(p.categories, '{}') AS categories,"
    " coalesce(p.life_events, '{}') AS life_events,"
    f" CASE WHEN s.app_id IS NOT NULL THEN {_STARS} END AS stars"
)
_PUBLISHED = "shelf_placing"
_DRAFTED = (
    "(SELECT * FROM jsonb_to_recordset($4::jsonb) AS x (app_id text, place int, categories varchar[],"
    " life_events varchar[], least_level int, ages varchar[]) WHERE $4::jsonb IS NOT NULL)"
)
_FROM = (
    " FROM shelf_entry AS e JOIN mini_app AS m ON m.app_id = e.app_id AND m.state = 'listed'"
    " LEFT JOIN {placings} AS p ON p.app_id = e.app_id LEFT JOIN app_score AS s ON s.app_id = e.app_id"
)
_SUITS = (
    " WHERE e.regions && $1::varchar[] AND (p.app_id IS NULL OR"
    " p.least_level <= $2::int AND (p.ages = '{}' OR $3::varchar = ANY(p.ages)))"
)
_BY_ID = " AND e.app_id = ANY($5::varchar[])"
_LISTED = (
    " AND ($5::varchar[] IS NULL OR p.categories && $5::varchar[])"
    " AND ($6::varchar IS NULL OR p.life_events @> ARRAY[$6::varchar])"
    " ORDER BY p.place NULLS LAST, e.name, e.app_id LIMIT $7 OFFSET $8"
)
_MATCHING = (
    " AND e.document @@ $5::tsquery ORDER BY (e.document @@ $6::tsquery) DESC,"
    " ts_rank('{0.05, 0.2, 0.6, 1.0}', e.document, $5::tsquery) DESC, p.place NULLS LAST,"
    " length(e.name), e.app_id LIMIT $7 OFFSET $8"
)
_UNUSED = (
    " AND $4::jsonb IS NULL"  # so that a statement over the table has the parameters of one over a draft
)


@dataclass(frozen=True)
class ShownApp:
    """A mini-app on the shelf."""

    id: UUID
    app_id: str
    name: str
    purpose: str
    department: str
    min_host_version: str
    categories: list[str]
    life_events: list[str]
    average: float | None  # of the stars; None while few rated it
    rated: int  # how many did
    place: str = ""  # where it stands in its list: what the next page starts after

    @classmethod
    def of(cls, row: Mapping[str, Any], *, place: str = "") -> Self:
        """Make one of a row."""
        values = dict(row)
        counts = dict(enumerate(values.pop("stars") or (), start=1))
        return cls(**values, average=average(counts), rated=sum(counts.values()), place=place)

    def host_needed(self, asker: Host) -> str | None:
        """Return the version that the host has to be updated to; None: the mini-app opens in it."""
        return None if asker >= _least(self.min_host_version) else self.min_host_version


@lru_cache(1_000)
def _least(version: str) -> Host:
    return host(version)


def statement(layout: Layout, rest: str) -> str:
    """Return SQL for mini-apps over the placings of `layout`; its first parameters are those of `asked`."""
    if layout.placings is None:
        return _SHOWN + _FROM.format(placings=_PUBLISHED) + _SUITS + _UNUSED + rest
    return _SHOWN + _FROM.format(placings=_DRAFTED) + _SUITS + rest


def asked(layout: Layout, reader: Reader) -> tuple[Any, ...]:
    """Return the first parameters of `statement`."""
    return list(reader.around), reader.level, reader.age.value, layout.placings


async def by_ids(layout: Layout, reader: Reader, app_ids: Sequence[str]) -> dict[str, ShownApp]:
    """Return those of the mini-apps that the reader is shown, by id."""
    if not app_ids:
        return {}
    rows = await fetch(statement(layout, _BY_ID), *asked(layout, reader), list(app_ids))
    return {row["app_id"]: ShownApp.of(row) for row in rows}


async def listed(
    layout: Layout,
    reader: Reader,
    *,
    categories: Sequence[str] | None,
    life_event: str | None,
    first: int,
    after: str | None,
) -> Page[ShownApp]:
    """Return mini-apps in their order: those placed by hand, then the others by name.

    Raises: InvalidInput for an `after` of no such list.
    """
    size, offset = max(1, min(first, LARGEST)), offset_of(after, "s")
    named = None if categories is None else list(categories)
    given = (*asked(layout, reader), named, life_event, size + 1, offset)
    return paged(await fetch(statement(layout, _LISTED), *given), "s", size, offset)


async def matching(
    layout: Layout, reader: Reader, wanted: Query, *, loose: bool, first: int, offset: int
) -> Page[ShownApp]:
    """Return mini-apps that a query finds, best first."""
    given = (*asked(layout, reader), wanted.loose if loose else wanted.strict, wanted.name, first + 1, offset)
    rows = await fetch(statement(layout, _MATCHING), *given)
    return paged(rows, "l" if loose else "s", first, offset)


def paged(rows: Sequence[Mapping[str, Any]], mode: str, first: int, offset: int) -> Page[ShownApp]:
    """Return a page of `first` of the rows, which are one more when others follow."""
    apps = [
        ShownApp.of(row, place=f"{mode}{offset + count}") for count, row in enumerate(rows[:first], start=1)
    ]
    return Page(rows=apps, more=len(rows) > first and offset + first < DEEPEST)


def offset_of(after: str | None, modes: str) -> int:
    """Return how many come before a place, which is a letter of `modes` and a number.

    Raises: InvalidInput.
    """
    if after is None:
        return 0
    mode, digits = after[:1], after[1:]
    if not mode or mode not in modes or not digits.isdecimal() or int(digits) > DEEPEST:
        raise InvalidInput(field="after", problem="take it from a page of the same list")
    return int(digits)
