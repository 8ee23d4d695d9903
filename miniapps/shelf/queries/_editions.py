"""Editions of the shelf, and the draft of the next."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from identity.actor import Actor, check_operator
from miniapps.shelf.errors import EditionNotFound
from miniapps.shelf.rules import Front, Placing, Shelf
from miniapps.shelf.tables import ShelfDraft, ShelfEdition
from storage.db import fetch
from storage.paging import Page, page

_FRONT = "SELECT number, front FROM shelf_edition ORDER BY number DESC LIMIT 1"
_KNOWN = "SELECT app_id FROM mini_app WHERE app_id = ANY($1)"


@dataclass(frozen=True)
class Layout:
    """The front of an edition, and its placings where they are not those in force."""

    number: int  # 0: nothing was ever published
    front: Front
    placings: str | None = None  # JSON; None: the table `shelf_placing`


async def in_force() -> Layout:
    """Return what citizens see now: one statement that leaves the placings where they are."""
    rows = await fetch(_FRONT)
    if not rows:
        return Layout(0, Front())
    return Layout(rows[0]["number"], msgspec.json.decode(rows[0]["front"], type=Front))


async def drafted() -> Layout:
    """Return the draft as if it were published; what is in force when there is none."""
    row = await draft()
    if row is None:
        return await in_force()
    return Layout(row.based_on, msgspec.json.decode(row.front, type=Front), row.placings)


async def draft() -> ShelfDraft | None:
    """Return the draft, if there is one."""
    return await ShelfDraft.objects().first()


async def current() -> ShelfEdition | None:
    """Return the edition in force, whole."""
    return await ShelfEdition.objects().order_by(ShelfEdition.number, ascending=False).first()


async def edition(actor: Actor, number: int) -> ShelfEdition:
    """Return an edition by its number.

    Raises: ScopeMissing, EditionNotFound.
    """
    check_operator(actor)
    found = await ShelfEdition.objects().get(ShelfEdition.number == number)
    if found is None:
        raise EditionNotFound(number=number)
    return found


async def editions(actor: Actor, *, first: int, after: UUID | None) -> Page[ShelfEdition]:
    """Return editions, newest first.

    Raises: ScopeMissing.
    """
    check_operator(actor)
    return await page(ShelfEdition.objects(), ShelfEdition.id, first=first, after=after)


async def published_under(key: str) -> ShelfEdition | None:
    """Return the edition that was published under an idempotency key."""
    return await ShelfEdition.objects().get(ShelfEdition.key == key)


async def known(shelf: Shelf) -> set[str]:
    """Return those of the mini-apps a shelf names that there are, listed or not."""
    named = {each.app_id for each in shelf.placings} | {each.app_id for each in shelf.front.slots}
    spelled = sorted(name for name in named if "\0" not in name)
    return {row["app_id"] for row in await fetch(_KNOWN, spelled)} if spelled else set()


def whole(row: ShelfDraft | ShelfEdition | None) -> Shelf:
    """Return the shelf that a row holds; an empty one for None."""
    if row is None:
        return Shelf()
    placings: Any = msgspec.json.decode(row.placings, type=tuple[Placing, ...])
    return Shelf(msgspec.json.decode(row.front, type=Front), placings)
