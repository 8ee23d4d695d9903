"""What happens to items."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from storage.outbox import Event


@dataclass(frozen=True, kw_only=True)
class ItemPublished(Event):
    """A version of an item came into force; the one before it, if any, is superseded."""

    type: ClassVar[str] = "item.published"
    item_id: UUID
    version_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ItemWithdrawn(Event):
    """An item is no longer offered; cases begun under it go on."""

    type: ClassVar[str] = "item.withdrawn"
    item_id: UUID
    version_id: UUID
    at: datetime
