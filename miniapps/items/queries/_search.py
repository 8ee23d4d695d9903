"""Finding items by what was typed, by region and by life event."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from banshi.errors import InvalidInput
from miniapps.items.queries._offers import OFFERS, Offer, around
from miniapps.items.rules import Query, either, query
from storage.db import fetch
from storage.paging import LARGEST, Page

DEEPEST = 1000  # how far into a search one may page


async def search(
    text: str | None = None,
    region: str | None = None,
    life_event: str | None = None,
    *,
    first: int = 20,
    after: str | None = None,
    also: Sequence[str] = (),
) -> Page[Offer]:
    """Return items that are offered, best first: names before bodies, shorter names before longer.

    Shape: `text` is what was typed (Chinese, pinyin or its initials, a code); `region` a code of 6 or 9
        digits; `life_event` a word such as "birth"; `after` the `place` of an offer of the same search;
        `also` other ways to say `text`, whose finds count as its own.
    When no item holds every word, those are returned whose names hold any two characters of them.
    Raises: InvalidInput.
    """
    asked = _either(text, also) if text else None
    if text and asked is None:
        return Page(rows=[], more=False)
    loose, offset = _place(after)
    regions = None if region is None else around(region)
    filters = _Filters(regions, life_event, max(1, min(first, LARGEST)), offset)
    if asked is None:
        return await _list(filters)
    page = await _matching(asked, filters, loose=loose)
    if not page.rows and after is None:
        page = await _matching(asked, filters, loose=True)
    return page


def _either(text: str, also: Sequence[str]) -> Query | None:
    """Return the query for any of these texts; None when none holds a letter, digit or Chinese character."""
    asked = [found for each in (text, *also) if (found := query(each)) is not None]
    return either(asked) if len(asked) > 1 else next(iter(asked), None)


_FILTER = (
    "($1::varchar[] IS NULL OR i.regions && $1::varchar[])"
    " AND ($2::varchar IS NULL OR i.life_events @> ARRAY[$2::varchar])"
)
_LISTED = f"{OFFERS} WHERE {_FILTER} ORDER BY i.code LIMIT $3 OFFSET $4"
_MATCHING = (
    f"{OFFERS} WHERE {_FILTER} AND i.document @@ $5::tsquery"
    " ORDER BY (i.document @@ $6::tsquery) DESC,"
    " ts_rank('{0.05, 0.2, 0.6, 1.0}', i.document, $5::tsquery) DESC,"
    " length(i.name), i.code LIMIT $3 OFFSET $4"
)


@dataclass(frozen=True)
class _Filters:
    regions: list[str] | None
    life_event: str | None
    first: int
    offset: int

    @property
    def arguments(self) -> tuple[Any, ...]:
        return self.regions, self.life_event, self.first + 1, self.offset


async def _list(filters: _Filters) -> Page[Offer]:
    return _page(await fetch(_LISTED, *filters.arguments), filters, "s")


async def _matching(asked: Query, filters: _Filters, *, loose: bool) -> Page[Offer]:
    wanted = asked.loose if loose else asked.strict
    rows = await fetch(_MATCHING, *filters.arguments, wanted, asked.name)
    return _page(rows, filters, "l" if loose else "s")


def _page(rows: list[dict[str, Any]], filters: _Filters, mode: str) -> Page[Offer]:
    end = filters.offset + filters.first
    offers = [
        Offer.of(row, place=f"{mode}{filters.offset + count}")
        for count, row in enumerate(rows[: filters.first], start=1)
    ]
    return Page(rows=offers, more=len(rows) > filters.first and end < DEEPEST)


def _place(after: str | None) -> tuple[bool, int]:
    if after is None:
        return False, 0
    mode, digits = after[:1], after[1:]
    if mode not in ("s", "l") or not digits.isdecimal() or int(digits) > DEEPEST:
        raise InvalidInput(field="after", problem="take it from a page of the same search")
    return mode == "l", int(digits)
