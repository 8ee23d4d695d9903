"""Editions of the shelf, and the draft of the next."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec

from identity.actor import Actor, check_operator
from miniapps.items.rules import normal
from miniapps.shelf.errors import EditionNotFound
from miniapps.shelf.rules import Front, Placing, Shelf
from miniapps.shelf.tables import ShelfDraft, ShelfEdition
from storage.db import fetch
from storage.news import Listener
from storage.paging import Page, page
from storage.remembered import Remembered

_FRONT = "SELECT number, front FROM shelf_edition ORDER BY number DESC LIMIT 1"
TOPICS = frozenset({"shelf_edition"})  # whose changes are heard
IN_FORCE, STALE_S = "in force", 30.0
_KNOWN = "SELECT app_id FROM mini_app WHERE app_id = ANY($1)"


@dataclass(frozen=True)
class Layout:
    """The front of an edition, and its placings where they are not those in force."""

    number: int  # 0: nothing was ever published
    front: Front
    placings: str | None = None  # JSON; None: the table `shelf_placing`

    @cached_property
    def synonyms(self) -> list[list[str]]:
        """The operators' words for the same, as searches are compared."""
        return [[normal(word) for word in group] for group in self.front.synonyms]


_held = Remembered[str, Layout]("changed", stale_s=STALE_S)


def forget_in_force() -> None:
    """Forget what is in force: this process has changed it."""
    _held.forget()


def listener() -> Listener:
    """Return what must hear PostgreSQL for the front in force to be remembered, and to change in time."""
    return _held.listener(TOPICS)


async def in_force() -> Layout:
    """Return what citizens see now, its placings left where they are.

    It is remembered: everybody is shown a part of it, and reading it anew cost half of an answer.
    """
    found = _held.get(IN_FORCE)
    if found is None:
        before, rows = _held.changes, await fetch(_FRONT)
        found = Layout(0, Front())
        if rows:
            found = Layout(rows[0]["number"], msgspec.json.decode(rows[0]["front"], type=Front))
        _held.keep(IN_FORCE, found, before)
    return found


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
