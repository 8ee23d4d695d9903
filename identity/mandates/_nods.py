"""Nods (逐件确认): what a village agent does, he does after the villager accepted that very act."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID as Id

from piccolo.columns import UUID, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from banshi.errors import ScopeMissing
from banshi.scopes import Scope
from identity import audit
from identity.actor import Actor
from identity.events import NodAsked
from identity.mandates import _changes
from identity.relation_errors import NodNeeded, NodNotFound
from identity.roles import MandateKind
from identity.visibility import Same, Visibility, where
from storage.checks import one_of
from storage.db import DB, fetch, transaction
from storage.ids import new_id
from storage.outbox import emit
from storage.paging import Page, page


class NodState(StrEnum):
    """Where the question stands."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    USED = "used"


class Nod(Table, db=DB, tablename="mandate_nod"):
    """One act a village agent wants to do, and what the villager says to it."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the villager
    mandate_id = UUID()
    act = Varchar(80)  # as in the audit row, e.g. "case.submit"
    object = Varchar(200)  # e.g. case/0193…
    fingerprint = Varchar(64)  # of what he accepts: changed afterwards, it needs another nod
    state = Varchar(12, choices=NodState, default=NodState.ASKED)
    asked_at = Timestamptz()
    answered_at = Timestamptz(null=True, default=None)
    used_at = Timestamptz(null=True, default=None)

    mandate_nod_state_is_known = Check(one_of("state", NodState))


OF_PARTY: Visibility = ((Same(Nod.party_id, "acting_for"),),)


async def ask_nod(actor: Actor, act: str, object: str, fingerprint: str, *, now: datetime) -> Nod:
    """Ask the villager acted for to accept one act; asking the same again is the question that waits.

    Raises: ScopeMissing when not a village agent acts for somebody.
    """
    if actor.mandate_kind is not MandateKind.VILLAGE or actor.delegation_id is None:
        raise ScopeMissing(scope=Scope.MANDATES_WRITE)
    async with transaction():
        waiting = await Nod.objects().where(
            Nod.party_id == actor.acting_for, Nod.mandate_id == actor.delegation_id, Nod.act == act,
            Nod.object == object, Nod.fingerprint == fingerprint, Nod.state == NodState.ASKED,
        ).first()  # fmt: skip
        if waiting is not None:
            return waiting
        nod = Nod(
            party_id=actor.acting_for, mandate_id=actor.delegation_id, act=act, object=object,
            fingerprint=fingerprint, asked_at=now,
        )  # fmt: skip
        await Nod.insert(nod)
        await audit.record(actor, "mandate.ask_nod", f"nod/{nod.id}", act, now=now)
        fact = NodAsked(party_id=nod.party_id, nod_id=nod.id, mandate_id=nod.mandate_id, act=act, at=now)
        await emit(fact, now=now)
    return nod


async def answer_nod(actor: Actor, nod_id: Id, *, accept: bool, now: datetime) -> Nod:
    """Say yes or no to one act.  Yes may be turned into no until it is done.

    Raises: ScopeMissing, NotPassedOn, StepUpNeeded, NodNotFound.
    """
    _changes.check_oneself(actor, now=now)
    async with transaction():
        mine = Nod.objects().where(where(OF_PARTY, actor), Nod.id == nod_id)
        nod = await mine.where(Nod.state.is_in([NodState.ASKED, NodState.ACCEPTED])).lock_rows().first()
        if nod is None:
            raise NodNotFound
        nod.state, nod.answered_at = NodState.ACCEPTED if accept else NodState.REFUSED, now
        await nod.save([Nod.state, Nod.answered_at])
        await audit.record(actor, f"mandate.nod_{nod.state}", f"nod/{nod.id}", nod.act, now=now)
    return nod


async def use_nod(actor: Actor, act: str, object: str, fingerprint: str, *, now: datetime) -> None:
    """Use up the villager's yes to this very act, in the caller's transaction; others need none.

    Raises: NodNeeded.
    """
    if actor.mandate_kind is not MandateKind.VILLAGE:
        return
    rows = await fetch(
        "UPDATE mandate_nod SET state = 'used', used_at = $5 WHERE id = (SELECT id FROM mandate_nod"
        " WHERE party_id = $1 AND mandate_id = $2 AND act = $3 AND object = $4 AND fingerprint = $6"
        " AND state = 'accepted' ORDER BY id LIMIT 1 FOR UPDATE) RETURNING id",
        actor.acting_for, actor.delegation_id, act, object, now, fingerprint,
    )  # fmt: skip
    if not rows:
        raise NodNeeded


async def nods(actor: Actor, *, first: int, after: Id | None) -> Page[Nod]:
    """Return what village agents asked the party acted for, newest first."""
    return await page(Nod.objects().where(where(OF_PARTY, actor)), Nod.id, first=first, after=after)
