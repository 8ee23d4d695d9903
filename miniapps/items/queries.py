"""Reads of the catalogue.  What is in force is everybody's; drafts are for definers and operators."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from banshi.errors import InvalidInput
from identity.actor import Actor
from identity.roles import Role
from identity.visibility import Holds, Is, Visibility, where
from miniapps.items.errors import ItemNotFound
from miniapps.items.rules import CompiledItem, Query, query
from miniapps.items.tables import Item, ItemVersion, VersionState
from storage.db import execute, fetch
from storage.paging import LARGEST, Page

VISIBLE: Visibility = (
    (Is(ItemVersion.state, VersionState.PUBLISHED.value),),
    (Holds(Role.ITEM_DEFINER),),
    (Holds(Role.OPERATOR),),
)
"""Everybody sees what is in force; definers and operators also drafts and the past."""

INDEXING = 0x6974656D  # any number; who indexes first does it for all who wait

DEEPEST = 1000  # how far into a search one may page


@dataclass(frozen=True)
class Offer:
    """An item as it is offered now."""

    version_id: UUID
    number: int
    published_at: datetime
    item: CompiledItem
    place: str = ""  # where it stands in the search that found it: what the next page starts after


async def published(code: str) -> ItemVersion:
    """Return the version in force of the item with this 12-digit code.

    Raises: ItemNotFound when there is none, or it is withdrawn.
    """
    current = await Item.select(Item.current_id).where(Item.code == code).first()
    if not current or current["current_id"] is None:
        raise ItemNotFound(code=code)
    return await version(current["current_id"])


async def version(version_id: UUID) -> ItemVersion:
    """Return a version, in force or not: a case keeps the one it was begun under.

    Raises: ItemNotFound.
    """
    row = await ItemVersion.objects().get(ItemVersion.id == version_id)
    if row is None:
        raise ItemNotFound(code=version_id)
    return row


def compiled(row: ItemVersion) -> CompiledItem:
    """Decode what a version compiled to."""
    return msgspec.json.decode(row.compiled, type=CompiledItem)


async def versions(actor: Actor, code: str) -> list[ItemVersion]:
    """Return the versions of an item that the actor may see, newest first."""
    mine = ItemVersion.objects().where(where(VISIBLE, actor), ItemVersion.item.code == code)
    return await mine.order_by(ItemVersion.number, ascending=False).limit(LARGEST)


async def lock_unindexed() -> list[ItemVersion]:
    """Return up to 200 versions in force that are not indexed; who asks next waits for this transaction."""
    await execute("SELECT pg_advisory_xact_lock($1)", INDEXING)
    rows = await fetch(
        "SELECT current_id FROM item WHERE current_id IS NOT NULL AND current_id IS DISTINCT FROM indexed_id"
        " LIMIT 200"
    )
    wanted = [row["current_id"] for row in rows]
    return await ItemVersion.objects().where(ItemVersion.id.is_in(wanted)) if wanted else []


async def offer(code: str) -> Offer:
    """Return the item with this code as it is offered now.

    Raises: ItemNotFound.
    """
    rows = await fetch(f"{_OFFERS} WHERE i.code = $1", code)
    if not rows:
        raise ItemNotFound(code=code)
    return _offer(rows[0])


async def search(
    text: str | None = None,
    region: str | None = None,
    life_event: str | None = None,
    *,
    first: int = 20,
    after: str | None = None,
) -> Page[Offer]:
    """Return items that are offered, best first: names before bodies, shorter names before longer.

    Shape: `text` is what was typed (Chinese, pinyin or its initials, a code); `region` a code of 6 or 9
        digits; `life_event` a word such as "birth"; `after` the `place` of an offer of the same search.
    When no item holds every word, those are returned whose names hold any two characters of them.
    Raises: InvalidInput.
    """
    asked = query(text) if text else None
    if text and asked is None:
        return Page(rows=[], more=False)
    loose, offset = _place(after)
    filters = _Filters(_around(region), life_event, max(1, min(first, LARGEST)), offset)
    if asked is None:
        return await _list(filters)
    page = await _matching(asked, filters, loose=loose)
    if not page.rows and after is None:
        page = await _matching(asked, filters, loose=True)
    return page


_OFFERS = (
    "SELECT v.id, v.number, v.published_at, v.compiled"
    " FROM item AS i JOIN item_version AS v ON v.id = i.current_id"
)
_FILTER = (
    "($1::varchar[] IS NULL OR i.regions && $1::varchar[])"
    " AND ($2::varchar IS NULL OR i.life_events @> ARRAY[$2::varchar])"
)
_LISTED = f"{_OFFERS} WHERE {_FILTER} ORDER BY i.code LIMIT $3 OFFSET $4"
_MATCHING = (
    f"{_OFFERS} WHERE {_FILTER} AND i.document @@ $5::tsquery"
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
        _offer(row, place=f"{mode}{filters.offset + count}")
        for count, row in enumerate(rows[: filters.first], start=1)
    ]
    return Page(rows=offers, more=len(rows) > filters.first and end < DEEPEST)


def _offer(row: dict[str, Any], place: str = "") -> Offer:
    item = msgspec.json.decode(row["compiled"], type=CompiledItem)
    return Offer(row["id"], row["number"], row["published_at"], item, place)


def _place(after: str | None) -> tuple[bool, int]:
    if after is None:
        return False, 0
    mode, digits = after[:1], after[1:]
    if mode not in ("s", "l") or not digits.isdecimal() or int(digits) > DEEPEST:
        raise InvalidInput(field="after", problem="take it from a page of the same search")
    return mode == "l", int(digits)


def _around(region: str | None) -> list[str] | None:
    """Return the region with the city and province around it: an item offered there serves it too."""
    if region is None:
        return None
    if not (region.isdecimal() and len(region) in (6, 9)):
        raise InvalidInput(field="region", problem="give a division code of 6 digits, such as 330106")
    county = region[:6]
    return list(dict.fromkeys([county[:2] + "0000", county[:4] + "00", county]))
