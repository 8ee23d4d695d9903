"""Reads of the catalogue.  Versions in force are everybody's."""

from uuid import UUID

import msgspec

from miniapps.items.errors import ItemNotFound
from miniapps.items.rules import CompiledItem
from miniapps.items.tables import Item, ItemVersion


async def published(code: str) -> ItemVersion:
    """Return the version in force of the item with this 12-digit code.

    Raises: ItemNotFound when there is none, or it is withdrawn.
    """
    current = await Item.select(Item.current_id).where(Item.code == code).first()
    row = (
        current
        and current["current_id"]
        and await ItemVersion.objects().get(ItemVersion.id == current["current_id"])
    )
    if not row:
        raise ItemNotFound(code=code)
    return row


async def version(version_id: UUID) -> ItemVersion:
    """Return a version, in force or not: a case keeps the one it was begun under.

    Raises: ItemNotFound.
    """
    row = await ItemVersion.objects().get(ItemVersion.id == version_id)
    if row is None:
        raise ItemNotFound(code=version_id)
    return row


def compiled(row: ItemVersion) -> CompiledItem:
    """Decode what a version compiled to."""
    return msgspec.json.decode(row.compiled, type=CompiledItem)
