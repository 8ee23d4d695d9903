"""Verbs of the inbox."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from identity.actor import Actor
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
    """Drop notices past keeping, and set the time of the next sweep."""
    async with transaction():
        await execute("DELETE FROM notice WHERE told_at < $1", rules.kept_since(now))
        await emit(NoticesAged(party_id=None), now=now, not_before=now + rules.SWEEP_EVERY)
