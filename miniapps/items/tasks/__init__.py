"""What follows when an item is published.  Only the worker imports this: it brings the dictionaries."""

from datetime import datetime

from miniapps.items import queries, service
from miniapps.items.events import ItemPublished
from miniapps.items.tasks._words import words_of
from storage.queue import on


@on(ItemPublished)
async def index(event: ItemPublished, *, now: datetime) -> None:
    """Make the item findable by name, keyword, pinyin and the words of its body."""
    row = await queries.version(event.version_id)
    await service.index(row, words_of(queries.compiled(row)))


TASKS = [index]
