"""From quarantine to vault, so that a worker may die between any two lines and the next one goes on.

    count the start → read and check → reserve a place and key → write the sealed bytes
    → make it a material → remove the clear file

Every step finds done what was done; the clear file goes last, so nothing is ever missing.
"""

import hashlib
from datetime import datetime
from uuid import UUID

from banshi.errors import Unavailable
from miniapps.materials import service
from miniapps.materials.rules import Reason, UploadState
from miniapps.materials.tables import Upload
from storage import objects, seal
from storage.inspection import desk

MOST_STARTS = 2
"""A check that began so often and never ended took its worker down each time.

The third start, the last that the queue allows, refuses the file instead of becoming a dead letter.
"""


async def check(upload_id: UUID, *, now: datetime) -> None:
    """Settle one upload.  Raises Unavailable when a neighbour is away: then it is tried again."""
    upload = await service.begin_check(upload_id)
    if upload.state == UploadState.CHECKING:
        try:
            await _settle(upload, now)
        except Unavailable:
            await service.release_check(upload_id)
            raise
    await objects.remove(service.quarantine_key(upload_id))


async def _settle(upload: Upload, now: datetime) -> None:
    if upload.starts > MOST_STARTS:
        await service.refuse(upload.id, Reason.UNREADABLE, now=now)
        return
    data = await _arrived(upload)
    if isinstance(data, Reason):
        await service.refuse(upload.id, data, now=now)
        return
    verdict = await desk.inspect(data, upload.media_type)
    if verdict.finding is not None:
        await service.refuse(upload.id, Reason(verdict.finding.value), now=now)
        return
    await _store(upload, verdict.clean, now)


async def _arrived(upload: Upload) -> bytes | Reason:
    """Return the file when it is the announced one, to the byte; otherwise why not."""
    try:
        data = await objects.read(service.quarantine_key(upload.id), max_bytes=upload.size)
    except objects.Absent:
        return Reason.MISSING
    except ValueError:
        return Reason.SIZE_DIFFERS
    if len(data) != upload.size:
        return Reason.SIZE_DIFFERS
    if service.fingerprint(hashlib.sha256(data).hexdigest()) != bytes(upload.fingerprint):
        return Reason.HASH_DIFFERS
    return data


async def _store(upload: Upload, clean: bytes, now: datetime) -> None:
    place = await service.reserve(upload, media_type=upload.media_type, size=len(clean), now=now)
    if not place.is_stored:
        await objects.put(place.path, b"".join(seal.encrypt_chunks([clean], place.key, place.aad)))
    await service.admit(upload.id, place.object_id, now=now)


async def sweep(upload_id: UUID, *, now: datetime) -> None:
    """Close an expired upload and remove what it left in quarantine, unless it is just being checked."""
    if await service.lapse(upload_id, now=now):
        await objects.remove(service.quarantine_key(upload_id))
