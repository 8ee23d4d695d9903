"""Versions of items, in force or not: drafts are for definers and operators."""

from collections import OrderedDict
from uuid import UUID

import msgspec

from identity.actor import Actor
from identity.roles import Role
from identity.visibility import Holds, Is, Visibility, where
from miniapps.items.errors import ItemNotFound
from miniapps.items.rules import CompiledItem
from miniapps.items.tables import Item, ItemVersion, VersionState
from storage.db import execute, fetch
from storage.paging import LARGEST

VISIBLE: Visibility = (
    (Is(ItemVersion.state, VersionState.PUBLISHED.value),),
    (Holds(Role.ITEM_DEFINER),),
    (Holds(Role.OPERATOR),),
)
"""Everybody sees what is in force; definers and operators also drafts and the past."""

INDEXING = 0x6974656D  # any number; who indexes first does it for all who wait


async def published(code: str) -> ItemVersion:
    """Return the version in force of the item with this 12-digit code.

    Raises: ItemNotFound when there is none, or it is withdrawn.
    """
    current = await Item.select(Item.current_id).where(Item.code == code).first()
    if not current or current["current_id"] is None:
        raise ItemNotFound(code=code)
    return await version(current["current_id"])


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


KEPT = 512
"""So many compiled versions this process remembers; a published version never changes."""

_compiled: OrderedDict[UUID, CompiledItem] = OrderedDict()


CURRENT = "(SELECT current_id FROM item WHERE item.code = {code})"
"""The version in force, if any, as a subquery in a caller's own statement: `remembered` takes it."""


async def remembered(version_id: UUID) -> CompiledItem:
    """Return what a version compiled to: no statement if this process knows it.

    Raises: ItemNotFound.
    """
    if version_id in _compiled:
        _compiled.move_to_end(version_id)
    else:
        rows = await fetch("SELECT compiled FROM item_version WHERE id = $1", version_id)
        if not rows:
            raise ItemNotFound(code=version_id)
        _compiled[version_id] = msgspec.json.decode(rows[0]["compiled"], type=CompiledItem)
        if len(_compiled) > KEPT:
            _compiled.popitem(last=False)
    return _compiled[version_id]


async def versions(actor: Actor, code: str) -> list[ItemVersion]:
    """Return the versions of an item that the actor may see, newest first."""
    mine = ItemVersion.objects().where(where(VISIBLE, actor), ItemVersion.item.code == code)
    return await mine.order_by(ItemVersion.number, ascending=False).limit(LARGEST)


async def lock_unindexed() -> list[ItemVersion]:
    """Return up to 200 versions in force that are not indexed; who asks next waits for this transaction."""
    await execute("SELECT pg_advisory_xact_lock($1)", INDEXING)
    rows = await fetch(
        "SELECT current_id FROM item WHERE current_id IS NOT NULL AND current_id IS DISTINCT FROM indexed_id"
        " LIMIT 200"
    )
    wanted = [row["current_id"] for row in rows]
    return await ItemVersion.objects().where(ItemVersion.id.is_in(wanted)) if wanted else []
