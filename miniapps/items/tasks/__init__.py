"""What follows when an item is published."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

import msgspec

from banshi.errors import Unavailable
from miniapps.items import queries, service
from miniapps.items.events import ItemPublished
from miniapps.items.rules import CompiledItem, Words, normal
from storage.queue import on

READER = Path(__file__).parent / "_words.py"


@on(ItemPublished)
async def index(event: ItemPublished, *, now: datetime) -> None:
    """Make items findable by name, keyword, pinyin and the words of their bodies.

    One start of the dictionaries serves all that wait; the next tasks then find nothing to do.
    """
    rows = await queries.lock_unindexed()
    if not rows:
        return
    items = [queries.compiled(row) for row in rows]
    for row, words in zip(rows, await read(items), strict=True):
        await service.index(row, words)


async def read(items: list[CompiledItem]) -> list[Words]:
    """Ask the dictionaries, in a process of their own, for the pinyin and words of each item.

    Raises: Unavailable when that process fails; the queue tries again.
    """
    reader = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(READER), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    batch = msgspec.json.encode([(normal(item.name), body(item)) for item in items])
    answer, _ = await reader.communicate(batch)
    if reader.returncode:
        raise Unavailable(system="the dictionaries")
    found = msgspec.json.decode(answer, type=list[tuple[tuple[str, ...], tuple[str, ...]]])
    return [Words(syllables=syllables, tokens=tokens) for syllables, tokens in found]


def body(item: CompiledItem) -> list[str]:
    """Return what an item says beside its names."""
    said = [item.summary, item.conditions, item.result.name]
    said += [material.name for material in item.materials]
    said += [question.text for question in item.questions]
    return said + [text for faq in item.faq for text in (faq.question, faq.answer)]


TASKS = [index]
