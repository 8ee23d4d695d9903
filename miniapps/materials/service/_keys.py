"""The key of each sealed file, wrapped by the party's key of every retention class that may read it."""

from uuid import UUID

from identity import keys
from identity.keys import Retention
from miniapps.materials.tables import VaultObject
from storage import seal


def _aad(object_id: UUID, retention: Retention) -> bytes:
    return f"vault-object:{object_id}:{retention}".encode()


async def wrap(file_key: bytes, *, party_id: UUID, object_id: UUID, retention: Retention) -> bytes:
    """Return the file's key sealed with the party's key of one retention class."""
    data_key = await keys.data_key(party_id, retention)
    return seal.seal(file_key, data_key, aad=_aad(object_id, retention))


async def unwrap(stored: VaultObject) -> bytes:
    """Return the file's key.  The archive copy is asked first: it outlives the citizen's own key.

    Raises what `seal.open_` raises when the party's key was destroyed, and LookupError when no copy is left.
    """
    for wrapped, retention in (
        (stored.archive_key, Retention.ARCHIVE),
        (stored.citizen_key, Retention.CITIZEN),
    ):
        if wrapped is not None:
            data_key = await keys.data_key(stored.party_id, retention)
            return seal.open_(wrapped, data_key, aad=_aad(stored.id, retention))
    raise LookupError("the file was erased")


async def archive(stored: VaultObject) -> None:
    """Let the archive read the file too: the bytes stay as they are, only their key is wrapped once more."""
    if stored.archive_key is None:
        stored.archive_key = await for_archive(stored)
        await stored.save([VaultObject.archive_key])


async def for_archive(stored: VaultObject) -> bytes:
    """Return the file's key as the archive is to have it."""
    return await wrap(
        await unwrap(stored), party_id=stored.party_id, object_id=stored.id, retention=Retention.ARCHIVE
    )
