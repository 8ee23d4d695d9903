"""What of a shelf is shown to whom at a moment.  Pure."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from miniapps.shelf.rules._model import AgeGroup, Category, LifeEvent, Reader, Slot, suits

MOST_ALTERNATIVES = 3  # searches beside the one that was typed


def live(slots: Iterable[Slot], reader: Reader, *, at: datetime) -> list[Slot]:
    """Return the slots that are for this reader at this moment, whether or not another takes their place."""
    return [
        slot
        for slot in slots
        if slot.begins <= at < slot.ends
        and slot.region in reader.around
        and suits(reader, slot.least_level, slot.ages)
    ]


def shown(
    slots: Iterable[Slot], reader: Reader, *, at: datetime, listed: Collection[str]
) -> tuple[Slot, ...]:
    """Return one slot for each place of each area, by area and place.

    Shape: `listed` are the ids of mini-apps that the reader could open; slots of others are passed over.
    Of several for one place the nearest region wins, then the one that began last, then the first by code.
    """
    places: dict[tuple[str, int], Slot] = {}
    for slot in sorted(live(slots, reader, at=at), key=lambda slot: slot.code, reverse=True):
        held = places.get((slot.area, slot.place))
        if slot.app_id in listed and (held is None or _rank(slot, reader) >= _rank(held, reader)):
            places[slot.area, slot.place] = slot
    return tuple(slot for _, slot in sorted(places.items()))


def _rank(slot: Slot, reader: Reader) -> tuple[int, datetime]:
    return reader.around.index(slot.region), slot.begins


def events_for(events: Sequence[LifeEvent], age: AgeGroup) -> list[LifeEvent]:
    """Return the life events to show, in their order; in elder mode those that are for elders, if any are."""
    ordered = sorted(events, key=lambda each: (each.place, each.code))
    old = [each for each in ordered if each.for_elders]
    return old if age is AgeGroup.ELDER and old else ordered


def tree(categories: Sequence[Category]) -> list[Category]:
    """Return the categories of the first level in their order, each followed by those below it."""
    ordered = sorted(categories, key=lambda each: (each.place, each.code))
    return [
        each
        for top in ordered
        if top.parent is None
        for each in (top, *(below for below in ordered if below.parent == top.code))
    ]


def alternatives(text: str, groups: Iterable[Sequence[str]]) -> list[str]:
    """Return what else to search for: the text with one word of it put in other words that mean the same.

    Shape: `text` and the words in one width and case (`items.rules.normal`); at most 3 are returned.
    The longest word that the text holds is exchanged: “居民身份证” is not taken for “身份证”.
    """
    held = [(word, group) for group in groups for word in group if word in text]
    if not held:
        return []
    word, group = max(held, key=lambda each: (len(each[0]), each[0]))
    return [text.replace(word, other) for other in group if other != word][:MOST_ALTERNATIVES]
