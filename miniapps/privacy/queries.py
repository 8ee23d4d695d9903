"""Reads: a person's copies, his rows of any table, and what stands against erasing him."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from identity.actor import Actor
from miniapps.privacy.errors import ExportNotFound
from miniapps.privacy.rules import ExportState
from miniapps.privacy.tables import DataExport
from storage.db import fetch
from storage.paging import Page, page

ROWS = 1000  # in one statement

COLUMNS = """
SELECT a.attname AS name, a.atttypid = 'bytea'::regtype AS sealed FROM pg_attribute a
WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
OPEN_CASES = """
SELECT count(*) AS n FROM case_file WHERE party_id = $1
AND state IN ('submitted', 'correcting', 'accepted', 'reviewing', 'paused', 'decided')
"""
LAST = "SELECT asked_at FROM data_export WHERE party_id = $1 ORDER BY id DESC LIMIT 1"


async def exports(actor: Actor, *, first: int, after: UUID | None) -> Page[DataExport]:
    """Return the person's copies, newest first."""
    mine = DataExport.objects().where(DataExport.party_id == actor.person_id)
    return await page(mine, DataExport.id, first=first, after=after)


async def ready(actor: Actor, export_id: UUID, *, now: datetime) -> DataExport:
    """Return a copy of the person's that can be fetched.

    Raises: ExportNotFound.
    """
    mine = DataExport.objects().where(DataExport.id == export_id, DataExport.party_id == actor.person_id)
    found = await mine.first()
    if found is None or found.state != ExportState.READY or not (found.expires_at and now < found.expires_at):
        raise ExportNotFound
    return found


async def last_asked(person_id: UUID) -> datetime | None:
    """Return when the person last asked for a copy."""
    rows = await fetch(LAST, person_id)
    return rows[0]["asked_at"] if rows else None


async def open_cases(person_id: UUID) -> int:
    """Return how many of the person's cases are before an authority."""
    return int((await fetch(OPEN_CASES, person_id))[0]["n"])


async def sealed_columns(table: str) -> list[str]:
    """Return the columns of a table that hold bytes: sealed, blind or a key."""
    return [row["name"] for row in await fetch(COLUMNS, table) if row["sealed"]]


async def rows_of(table: str, party_id: UUID) -> AsyncIterator[dict[str, Any]]:
    """Return all rows of one party in one of `rules.PARTS`; oldest first, where rows have ids of time."""
    if not any(row["name"] == "id" for row in await fetch(COLUMNS, table)):
        for row in await fetch(f"SELECT * FROM {table} WHERE party_id = $1", party_id):  # noqa: S608
            yield row
        return
    after = UUID(int=0)
    while True:
        rows = await fetch(
            f"SELECT * FROM {table} WHERE party_id = $1 AND id > $2 ORDER BY id LIMIT $3",  # noqa: S608
            party_id, after, ROWS,
        )  # fmt: skip
        for row in rows:
            yield row
        if len(rows) < ROWS:
            return
        after = UUID(bytes=rows[-1]["id"].bytes)
