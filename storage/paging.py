"""Keyset pages over UUIDv7 ids: newest first, cost flat however deep one reads."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from piccolo.columns import UUID as UUIDColumn
from piccolo.query.methods.objects import Objects
from piccolo.table import Table

T = TypeVar("T")
Row = TypeVar("Row", bound=Table)

LARGEST = 100  # rows


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows, and whether older ones follow."""

    rows: list[T]
    more: bool


async def page(query: Objects[Row], key: UUIDColumn, *, first: int, after: UUID | None) -> Page[Row]:
    """Return up to `first` (1–100) rows of `query` older than the row `after`, by the id column `key`."""
    size = max(1, min(first, LARGEST))
    if after is not None:
        query = query.where(key < after)
    rows = list(await query.order_by(key, ascending=False).limit(size + 1))
    return Page(rows=rows[:size], more=len(rows) > size)
