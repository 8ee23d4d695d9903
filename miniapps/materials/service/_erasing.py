"""What erasing a person does to his wallet, and reading all of it once more before."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from mimetypes import guess_extension
from uuid import UUID

from miniapps.materials.events import MaterialErased
from miniapps.materials.rules import ObjectState
from miniapps.materials.service import _keys
from miniapps.materials.service._checking import file_aad, vault_path
from miniapps.materials.service._files import stream
from miniapps.materials.tables import VaultObject
from storage.db import execute, fetch
from storage.outbox import emit

DROP = """
UPDATE vault_object SET citizen_key = NULL,
  state = CASE WHEN archive_key IS NULL THEN 'erased' ELSE state END
WHERE party_id = $1 RETURNING id, archive_key IS NULL AS gone
"""
BLANK = (
    "DELETE FROM material_upload WHERE party_id = $1",
    "UPDATE material SET hidden = true, title = '已删除' || id WHERE party_id = $1",
)


async def erase_all_of(party_id: UUID, *, now: datetime) -> None:
    """Drop the citizen's key of every file, in the caller's transaction; bytes nobody can read are removed.

    What a case has used stays readable for the archive.
    """
    for row in await fetch(DROP, party_id):
        if row["gone"]:
            await emit(MaterialErased(party_id=party_id, object_id=row["id"], at=now), now=now)
    for statement in BLANK:
        await execute(statement, party_id)


@dataclass(frozen=True)
class ObjectReading:
    """A file of the vault, for a copy of everything."""

    name: str
    chunks: AsyncIterator[bytes]


async def read_object(stored: VaultObject) -> ObjectReading | None:
    """Return a file as its owner may have it; None for one that is not there yet, or was erased.

    Raises: PartyErased.
    """
    if stored.state != ObjectState.STORED:
        return None
    key = await _keys.unwrap(stored)
    name = f"{stored.id}{guess_extension(stored.media_type) or ''}"
    return ObjectReading(name=name, chunks=stream(vault_path(stored), key, file_aad(stored)))
