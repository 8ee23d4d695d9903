"""What a mini-app writes to its citizen: with his token while he is there, later with its credential."""

from datetime import datetime

from banshi.errors import ConsentNeeded, ScopeMissing
from banshi.notices import NoticeDraft, check_key, fit
from banshi.scopes import Scope
from identity import consents, tokens
from identity.actor import Actor
from miniapps.gateway.service._opening import Holder
from miniapps.notices import service as notices
from miniapps.notices.service import Sent
from miniapps.release import queries as releases
from storage import limits
from storage.db import transaction

A_MINUTE = 600  # notices of one mini-app, to whomever


async def write(actor: Actor, draft: NoticeDraft, *, key: str, now: datetime) -> Sent:
    """Put a notice of the mini-app into the inbox of the party it acts for; again with `key`: it is there.

    Raises:
        ScopeMissing: no mini-app writes, or the citizen did not agree to it.
        AppNotFound: the mini-app is switched off, or none of our catalogue.
        ConsentNeeded: the party has just taken its consent back, or the version does not ask for it any more.
        NoticeUnfit, InvalidInput, KeyReused: as `banshi.notices` says.
        RateLimited, NoticesSpent: enough was written for now; `retry_after_s` says when more may be.
    """
    if actor.app_id is None or not actor.may(Scope.NOTICES_SEND):
        raise ScopeMissing(scope=Scope.NOTICES_SEND)
    check_key(key)
    _, made = await releases.called(actor)
    if Scope.NOTICES_SEND not in made.scopes:
        raise ConsentNeeded(scope=Scope.NOTICES_SEND)
    draft = fit(made, draft)
    await limits.take(f"notices:{made.id}", capacity=A_MINUTE, per_s=A_MINUTE / 60)
    async with transaction():
        await consents.lock(actor.acting_for)
        held = await consents.in_force(actor.acting_for, made.id)
        if held is None or Scope.NOTICES_SEND not in held.scopes:
            raise ConsentNeeded(scope=Scope.NOTICES_SEND)
        return await notices.send(actor, made.name, draft, key=key, now=now)


async def write_later(holder: Holder, sub: str, draft: NoticeDraft, *, key: str, now: datetime) -> Sent:
    """Do the same when no call is under way, for the party that the mini-app knows as `sub`.

    Whom it does not know counts, too: else a credential could ask the database without end.
    Raises: as `write`; ConsentNeeded, too, when there is nobody whom it knows so.
    """
    await limits.take(f"notices later:{holder.audience}", capacity=A_MINUTE, per_s=A_MINUTE / 60)
    actor = await tokens.standing(holder.audience, sub, Scope.NOTICES_SEND, now=now)
    if actor is None:
        raise ConsentNeeded(scope=Scope.NOTICES_SEND)
    return await write(actor, draft, key=key, now=now)
