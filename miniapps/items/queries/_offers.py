"""Items as they are offered now.  That is everybody's, so no actor is asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import msgspec

from banshi.errors import InvalidInput
from miniapps.items.errors import ItemNotFound
from miniapps.items.rules import Audience, CompiledItem, Topic
from storage.db import fetch
from storage.paging import LARGEST

_SHOWN = (
    "SELECT i.current_id, v.number, v.published_at, i.code, i.name, i.summary, i.kind, i.agency, i.target,"
    " i.regions, i.life_events, i.instant, i.declared_trips, i.sample"
)
_FORCE = "FROM item AS i JOIN item_version AS v ON v.id = i.current_id"
OFFERS = f"{_SHOWN} {_FORCE}"
"""What lists show: columns only, the compiled text is read where somebody asks for what it says."""


@dataclass(frozen=True)
class Offer:
    """An item as it is offered now, as far as lists show it."""

    current_id: UUID  # the version in force
    number: int  # of that version
    published_at: datetime
    code: str
    name: str
    summary: str
    kind: str
    agency: str
    target: str
    regions: list[str]
    life_events: list[str]
    instant: bool
    declared_trips: int
    sample: bool
    place: str = ""  # where it stands in the search that found it: what the next page starts after

    @classmethod
    def of(cls, row: Mapping[str, Any], *, place: str = "") -> Self:
        """Make an offer of a row of `OFFERS`."""
        return cls(**row, place=place)


async def described(code: str) -> tuple[Offer, CompiledItem]:
    """Return the item with this code as it is offered now, and all that its text says.

    Raises: ItemNotFound.
    """
    rows = await fetch(f"{_SHOWN}, v.compiled {_FORCE} WHERE i.code = $1", code)
    if not rows:
        raise ItemNotFound(code=code)
    text = rows[0].pop("compiled")
    return Offer.of(rows[0]), msgspec.json.decode(text, type=CompiledItem)


async def offers(codes: Iterable[str]) -> dict[str, Offer]:
    """Return those of the items that are offered now, by code."""
    rows = await fetch(f"{OFFERS} WHERE i.code = ANY($1)", list(codes))
    return {row["code"]: Offer.of(row) for row in rows}


async def texts(version_ids: Iterable[UUID]) -> dict[UUID, CompiledItem]:
    """Return what versions say, by their ids."""
    rows = await fetch("SELECT id, compiled FROM item_version WHERE id = ANY($1)", list(version_ids))
    return {row["id"]: msgspec.json.decode(row["compiled"], type=CompiledItem) for row in rows}


async def topics(codes: Iterable[str]) -> dict[str, Topic]:
    """Return topics by their codes, a life event such as "birth"."""
    rows = await fetch(
        "SELECT code, name, place, for_elders FROM item_topic WHERE code = ANY($1)", list(codes)
    )
    return {row["code"]: Topic(**row) for row in rows}


_CHOSEN = (  # by the index item_offered alone: it holds all that is asked here
    "SELECT o.code FROM item AS o WHERE o.current_id IS NOT NULL"
    " AND o.regions && $1::varchar[] AND o.target = ANY($2::varchar[])"
    " AND (NOT $3 OR o.life_events[1] = ANY(ARRAY(SELECT code FROM item_topic WHERE for_elders)))"
    " ORDER BY o.code LIMIT $4"
)
CATALOG = f"{OFFERS} WHERE i.code IN ({_CHOSEN}) ORDER BY i.code"


async def catalog(region: str, audience: Audience, *, elder: bool = False, first: int = 20) -> list[Offer]:
    """Return items offered in the region or around it that serve the audience, in the order of their codes.

    Shape: `region` a code of 6 or 9 digits; `elder` leaves only those under a topic for the old.
    Raises: InvalidInput.
    """
    wanted = max(1, min(first, LARGEST))
    rows = await fetch(CATALOG, around(region), [audience.value, "both"], elder, wanted)
    return [Offer.of(row) for row in rows]


def around(region: str) -> list[str]:
    """Return the region with the city and province around it: an item offered there serves it too.

    Raises: InvalidInput when it is no code.
    """
    if not (region.isdecimal() and len(region) in (6, 9)):
        raise InvalidInput(field="region", problem="give a division code of 6 digits, such as 330106")
    county = region[:6]
    return list(dict.fromkeys([county[:2] + "0000", county[:4] + "00", county]))
