"""What follows when an item is published."""

from datetime import datetime

from miniapps.items import queries, service
from miniapps.items.events import ItemPublished
from miniapps.items.rules import CompiledItem, Words, normal
from storage import words
from storage.queue import on


@on(ItemPublished)
async def index(event: ItemPublished, *, now: datetime) -> None:
    """Make items findable by name, keyword, pinyin and the words of their bodies.

    One start of the dictionaries serves all that wait; the next tasks then find nothing to do.
    """
    rows = await queries.lock_unindexed()
    if not rows:
        return
    items = [queries.compiled(row) for row in rows]
    for row, heard in zip(rows, await read(items), strict=True):
        await service.index(row, heard)


async def read(items: list[CompiledItem]) -> list[Words]:
    """Ask the dictionaries for the pinyin and words of each item.

    Raises: Unavailable.
    """
    heard = await words.read([(normal(item.name), body(item)) for item in items])
    return [Words(syllables=syllables, tokens=tokens) for syllables, tokens in heard]


def body(item: CompiledItem) -> list[str]:
    """Return what an item says beside its names."""
    said = [item.summary, item.conditions, item.result.name]
    said += [material.name for material in item.materials]
    said += [question.text for question in item.questions]
    return said + [text for faq in item.faq for text in (faq.question, faq.answer)]


TASKS = [index]
