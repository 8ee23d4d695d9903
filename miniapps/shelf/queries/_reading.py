"""What a citizen is shown of the shelf, and what an operator sees in his stead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from banshi.errors import InvalidInput
from identity.actor import Actor, check_operator
from miniapps.items.queries import around
from miniapps.items.rules import either, normal, query
from miniapps.shelf.queries import _apps, _editions
from miniapps.shelf.queries._apps import ShownApp
from miniapps.shelf.queries._editions import Layout
from miniapps.shelf.rules import (
    AgeGroup,
    Category,
    Front,
    LifeEvent,
    Reader,
    Slot,
    alternatives,
    events_for,
    live,
    moment,
    shown,
    tree,
)
from storage.paging import LARGEST, Page


@dataclass(frozen=True)
class View:
    """The front of the shelf as one reader is shown it at a moment."""

    edition: int
    life_events: list[LifeEvent]
    categories: list[Category]  # each of the first level, followed by those below it
    featured: list[tuple[Slot, ShownApp]]


@dataclass(frozen=True)
class Found:
    """What a search asked for, with the operators' words for the same."""

    text: str
    also: list[str]


def reader(region: str, *, level: int = 3, age: AgeGroup = AgeGroup.ADULT) -> Reader:
    """Return a reader in a region.

    Shape: `region` a code of 6 or 9 digits; `level` of real-name sign-in, 0 to 3.
    Raises: InvalidInput.
    """
    if level not in range(4):
        raise InvalidInput(field="level", problem="实名等级是 0 到 3")
    return Reader(around=tuple(around(region)), level=level, age=age)


async def shelf(who: Reader, *, at: datetime) -> View:
    """Return the front of the shelf in force: at most two statements."""
    return await view(await _editions.in_force(), who, at=at)


async def preview(actor: Actor, who: Reader, *, at: datetime, draft: bool) -> View:
    """Return what such a reader would be shown at a moment, of the draft if wished; for operators.

    Raises: ScopeMissing, InvalidInput.
    """
    check_operator(actor)
    moment("at", at)
    layout = await (_editions.drafted() if draft else _editions.in_force())
    return await view(layout, who, at=at)


async def view(layout: Layout, who: Reader, *, at: datetime) -> View:
    """Return the front of a layout as a reader is shown it."""
    front = layout.front
    wanted = sorted({slot.app_id for slot in live(front.slots, who, at=at)})
    apps = await _apps.by_ids(layout, who, wanted)
    slots = shown(front.slots, who, at=at, listed=apps.keys())
    return View(
        edition=layout.number,
        life_events=events_for(front.life_events, who.age),
        categories=tree(front.categories),
        featured=[(slot, apps[slot.app_id]) for slot in slots],
    )


async def preview_apps(
    actor: Actor,
    who: Reader,
    *,
    draft: bool,
    life_event: str | None = None,
    category: str | None = None,
    first: int,
    after: str | None = None,
) -> Page[ShownApp]:
    """Return mini-apps in their order as such a reader would be shown them; for operators.

    Raises: ScopeMissing, InvalidInput.
    """
    check_operator(actor)
    layout = await (_editions.drafted() if draft else _editions.in_force())
    return await apps(who, life_event=life_event, category=category, first=first, after=after, layout=layout)


async def apps(
    who: Reader,
    *,
    life_event: str | None = None,
    category: str | None = None,
    first: int,
    after: str | None = None,
    layout: Layout | None = None,
) -> Page[ShownApp]:
    """Return mini-apps of the shelf in their order; a category brings those of the categories below it.

    `layout` is what is in force unless an operator looks at another.
    Raises: InvalidInput.
    """
    if layout is None:
        layout = Layout(0, (await _editions.in_force()).front) if category else Layout(0, Front())
    below = None if category is None else _with_below(layout.front.categories, category)
    return await _apps.listed(layout, who, categories=below, life_event=life_event, first=first, after=after)


def _with_below(categories: Sequence[Category], code: str) -> list[str]:
    return [code, *(each.code for each in categories if each.parent == code)]


async def meant(text: str) -> Found:
    """Return a search with what else it may mean: at most one statement."""
    return Found(text, alternatives(normal(text), (await _editions.in_force()).synonyms))


async def search(what: Found, who: Reader, *, first: int, after: str | None = None) -> Page[ShownApp]:
    """Return mini-apps that a search finds, best first; those that come near when none fits.

    Raises: InvalidInput.
    """
    offset = _apps.offset_of(after, "sl")
    heard = [each for text in (what.text, *what.also) if (each := query(text)) is not None]
    if not heard:
        return Page(rows=[], more=False)
    wanted, size, force = either(heard), max(1, min(first, LARGEST)), Layout(0, Front())
    is_loose = after is not None and after.startswith("l")
    page = await _apps.matching(force, who, wanted, loose=is_loose, first=size, offset=offset)
    if page.rows or after is not None:
        return page
    return await _apps.matching(force, who, wanted, loose=True, first=size, offset=0)
