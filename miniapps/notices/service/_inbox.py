"""Telling a party something, and its reading that."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from identity import devices, mandates
from identity.actor import Actor
from identity.events import (
    AccessObjected,
    AccountEvent,
    DeviceFirstSeen,
    NetworkIdentityLinked,
    ObjectionAnswered,
    PasskeyAdded,
    PasskeyRemoved,
)
from identity.methods import credentials
from miniapps.notices import queries, rules
from miniapps.notices.events import NoticesAged
from miniapps.notices.tables import Notice
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from storage.outbox import emit

TELL = (
    "INSERT INTO notice (id, party_id, key, kind, parameters, title, body, link, app_id, told_at)"
    " VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10) ON CONFLICT (party_id, key) DO NOTHING"
)


async def tell(
    party_id: UUID,
    *,
    kind: str,
    title: str,
    body: str,
    link: str | None = None,
    key: str,
    parameters: Mapping[str, str] | None = None,
    app_id: str | None = None,
    now: datetime,
) -> None:
    """Put a notice into the inbox of `party_id`, in the caller's transaction; once per `key`.

    Shape: `title` (to 60 characters) and `body` (to 1000) in plain Chinese, cut when longer; ID and mobile
        numbers in them are blotted out; `link` is a path of our own pages.
    Raises: ValueError when `link` leads elsewhere.
    """
    if link is not None and not rules.is_inside(link):
        raise ValueError("a notice links to our own pages only")
    text = rules.presentable(rules.Text(title, body))
    safe = {name: rules.without_numbers(value) for name, value in (parameters or {}).items()}
    values = msgspec.json.encode(safe).decode()
    await execute(TELL, new_id(), party_id, key, kind, values, text.title, text.body, link, app_id, now)


async def tell_of(
    party_id: UUID,
    *,
    kind: str,
    parameters: Mapping[str, str],
    link: str | None = None,
    key: str,
    app_id: str | None = None,
    now: datetime,
) -> None:
    """`tell` in the words that `rules.TEMPLATES` has for `kind`; `parameters` serve other languages."""
    text = rules.render(kind, parameters)
    await tell(
        party_id,
        kind=kind,
        title=text.title,
        body=text.body,
        link=link,
        key=key,
        parameters=parameters,
        app_id=app_id,
        now=now,
    )


async def tell_of_device(event: DeviceFirstSeen) -> None:
    """Warn that somebody signed in on a device never seen with the person, if he still is."""
    device = await devices.of_session(event.party_id, event.session_id)
    if device is not None:
        await _warn(event, str(event.session_id), {"device": device})


async def tell_of_passkey(event: PasskeyAdded) -> None:
    """Warn that a passkey was added; one removed meanwhile has its own notice."""
    name = await credentials.name_of(event.party_id, event.passkey_id)
    if name is not None:
        await _warn(event, str(event.passkey_id), {"name": name})


async def tell_of_lost_passkey(event: PasskeyRemoved) -> None:
    """Warn that a passkey was removed."""
    await _warn(event, str(event.passkey_id), {})


async def tell_of_network_identity(event: NetworkIdentityLinked) -> None:
    """Warn that a 网络身份 was linked to the account."""
    await _warn(event, event.at.isoformat(), {})


async def tell_of_objection(event: AccessObjected) -> None:
    """Tell a department that it has to answer an objection."""
    await _warn(event, str(event.objection_id), {})


async def tell_of_answer(event: ObjectionAnswered) -> None:
    """Tell a person that his objection was answered."""
    outcome = "异议成立" if event.upheld else "查阅符合规定"
    await _warn(event, str(event.objection_id), {"outcome": outcome})


async def _warn(event: AccountEvent, about: str, parameters: Mapping[str, str]) -> None:
    """Tell the person of what happened to his account, in the inbox where he would not overlook it."""
    told = {"at": rules.spoken(event.at), **parameters}
    await tell_of(event.party_id, kind=event.type, parameters=told, key=f"{event.type}:{about}", now=event.at)


async def tell_of_mandate(
    party_id: UUID | None, mandate_id: UUID, kind: str, *, act: str = "", key: str, now: datetime
) -> None:
    """Tell a party of a mandate; the names of persons are masked, as everywhere but at home."""
    held = await mandates.described(mandate_id, now=now)
    if held is None or party_id is None:
        return
    parameters = {
        "kind": rules.KINDS[held.kind], "principal": held.principal, "delegate": held.delegate,
        "act": rules.ACTS.get(act, "一项操作"),
    }  # fmt: skip
    await tell_of(party_id, kind=kind, parameters=parameters, link="/mandates", key=key, now=now)


async def mark_read(actor: Actor, notice_id: UUID, *, now: datetime) -> Notice:
    """Note that the actor has read a notice; reading it again keeps the first time.

    Raises: NoticeNotFound when it is not in the actor's inbox.
    """
    async with transaction():
        notice = await queries.lock(actor, notice_id)
        if notice.read_at is None:
            notice.read_at = now
            await notice.save([Notice.read_at])
    return notice


async def mark_all_read(actor: Actor, *, now: datetime) -> None:
    """Note that the actor has read everything told so far."""
    async with transaction():
        unread = Notice.update({Notice.read_at: now}).where(queries.visible_to(actor))
        await unread.where(Notice.read_at.is_null())


async def seed(*, now: datetime) -> None:
    """Start the daily sweep, unless one is waiting already."""
    async with transaction():
        waiting = "SELECT 1 FROM outbox WHERE type = $1 AND settled_at IS NULL LIMIT 1"
        if not await fetch(waiting, NoticesAged.type):
            await emit(NoticesAged(party_id=None), now=now, not_before=now + rules.SWEEP_EVERY)


async def sweep(*, now: datetime) -> None:
    """Drop notices and marks past keeping, and set the time of the next sweep."""
    async with transaction():
        await execute("DELETE FROM notice WHERE told_at < $1", rules.kept_since(now))
        await execute("DELETE FROM app_mark WHERE told_at < $1", now - rules.KEPT_MARKS)
        await emit(NoticesAged(party_id=None), now=now, not_before=now + rules.SWEEP_EVERY)
