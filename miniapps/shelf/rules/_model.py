"""What a shelf is: categories, life events, places of mini-apps, featured slots, words that mean the same."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec


class AgeGroup(StrEnum):
    """For whom a shelf is laid out: by years of age, told by whoever asks and never looked up."""

    MINOR = "minor"  # under eighteen
    ADULT = "adult"
    ELDER = "elder"  # who has the elder mode on


class Area(StrEnum):
    """Where a featured mini-app is shown."""

    BANNER = "banner"  # across the top of the home page
    HOME = "home"  # the grid of the home page
    EVENTS = "events"  # above the life events


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category; one without a parent is of the first level, one with a parent of the second and last."""

    code: str  # "insurance"
    name: str  # 社会保障
    place: int = 0  # in the order of showing, among those of the same parent
    parent: str | None = None


class LifeEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A time of life with which much has to be done (人生大事)."""

    code: str  # "birth"
    name: str  # 出生
    place: int = 0
    topics: tuple[str, ...] = ()  # life events of items that belong here, as item texts name them
    for_elders: bool = False  # shown in elder mode


class Placing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where one mini-app stands, and to whom it is shown."""

    app_id: str
    place: int | None = None  # ordered by hand before all that have none, which follow by name
    categories: tuple[str, ...] = ()
    life_events: tuple[str, ...] = ()
    least_level: int = 0  # of real-name sign-in, 0 to 3; 0: also for visitors
    ages: tuple[AgeGroup, ...] = ()  # none: for everybody


class Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A featured mini-app, for a time and a region."""

    code: str  # the operator's name for it: "spring-banner"
    app_id: str
    area: Area
    place: int  # 1, 2, 3 … within the area
    region: str  # GB/T 2260, 6 digits: the province, a city or a county
    begins: datetime  # of whole minutes, as the end
    ends: datetime  # from then on it is not shown
    least_level: int = 0
    ages: tuple[AgeGroup, ...] = ()


class Front(msgspec.Struct, frozen=True):
    """What a reading of the shelf needs besides the mini-apps themselves; some kilobytes."""

    categories: tuple[Category, ...] = ()
    life_events: tuple[LifeEvent, ...] = ()
    slots: tuple[Slot, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()  # each a group of words that mean the same


class Shelf(msgspec.Struct, frozen=True):
    """A whole edition."""

    front: Front = Front()
    placings: tuple[Placing, ...] = ()


class Edit(msgspec.Struct, frozen=True):
    """Changes of a draft: whatever has a code or app id that is there already takes its place."""

    categories: tuple[Category, ...] = ()
    drop_categories: tuple[str, ...] = ()
    life_events: tuple[LifeEvent, ...] = ()
    drop_life_events: tuple[str, ...] = ()
    placings: tuple[Placing, ...] = ()
    drop_placings: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()
    drop_slots: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] | None = None  # the whole list; None leaves it


class Reader(msgspec.Struct, frozen=True):
    """Who looks at a shelf, as far as it matters; nobody's name."""

    around: tuple[str, ...]  # the regions he is in, from the province down
    level: int = 3
    age: AgeGroup = AgeGroup.ADULT


def suits(reader: Reader, least_level: int, ages: Sequence[AgeGroup]) -> bool:
    """Say whether something is for this reader; it orders a shelf and guards nothing."""
    return reader.level >= least_level and (not ages or reader.age in ages)
