"""How every change of a mandate begins and ends: whose hand it is; the row, both audits, the news."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID as Id

from banshi.errors import ScopeMissing
from banshi.scopes import Scope
from identity import assurance, audit
from identity.actor import Actor
from identity.events import MandateChanged
from identity.mandates._looks import visible
from identity.mandates._rules import LEVEL, MandateState, state_at
from identity.mandates._tables import Mandate
from identity.relation_errors import MandateMoveRefused, MandateNotFound, NotPassedOn
from identity.roles import MandateKind, Role
from storage.outbox import emit

REVOCABLE_BY_PRINCIPAL = frozenset({MandateKind.AGENT, MandateKind.FIRM_AGENT, MandateKind.VILLAGE})
"""The others rest on a register: a ward does not dismiss his guardian."""


def check_hand(actor: Actor, *, now: datetime) -> None:
    """Check that a person himself asks, or a firm's representative for it, surely enough.

    Raises: ScopeMissing, NotPassedOn, StepUpNeeded.
    """
    if actor.delegation_id is not None and actor.mandate_kind is not MandateKind.REPRESENTATIVE:
        raise NotPassedOn
    if actor.app_id is not None or not actor.may(Scope.MANDATES_WRITE):
        raise ScopeMissing(scope=Scope.MANDATES_WRITE)
    assurance.need(actor, level=LEVEL, now=now)


def check_oneself(actor: Actor, *, now: datetime) -> None:
    """Check that a citizen asks for himself.

    Raises: ScopeMissing, NotPassedOn, StepUpNeeded.
    """
    if actor.delegation_id is not None:
        raise NotPassedOn
    if not actor.is_a(Role.CITIZEN):
        raise ScopeMissing(scope=Scope.MANDATES_WRITE)
    check_hand(actor, now=now)


async def lock(actor: Actor, mandate_id: Id) -> Mandate:
    """Return a mandate of the actor's, its row locked until the transaction ends.

    Raises: MandateNotFound.
    """
    held = await visible(actor).where(Mandate.id == mandate_id).lock_rows().first()
    if held is None:
        raise MandateNotFound
    return held


def stands(held: Mandate, *, now: datetime) -> MandateState:
    """Return the state of a mandate at `now`."""
    return state_at(
        MandateState(held.state), proposed_at=held.proposed_at, expires_at=held.expires_at, now=now
    )


def check_asked(actor: Actor, held: Mandate, *, now: datetime) -> None:
    """Check that a proposal waits for this very actor's answer: nobody accepts what he proposed himself.

    Raises: MandateMoveRefused.
    """
    side = held.delegate_id if held.by_principal else held.party_id
    mine = actor.person_id if held.by_principal else actor.acting_for
    if stands(held, now=now) is not MandateState.PROPOSED or side != mine:
        raise MandateMoveRefused
    if held.by_principal and actor.delegation_id is not None:
        raise MandateMoveRefused  # a firm's representative answers for the firm, not for himself


async def move(
    actor: Actor, held: Mandate, state: MandateState, act: str, basis: str | None = None, *, now: datetime
) -> Mandate:
    """Put a locked mandate into `state`, write it down on both sides and tell the other one."""
    held.state = state
    if state is MandateState.ACTIVE:
        held.accepted_at = now
    else:
        held.ended_at, held.ended_by = now, actor.person_id
    await held.save([Mandate.state, Mandate.accepted_at, Mandate.ended_at, Mandate.ended_by])
    await note(actor, held, act, basis, now=now)
    return held


async def note(actor: Actor, held: Mandate, act: str, basis: str | None = None, *, now: datetime) -> None:
    """Write down under both parties what happened to a mandate, and tell whoever did not do it himself."""
    for party_id in (held.party_id, held.delegate_id):
        await audit.record(actor, act, f"mandate/{held.id}", basis, now=now, party_id=party_id)
    own = (actor.person_id, actor.acting_for)
    await tell(held, [each for each in (held.party_id, held.delegate_id) if each not in own], now=now)


async def tell(held: Mandate, parties: Iterable[Id], *, now: datetime) -> None:
    """Let parties know how a mandate stands now."""
    for party_id in parties:
        await emit(MandateChanged(party_id=party_id, mandate_id=held.id, state=held.state, at=now), now=now)
