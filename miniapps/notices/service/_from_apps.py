"""What mini-apps write to the parties who agreed to it, and which of them a party does not want to hear."""

import hashlib
from datetime import datetime
from typing import NamedTuple

import msgspec

from banshi.errors import InvalidInput, KeyReused
from banshi.notices import NoticeDraft, check_room
from identity import audit, consents, contexts
from identity.actor import Actor
from identity.relation_errors import OwnConsentNeeded
from miniapps.notices import queries, rules
from miniapps.notices.service._inbox import tell
from miniapps.notices.tables import AppMark, AppMute
from storage.db import execute, transaction
from storage.ids import new_id

MUTE = "INSERT INTO app_mute (id, party_id, app_id, muted_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"


class Sent(NamedTuple):
    """That the platform took a notice: the same for whoever muted the mini-app."""

    key: str
    sent_at: datetime


async def send(actor: Actor, name: str, draft: NoticeDraft, *, key: str, now: datetime) -> Sent:
    """Tell the party what the mini-app `name` writes to it, in the caller's transaction; once per `key`.

    `draft` fits the manifest, the party agreed to it, and whoever calls holds `consents.lock` of the party.
    Who muted the mini-app is told nothing; to the mini-app it is all the same.
    Raises: KeyReused, NoticesSpent.
    """
    assert actor.app_id is not None, "only mini-apps write"
    digest = hashlib.sha256(msgspec.json.encode(draft)).hexdigest()
    marks = await queries.marks(actor.acting_for, actor.app_id)
    for mark in marks:
        if mark.key == key:
            if mark.digest != digest:
                raise KeyReused
            return Sent(key, mark.told_at)
    check_room([mark.told_at for mark in marks], now=now)
    made = AppMark(party_id=actor.acting_for, app_id=actor.app_id, key=key, digest=digest, told_at=now)
    await made.save()
    is_muted = await queries.is_muted(actor.acting_for, actor.app_id)
    if not is_muted:
        await tell(
            actor.acting_for, kind=rules.APP_WROTE, title=rules.from_app(name, draft.title), body=draft.body,
            link=draft.page and f"/apps/{actor.app_id}{draft.page}", key=f"{rules.APP_WROTE}:{made.id}",
            parameters={"name": name}, app_id=actor.app_id, now=now,
        )  # fmt: skip
    silence = "您设置了不接收，没有送达" if is_muted else None
    await audit.record(actor, "notice.send", f"app/{actor.app_id}", silence, now=now)
    return Sent(key, now)


async def mute(actor: Actor, app_id: str, *, now: datetime) -> None:
    """Let the mini-app tell the party nothing, until `unmute`; also when it is agreed to anew.

    Where the party neither agreed to anything of it nor ever heard of it nothing happens.
    Raises: InvalidInput when it is no id; OwnConsentNeeded when an agent does it.
    """
    await _check(actor, app_id, now=now)
    async with transaction():
        await consents.lock(actor.acting_for)
        is_known = await consents.in_force(actor.acting_for, app_id) is not None
        if not is_known and not await queries.marks(actor.acting_for, app_id):
            return
        if not await queries.is_muted(actor.acting_for, app_id):
            await execute(MUTE, new_id(), actor.acting_for, app_id, now)
            await audit.record(actor, "notice.mute", f"app/{app_id}", now=now)


async def unmute(actor: Actor, app_id: str, *, now: datetime) -> None:
    """Let the mini-app tell the party again what it may; what it wrote meanwhile does not come.

    Raises: InvalidInput when it is no id; OwnConsentNeeded when an agent does it.
    """
    await _check(actor, app_id, now=now)
    async with transaction():
        await consents.lock(actor.acting_for)
        if await queries.is_muted(actor.acting_for, app_id):
            this = (AppMute.party_id == actor.acting_for) & (AppMute.app_id == app_id)
            await AppMute.delete().where(this)
            await audit.record(actor, "notice.unmute", f"app/{app_id}", now=now)


async def _check(actor: Actor, app_id: str, *, now: datetime) -> None:
    if not rules.APP_ID.fullmatch(app_id):
        raise InvalidInput(field="appId", problem="this is no id of a mini-app")
    if not await contexts.may_consent(actor, now=now):  # whom one wants to hear is as personal as a consent
        raise OwnConsentNeeded
