"""Handing a file out: a link for one session and one minute, and the opening of it (文件门)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from banshi.errors import NotFound
from identity import audit
from identity.actor import Actor
from identity.errors import PartyErased
from miniapps.materials import queries
from miniapps.materials.errors import SessionNeeded
from miniapps.materials.rules import LINK_SECONDS, ObjectState
from miniapps.materials.service import _keys
from miniapps.materials.service._checking import file_aad, vault_path
from miniapps.materials.tables import VaultObject
from storage import objects, seal
from storage.db import transaction
from storage.seal import FileOpener

PURPOSE = "file link"
LENGTH = 16 + 16 + 8  # version, session, expiry
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class FileReading:
    """A file about to be streamed."""

    name: str
    media_type: str
    size: int  # bytes of the clear content
    chunks: AsyncIterator[bytes]


async def download_link(actor: Actor, version_id: UUID, *, now: datetime) -> str:
    """Return the token of a link to a file: good for this session and `LINK_SECONDS` seconds.

    Raises:
        NotFound: no such version that the actor may open.
        SessionNeeded: the actor is a mini-app, or has no session.
    """
    session_id = _session_of(actor)
    await queries.readable(actor, version_id, now=now)
    expires = int((now + timedelta(seconds=LINK_SECONDS)).timestamp())
    body = version_id.bytes + session_id.bytes + expires.to_bytes(8)
    return urlsafe_b64encode(body + seal.mac(body, purpose=PURPOSE)).decode().rstrip("=")


async def open_link(actor: Actor, token: str, *, now: datetime) -> FileReading:
    """Return the file a link stands for, once the look at it is on record.

    Raises:
        NotFound: the link is forged, late, another session's, or to what the actor may no longer see.
        Unavailable: the object store did not answer.
    """
    return await _opened(actor, _version_in(actor, token, now), now=now)


async def open_here(actor: Actor, version_id: UUID, *, now: datetime) -> FileReading:
    """Return a file for a page of ours, which knows whose session it is; the look is on record then.

    Raises:
        NotFound: no such version that the actor may open.
        SessionNeeded: the actor is a mini-app, or has no session.
        Unavailable: the object store did not answer.
    """
    _session_of(actor)
    return await _opened(actor, version_id, now=now)


def _session_of(actor: Actor) -> UUID:
    if actor.session_id is None or actor.app_id is not None:
        raise SessionNeeded()
    return actor.session_id


async def _opened(actor: Actor, version_id: UUID, *, now: datetime) -> FileReading:
    version, use_id = await queries.readable(actor, version_id, now=now)
    stored = await queries.object_of(version)
    key = await _key(stored, version_id)
    async with transaction():
        basis = f"use/{use_id}" if use_id else None
        await audit.record_read(
            actor, "material.read", f"version/{version_id}", basis, now=now, party_id=version.party_id
        )
    return FileReading(
        name=version.material.title,
        media_type=stored.media_type,
        size=stored.size,
        chunks=stream(vault_path(stored), key, file_aad(stored)),
    )


def _version_in(actor: Actor, token: str, now: datetime) -> UUID:
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raw = b""
    body, mac = raw[:LENGTH], raw[LENGTH:]
    session_id = NOBODY if actor.app_id else actor.session_id or NOBODY  # a mini-app's is its citizen's
    is_good = (
        len(body) == LENGTH
        and seal.same(seal.mac(body, purpose=PURPOSE), mac)
        and seal.same(body[16:32], session_id.bytes)
        and session_id != NOBODY
        and int.from_bytes(body[32:]) >= now.timestamp()
    )
    if not is_good:
        raise NotFound(what="file", id="")
    return UUID(bytes=body[:16])


async def _key(stored: VaultObject, version_id: UUID) -> bytes:
    try:
        return await _keys.unwrap(stored)
    except (PartyErased, LookupError):
        raise NotFound(what="file", id=version_id) from None


async def stream(path: str, key: bytes, aad: bytes) -> AsyncIterator[bytes]:
    """Decrypt while streaming: a file is never whole in memory."""
    opener = FileOpener(key, aad)
    async for chunk in objects.get(path):
        for plain in opener.feed(chunk):
            yield plain
    for plain in opener.end():
        yield plain


async def erase_object(object_id: UUID) -> None:
    """Remove the sealed bytes of an erased object; one that was filled again meanwhile stays.

    The row stays locked meanwhile, so that no upload of the same bytes comes between look and removal.
    """
    async with transaction():
        stored = await queries.lock_object(object_id)
        if stored.state == ObjectState.ERASED:
            await objects.remove(vault_path(stored))
