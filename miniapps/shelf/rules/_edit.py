"""Changing a shelf, and what must hold of one before it is kept.  Pure."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from miniapps.shelf.rules._model import Category, Edit, Front, LifeEvent, Placing, Shelf, Slot

T = TypeVar("T")

CODE = re.compile(r"[a-z][a-z0-9-]{1,38}")
TOPIC = re.compile(r"[a-z_]{1,20}")
REGION = re.compile(r"33[0-9]{4}")
LONGEST_NAME, LONGEST_WORD = 12, 20  # characters
MOST_CATEGORIES, MOST_EVENTS, MOST_SLOTS, MOST_PLACINGS = 200, 50, 500, 10_000
MOST_GROUPS, MOST_WORDS = 500, 12
MOST_OF_AN_APP = 5  # categories, and life events
LAST_PLACE, LEVELS = 9999, range(4)


def apply(shelf: Shelf, edit: Edit) -> Shelf:
    """Return the shelf with the changes made; nothing is checked."""
    front = shelf.front
    return Shelf(
        front=Front(
            categories=_merged(front.categories, edit.categories, edit.drop_categories, _code),
            life_events=_merged(front.life_events, edit.life_events, edit.drop_life_events, _code),
            slots=_merged(front.slots, edit.slots, edit.drop_slots, _code),
            synonyms=front.synonyms if edit.synonyms is None else edit.synonyms,
        ),
        placings=_merged(
            shelf.placings, edit.placings, edit.drop_placings, lambda placing: str(placing.app_id)
        ),
    )


def problems(shelf: Shelf, known: Collection[str]) -> list[str]:
    """Return what stands against keeping a shelf, in Chinese; `known` are ids of mini-apps that exist."""
    front = shelf.front
    found = [
        *_too_many(shelf),
        *_of_categories(front.categories),
        *_of_events(front.life_events),
        *_of_placings(shelf, known),
        *(problem for slot in front.slots for problem in _of_slot(slot, known)),
        *_of_words(front.synonyms),
    ]
    return found[:50]


def overlaps(slots: Sequence[Slot]) -> list[tuple[Slot, Slot]]:
    """Return pairs that want the same place in the same region at the same time, for some reader alike.

    They may be kept: `shown` tells which is shown.  Operators are told of them.
    """
    by_place: dict[tuple[str, int, str], list[Slot]] = {}
    for slot in sorted(slots, key=lambda slot: (slot.begins, slot.code)):
        by_place.setdefault((slot.area, slot.place, slot.region), []).append(slot)
    return [
        (one, other)
        for same in by_place.values()
        for at, one in enumerate(same)
        for other in same[at + 1 :]
        if other.begins < one.ends and (not one.ages or not other.ages or set(one.ages) & set(other.ages))
    ]


def _code(thing: T) -> str:
    return str(getattr(thing, "code"))  # noqa: B009 (what has a code has no common type)


def _merged(
    old: tuple[T, ...], new: Iterable[T], dropped: Iterable[str], key: Callable[[T], str]
) -> tuple[T, ...]:
    found = {key(each): each for each in old} | {key(each): each for each in new}
    gone = set(dropped)
    return tuple(each for name, each in found.items() if name not in gone)


def _too_many(shelf: Shelf) -> Iterator[str]:
    front = shelf.front
    limits = (
        ("分类", front.categories, MOST_CATEGORIES), ("人生大事", front.life_events, MOST_EVENTS),
        ("推荐位", front.slots, MOST_SLOTS), ("应用", shelf.placings, MOST_PLACINGS),
        ("同义词组", front.synonyms, MOST_GROUPS),
    )  # fmt: skip
    for name, things, most in limits:
        if len(things) > most:
            yield f"{name}最多 {most} 个"


def _is_named(each: Category | LifeEvent) -> bool:
    name = each.name.strip()
    fits = 0 < len(name) <= LONGEST_NAME and name.isprintable() and 0 <= each.place <= LAST_PLACE
    return bool(CODE.fullmatch(each.code) and fits)


def _of_events(events: Sequence[LifeEvent]) -> Iterator[str]:
    for each in events:
        if not _is_named(each) or len(each.topics) > MOST_OF_AN_APP or not all(map(_is_topic, each.topics)):
            yield f"人生大事 {each.code}：代码、名称、顺序或者对应的事项主题不对"


def _is_topic(text: str) -> bool:
    return TOPIC.fullmatch(text) is not None


def _of_categories(categories: Sequence[Category]) -> Iterator[str]:
    tops = {each.code for each in categories if each.parent is None}
    for each in categories:
        if not _is_named(each):
            yield f"分类 {each.code}：代码、名称或者顺序不对"
        if each.parent is not None and each.parent not in tops:
            yield f"分类 {each.code}：上级 {each.parent} 不是一级分类"


def _of_placings(shelf: Shelf, known: Collection[str]) -> Iterator[str]:
    categories = {each.code for each in shelf.front.categories}
    events = {each.code for each in shelf.front.life_events}
    for each in shelf.placings:
        if each.app_id not in known:
            yield f"应用 {each.app_id} 不存在"
        if missing := [*sorted(set(each.categories) - categories), *sorted(set(each.life_events) - events)]:
            yield f"应用 {each.app_id}：没有 {'、'.join(missing)} 这一分类或者人生大事"
        if not _is_fit(each):
            yield f"应用 {each.app_id}：顺序、等级或者分类的个数不对"


def _is_fit(each: Placing) -> bool:
    short = len(each.categories) <= MOST_OF_AN_APP and len(each.life_events) <= MOST_OF_AN_APP
    placed = each.place is None or 0 <= each.place <= LAST_PLACE
    return short and placed and each.least_level in LEVELS


def _of_slot(slot: Slot, known: Collection[str]) -> Iterator[str]:
    if not CODE.fullmatch(slot.code) or not 1 <= slot.place <= 99 or slot.least_level not in LEVELS:
        yield f"推荐位 {slot.code}：代码、位置或者等级不对"
    if slot.app_id not in known:
        yield f"推荐位 {slot.code}：应用 {slot.app_id} 不存在"
    if not REGION.fullmatch(slot.region):
        yield f"推荐位 {slot.code}：地区 {slot.region} 不是六位行政区划代码"
    if not _is_whole(slot.begins) or not _is_whole(slot.ends) or not slot.begins < slot.ends:
        yield f"推荐位 {slot.code}：起止时间要精确到分钟，并且先起后止"


def _is_whole(at: datetime) -> bool:
    return at.tzinfo is not None and at.second == 0 and at.microsecond == 0


def _of_words(groups: Sequence[Sequence[str]]) -> Iterator[str]:
    for group in groups:
        if not 2 <= len(group) <= MOST_WORDS or len(set(group)) < len(group):
            yield f"同义词组“{'、'.join(group)[:40]}”：要有 2 到 {MOST_WORDS} 个不同的词"
        if any(not 2 <= len(word) <= LONGEST_WORD or not word.isprintable() for word in group):
            yield f"同义词组“{'、'.join(group)[:40]}”：每个词 2 到 {LONGEST_WORD} 个字"
    for word, count in Counter(word for group in groups for word in group).items():
        if count > 1:
            yield f"“{word}”出现在 {count} 个同义词组里"
