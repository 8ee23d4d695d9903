"""Uploads: the phone sends its file straight to quarantine; the app says where, and believes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from banshi.errors import KeyReused
from identity import audit
from identity.actor import Actor
from miniapps.materials import queries, rules
from miniapps.materials.errors import TooManyUploads, UploadLapsed, UploadMissing
from miniapps.materials.events import MaterialUploaded, UploadExpired
from miniapps.materials.rules import MOST_UNDER_WAY, UPLOAD_SECONDS, UploadState, WalletSettings
from miniapps.materials.tables import Upload
from storage import objects, outbox, seal
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from storage.outbox import emit
from storage.unnest import Rows, brought

_IN_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('uploads of ' || $1, 0))"  # or both count too few
AFTER_EXPIRY = timedelta(seconds=30)  # the object store's clock may lag behind ours

_settings = WalletSettings()


def configure(settings: WalletSettings) -> None:
    """Tell this process how large uploads may be."""
    global _settings
    _settings = settings


@dataclass(frozen=True)
class UploadForm:
    """Where and how the phone sends its file: one multipart POST of these fields and then `file`."""

    upload: Upload
    url: str | None  # None when the file has been sent already or the time is over
    fields: dict[str, str]


def fingerprint(sha256: str) -> bytes:
    """Return the keyed form in which the SHA-256 (hexadecimal) of a file is stored and compared."""
    return seal.blind(sha256.lower(), purpose="material fingerprint")


def quarantine_key(upload_id: UUID) -> str:
    """Return where an upload's file lies until it was checked."""
    return f"quarantine/{upload_id}"


async def request_upload(
    actor: Actor,
    *,
    kind: str,
    title: str,
    media_type: str,
    size: int,
    sha256: str,
    idempotency_key: str,
    now: datetime,
) -> UploadForm:
    """Allow one upload of exactly `size` bytes within ten minutes.

    Shape: `sha256` 64 hexadecimal digits of the file; `idempotency_key` 8–64 characters, a retry with it
        gets the same upload again.
    Raises:
        InvalidInput, TypeNotTaken, TooLarge: what is asked cannot be.
        KeyReused: the key was used for another file.
        TooManyUploads: finish some first.
    """
    rules.check_upload(kind=kind, title=title, media_type=media_type, size=size, settings=_settings)
    rules.check_names(sha256=sha256, idempotency_key=idempotency_key)
    wanted = Upload(
        id=new_id(), party_id=actor.acting_for, person_id=actor.person_id, idempotency_key=idempotency_key,
        kind=kind, title=title.strip(), media_type=media_type, size=size, fingerprint=fingerprint(sha256),
        requested_at=now, expires_at=now + timedelta(seconds=UPLOAD_SECONDS),
    )  # fmt: skip
    async with transaction():
        await execute(_IN_TURN, actor.acting_for.bytes.hex())
        under_way, used = await queries.under_way(actor.acting_for, idempotency_key)
        if not used and under_way >= MOST_UNDER_WAY:
            raise TooManyUploads(most=MOST_UNDER_WAY)
        if not used and await _store(actor, wanted, now=now):
            return _form(wanted, now)
        known = await queries.upload_by_key(actor.acting_for, idempotency_key)
    if known is None or _asked(known) != _asked(wanted):
        raise KeyReused()
    return _form(known, now)


class _Wanted(NamedTuple):
    """The values of an upload about to be stored."""

    id: UUID
    party_id: UUID
    person_id: UUID
    idempotency_key: str
    kind: str
    title: str
    media_type: str
    size: int
    fingerprint: bytes
    requested_at: datetime
    expires_at: datetime


PARTS = {"wanted": Rows(_Wanted), "line": Rows(audit.Line), "fact": Rows(outbox.Fact)}


STORE = f"""
WITH {brought(PARTS)},
stored AS (
  INSERT INTO material_upload ({PARTS["wanted"].names}, state, starts)
  SELECT {PARTS["wanted"].names}, '{UploadState.REQUESTED}', 0 FROM wanted
  ON CONFLICT (party_id, idempotency_key) DO NOTHING RETURNING party_id),
audited AS ({audit.insert_lines("(SELECT stored.party_id, line.* FROM stored, line) AS line")}),
emitted AS ({outbox.insert_facts("(SELECT stored.party_id, fact.* FROM stored, fact) AS fact")})
SELECT pg_notify('outbox', '') FROM stored
"""  # noqa: S608


async def _store(actor: Actor, wanted: Upload, *, now: datetime) -> bool:
    """Store the upload, the reminder that clears it away when it never comes, and that it was asked for.

    False: its key was used.
    """
    expired = UploadExpired(party_id=wanted.party_id, upload_id=wanted.id, at=wanted.expires_at)
    brought = (
        wanted,
        audit.line(actor, "material.upload", f"upload/{wanted.id}", now=now),
        outbox.fact(expired, now=now, not_before=wanted.expires_at + AFTER_EXPIRY),
    )
    arrays = (rows.arguments([row]) for rows, row in zip(PARTS.values(), brought, strict=True))
    return bool(await fetch(STORE, *(array for each in arrays for array in each)))


def _asked(upload: Upload) -> tuple[object, ...]:
    return (upload.kind, upload.title, upload.media_type, upload.size, bytes(upload.fingerprint))


def _form(upload: Upload, now: datetime) -> UploadForm:
    seconds = int((upload.expires_at - now).total_seconds())
    if upload.state != UploadState.REQUESTED or seconds < 1:
        return UploadForm(upload=upload, url=None, fields={})
    post = objects.presign_post(
        quarantine_key(upload.id), media_type=upload.media_type, min_bytes=upload.size,
        max_bytes=upload.size, seconds=min(seconds, UPLOAD_SECONDS),
    )  # fmt: skip
    return UploadForm(upload=upload, url=post.url, fields=post.fields)


async def complete_upload(actor: Actor, upload_id: UUID, *, now: datetime) -> Upload:
    """Say that the file has been sent; a worker checks it then.  Saying it again changes nothing.

    Raises:
        NotFound: no such upload, or somebody else's.
        UploadMissing: nothing has arrived.
        UploadLapsed: too late; ask for a new form.
        Unavailable: the object store did not answer.
    """
    upload = await queries.upload(actor, upload_id)
    if upload.state == UploadState.REQUESTED and await objects.stat(quarantine_key(upload_id)) is None:
        raise UploadMissing(id=upload_id)
    async with transaction():
        upload = await queries.upload(actor, upload_id, lock=True)
        if upload.state == UploadState.LAPSED or _is_late(upload, now):
            raise UploadLapsed(id=upload_id)
        if upload.state == UploadState.REQUESTED:
            upload.state = UploadState.CHECKING
            await upload.save([Upload.state])
            await emit(MaterialUploaded(party_id=upload.party_id, upload_id=upload.id, at=now), now=now)
    return upload


def _is_late(upload: Upload, now: datetime) -> bool:
    return upload.state == UploadState.REQUESTED and now > upload.expires_at + AFTER_EXPIRY
