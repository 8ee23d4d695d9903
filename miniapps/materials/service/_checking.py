"""What the worker does to an upload.  Every step may be repeated after a crash."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from identity.actor import WORKER
from identity.keys import Retention
from miniapps.materials import queries, rules
from miniapps.materials.events import MaterialAvailable, MaterialRefused, UploadExpired
from miniapps.materials.rules import ObjectState, Reason, UploadState
from miniapps.materials.service import _keys
from miniapps.materials.tables import MaterialVersion, Upload, VaultObject
from storage import seal
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from storage.outbox import emit

STILL_CHECKING = timedelta(minutes=10)
LONGEST_CHECK = timedelta(days=1)  # a clear file does not outlive it, whatever broke


@dataclass(frozen=True)
class Place:
    """Where the sealed bytes go, the key that seals them, and whether they lie there already."""

    object_id: UUID
    path: str
    key: bytes
    aad: bytes
    is_stored: bool


async def begin_check(upload_id: UUID) -> Upload:
    """Count one more start of the check, and return the upload."""
    await execute(
        "UPDATE material_upload SET starts = starts + 1 WHERE id = $1 AND state = 'checking'", upload_id
    )
    return await queries.upload(WORKER, upload_id)


async def release_check(upload_id: UUID) -> None:
    """Take the start back: the check ended in good order, though without a result (a neighbour was away)."""
    await execute("UPDATE material_upload SET starts = greatest(starts - 1, 0) WHERE id = $1", upload_id)


async def reserve(upload: Upload, *, media_type: str, size: int, now: datetime) -> Place:
    """Promise the vault a place for an upload's bytes; a party's same bytes have one place and one key."""
    async with transaction():
        stored = VaultObject(
            id=new_id(), party_id=upload.party_id, fingerprint=upload.fingerprint, media_type=media_type,
            size=size, created_at=now,
        )  # fmt: skip
        await VaultObject.insert(stored).on_conflict(action="DO NOTHING")
        stored = await queries.lock_object_by_fingerprint(upload.party_id, upload.fingerprint)
        if stored.citizen_key is None and stored.archive_key is None:
            await _give_key(stored)
        key = await _keys.unwrap(stored)
    return Place(
        object_id=stored.id, path=vault_path(stored), key=key, aad=file_aad(stored),
        is_stored=stored.state == ObjectState.STORED,
    )  # fmt: skip


async def _give_key(stored: VaultObject) -> None:
    """A new place, or one that was erased and is used again, gets a key of its own."""
    stored.state = ObjectState.RESERVED
    stored.citizen_key = await _keys.wrap(
        seal.new_key(), party_id=stored.party_id, object_id=stored.id, retention=Retention.CITIZEN
    )
    await stored.save([VaultObject.state, VaultObject.citizen_key])


def vault_path(stored: VaultObject) -> str:
    """Return where sealed bytes lie: known by party and keyed fingerprint only."""
    return f"vault/{stored.party_id}/{bytes(stored.fingerprint).hex()}"


def file_aad(stored: VaultObject) -> bytes:
    """Return what binds sealed bytes to their place."""
    return vault_path(stored).encode()


async def admit(upload_id: UUID, object_id: UUID, *, now: datetime) -> Upload:
    """Make a checked upload, whose sealed bytes lie in the vault, a version of a material.  Twice is once."""
    async with transaction():
        upload = await queries.upload(WORKER, upload_id, lock=True)
        if upload.state != UploadState.CHECKING:
            return upload
        stored = await queries.lock_object(object_id)
        stored.state = ObjectState.STORED
        await stored.save([VaultObject.state])
        version = await _version(upload, object_id, now)
        upload.state, upload.version, upload.settled_at = UploadState.AVAILABLE, version.id, now
        await upload.save([Upload.state, Upload.version, Upload.settled_at])
        await emit(
            MaterialAvailable(party_id=upload.party_id, upload_id=upload.id, version_id=version.id, at=now),
            now=now,
        )
    return upload


async def _version(upload: Upload, object_id: UUID, now: datetime) -> MaterialVersion:
    """Return the next version of the upload's material; the same bytes again are no new version."""
    [row] = await fetch(
        "INSERT INTO material (id, party_id, kind, title, hidden, created_at)"
        " VALUES ($1, $2, $3, $4, false, $5)"
        " ON CONFLICT (party_id, kind, title) DO UPDATE SET hidden = false RETURNING id",
        new_id(), upload.party_id, upload.kind, upload.title, now,
    )  # fmt: skip
    newest = await queries.newest_version(row["id"])
    if newest is not None and newest.object == object_id:
        return newest
    version = MaterialVersion(
        id=new_id(), party_id=upload.party_id, material=row["id"], number=newest.number + 1 if newest else 1,
        object=object_id, trust=rules.upload_trust(upload.kind), created_by=upload.person_id, created_at=now,
    )  # fmt: skip
    await version.save()
    return version


async def refuse(upload_id: UUID, reason: Reason, *, now: datetime) -> Upload:
    """Refuse an upload for good  Twice is once."""
    async with transaction():
        upload = await queries.upload(WORKER, upload_id, lock=True)
        if upload.state != UploadState.CHECKING:
            return upload
        upload.state, upload.reason, upload.settled_at = UploadState.REFUSED, reason, now
        await upload.save([Upload.state, Upload.reason, Upload.settled_at])
        await emit(MaterialRefused(party_id=upload.party_id, upload_id=upload.id, at=now), now=now)
    return upload


async def lapse(upload_id: UUID, *, now: datetime) -> bool:
    """Close an upload whose form has expired; say whether its quarantined file may go now.

    One that is still being checked is looked at again later, and refused after a day.
    """
    async with transaction():
        upload = await queries.upload(WORKER, upload_id, lock=True)
        if upload.state == UploadState.CHECKING and now - upload.requested_at < LONGEST_CHECK:
            again = UploadExpired(party_id=upload.party_id, upload_id=upload.id, at=upload.expires_at)
            await emit(again, now=now, not_before=now + STILL_CHECKING)
            return False
        if upload.state == UploadState.CHECKING:
            await refuse(upload_id, Reason.NOT_CHECKED, now=now)
        elif upload.state == UploadState.REQUESTED:
            upload.state, upload.settled_at = UploadState.LAPSED, now
            await upload.save([Upload.state, Upload.settled_at])
    return True
