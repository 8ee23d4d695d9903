"""A copy of everything: asked for, built in the background, fetched for a day, and gone."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from uuid import UUID

from banshi.errors import NotFound, ScopeMissing
from banshi.scopes import Scope
from identity import assurance, audit, keys
from identity.actor import Actor
from identity.errors import PartyErased
from identity.keys import Retention
from identity.roles import Role
from miniapps.materials.service import FileReading
from miniapps.privacy import queries
from miniapps.privacy.errors import ExportTooSoon, OnlyOneself
from miniapps.privacy.events import ExportAsked, ExportOver, ExportReady
from miniapps.privacy.rules import EVERY, FRESH, LEVEL, LINK_SECONDS, PARTS, STAYS, ExportState
from miniapps.privacy.service._archive import Builder, Sink
from miniapps.privacy.tables import DataExport
from miniapps.webhooks import service as webhooks
from miniapps.webhooks.rules import Right
from storage import objects, seal
from storage.db import execute, fetch, transaction
from storage.outbox import emit
from storage.seal import FileOpener, FileSealer

PURPOSE = "export link"
LENGTH = 16 + 16 + 8  # copy, session, expiry


def check_oneself(actor: Actor, *, now: datetime) -> None:
    """Raise unless a person acts as himself, by a fresh sign-in of the highest level.

    Raises: ScopeMissing, OnlyOneself, StepUpNeeded.
    """
    if not actor.may(Scope.PRIVACY_WRITE):
        raise ScopeMissing(scope=Scope.PRIVACY_WRITE)
    oneself = actor.is_a(Role.CITIZEN) and actor.acting_for == actor.person_id
    if not oneself or actor.app_id is not None or actor.delegation_id is not None:
        raise OnlyOneself
    assurance.need(actor, level=LEVEL, max_age=FRESH, now=now)


async def ask(actor: Actor, *, now: datetime) -> DataExport:
    """Ask for a copy of everything the platform keeps about the person (个人信息保护法 Art. 45).

    Raises: ScopeMissing, OnlyOneself, StepUpNeeded, ExportTooSoon.
    """
    check_oneself(actor, now=now)
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", actor.person_id.int >> 65)
        last = await queries.last_asked(actor.person_id)
        if last is not None and now - last < EVERY:
            hours = -(-(EVERY - (now - last)) // timedelta(hours=1))
            raise ExportTooSoon(hours=hours)
        asked = DataExport(party_id=actor.person_id, asked_at=now)
        await asked.save()
        await audit.record(actor, "party.export", f"export/{asked.id}", now=now)
        await webhooks.ask_all(actor.person_id, Right.COPY, now=now)
        await emit(ExportAsked(party_id=actor.person_id, export_id=asked.id, at=now), now=now)
    return asked


async def build(export_id: UUID, *, now: datetime) -> None:
    """Build the copy and put it, sealed, into the object store.  May run again: it then begins anew."""
    found = await DataExport.objects().where(DataExport.id == export_id).first()
    if found is None or found.state not in (ExportState.ASKED, ExportState.BUILDING):
        return
    [files] = await fetch("SELECT count(*) AS n FROM vault_object WHERE party_id = $1", found.party_id)
    await execute(
        "UPDATE data_export SET state = 'building', done = 0, total = $2 WHERE id = $1",
        export_id, len(PARTS) + files["n"],
    )  # fmt: skip

    async def progress(done: int) -> None:
        await execute("UPDATE data_export SET done = $2 WHERE id = $1", export_id, done)

    key = seal.new_key()
    try:
        data_key = await keys.data_key(found.party_id, Retention.CITIZEN)
        with TemporaryFile() as file:  # of sealed bytes only
            sink = Sink(FileSealer(key, _path(found).encode()), file)
            await Builder(found.party_id, sink, progress, now=now).build()
            sink.close()
            await objects.put_file(_path(found), file, seal.sealed_size(sink.size))
    except PartyErased:  # he was erased meanwhile
        await execute("UPDATE data_export SET state = 'over' WHERE id = $1", export_id)
        return
    async with transaction():
        await execute(
            "UPDATE data_export SET state = 'ready', done = total, size = $2, digest = $3, key = $4,"
            " ready_at = $5, expires_at = $6 WHERE id = $1 AND state = 'building'",
            export_id, sink.size, sink.digest.hexdigest(), seal.seal(key, data_key, aad=_aad(export_id)),
            now, now + STAYS,
        )  # fmt: skip
        await emit(ExportReady(party_id=found.party_id, export_id=export_id, at=now), now=now)
        over = ExportOver(party_id=found.party_id, export_id=export_id, at=now)
        await emit(over, now=now, not_before=now + STAYS)


async def link(actor: Actor, export_id: UUID, *, now: datetime) -> str:
    """Return the token of a link to the copy: good for this session and a minute.

    Raises: ScopeMissing, OnlyOneself, StepUpNeeded, ExportNotFound.
    """
    check_oneself(actor, now=now)
    await queries.ready(actor, export_id, now=now)
    assert actor.session_id is not None, "a person who acts as himself has a session"
    expires = int((now + timedelta(seconds=LINK_SECONDS)).timestamp())
    body = export_id.bytes + actor.session_id.bytes + expires.to_bytes(8)
    return urlsafe_b64encode(body + seal.mac(body, purpose=PURPOSE)).decode().rstrip("=")


async def open_link(actor: Actor, token: str, *, now: datetime) -> FileReading:
    """Return the archive a link stands for, once the look at it is on record.

    Raises: NotFound, Unavailable.
    """
    found = await queries.ready(actor, _export_in(actor, token, now), now=now)
    assert found.key is not None
    assert found.size is not None
    try:
        data_key = await keys.data_key(found.party_id, Retention.CITIZEN)
    except PartyErased:
        raise NotFound(what="file", id="") from None
    key = seal.open_(found.key, data_key, aad=_aad(found.id))
    await audit.record(actor, "party.export.read", f"export/{found.id}", now=now)
    chunks = _open(_path(found), key)
    return FileReading(name="我的个人信息", media_type="application/zip", size=found.size, chunks=chunks)


def _export_in(actor: Actor, token: str, now: datetime) -> UUID:
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raw = b""
    body, mac = raw[:LENGTH], raw[LENGTH:]
    is_good = (
        len(body) == LENGTH
        and seal.same(seal.mac(body, purpose=PURPOSE), mac)
        and actor.session_id is not None
        and actor.app_id is None
        and seal.same(body[16:32], actor.session_id.bytes)
        and int.from_bytes(body[32:]) >= now.timestamp()
    )
    if not is_good:
        raise NotFound(what="file", id="")
    return UUID(bytes=body[:16])


async def _open(path: str, key: bytes) -> AsyncIterator[bytes]:
    opener = FileOpener(key, path.encode())
    async for chunk in objects.get(path):
        for plain in opener.feed(chunk):
            yield plain
    for plain in opener.end():
        yield plain


async def remove(export_id: UUID) -> None:
    """Drop the copy's key and remove its bytes.  Twice is once."""
    found = await DataExport.objects().where(DataExport.id == export_id).first()
    if found is not None:
        await execute("UPDATE data_export SET state = 'over', key = NULL WHERE id = $1", export_id)
        await objects.remove(_path(found))


def _path(row: DataExport) -> str:
    return f"exports/{row.party_id}/{row.id}"


def _aad(export_id: UUID) -> bytes:
    return b"data_export.key\0" + export_id.bytes
