"""Mandates that two sides agree on: proposed by one, accepted by the other, revoked by either."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID as Id

from banshi.errors import ScopeMissing
from banshi.scopes import Scope
from identity import minors, partners, people, regions
from identity.actor import WORKER, Actor
from identity.capacity import Capacity
from identity.errors import PersonNotFound
from identity.mandates import _changes, _rules
from identity.mandates._rules import PROPOSED_FOR, MandateState
from identity.mandates._tables import Mandate
from identity.people import Person
from identity.relation_errors import MandateMoveRefused, MandateNotFound, MandateRefused
from identity.roles import MandateKind, Role
from storage.db import fetch, transaction


class Side(StrEnum):
    """On whose side of a mandate somebody stands."""

    PRINCIPAL = "principal"  # 委托人
    DELEGATE = "delegate"  # 代办人


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A mandate about to be proposed to the person of `number` and `name`."""

    number: str
    name: str
    scopes: Collection[Scope]
    codes: Collection[str] | None = None  # catalogue codes of items; None: all
    until: datetime


async def propose(actor: Actor, side: Side, proposal: Proposal, *, now: datetime) -> Mandate:
    """Propose to be somebody's agent (代办), or that somebody be mine; it waits for his answer.

    Raises:
        ScopeMissing, NotPassedOn, StepUpNeeded: it is not a citizen himself, or not surely.
        PersonNotFound: nobody is known by this number and name; unknown and wrong are answered alike.
        MandateRefused: to oneself, by or for a minor, or more than can be given.
        InvalidInput, NumberRefused, RateLimited.
    """
    _changes.check_oneself(actor, now=now)
    other = await _partner(actor, proposal, now=now)
    await _check_grown(actor.person_id, (await partners.myself(actor.person_id))[0], now=now)
    is_mine = side is Side.PRINCIPAL
    held = _made(
        MandateKind.AGENT, proposal, now=now, proposed_by=actor.person_id, by_principal=is_mine,
        party_id=actor.person_id if is_mine else other.id,
        delegate_id=other.id if is_mine else actor.person_id,
    )  # fmt: skip
    return await _store(actor, held, now=now)


async def appoint(actor: Actor, proposal: Proposal, *, now: datetime) -> Mandate:
    """Propose that somebody be an agent (经办人) of the firm one represents.

    Raises: as `propose`; NotPassedOn when not a firm's representative asks.
    """
    _changes.check_hand(actor, now=now)
    if actor.mandate_kind is not MandateKind.REPRESENTATIVE:
        raise MandateRefused(problem="请先切换到您代表的单位")
    other = await _partner(actor, proposal, now=now)
    held = _made(
        MandateKind.FIRM_AGENT, proposal, now=now, proposed_by=actor.person_id, by_principal=True,
        party_id=actor.acting_for, delegate_id=other.id,
    )  # fmt: skip
    return await _store(actor, held, now=now)


async def propose_village(
    actor: Actor, *, number: str, name: str, code: str, until: datetime, now: datetime
) -> Mandate:
    """Propose to do one item for a villager of the region of one's post (村级代办).

    He accepts that, and then each act of it.
    Raises: ScopeMissing when not a village agent asks; PersonNotFound also for who lives elsewhere.
    """
    if not actor.is_a(Role.VILLAGE_AGENT):
        raise ScopeMissing(scope=Scope.MANDATES_WRITE)
    _changes.check_hand(actor, now=now)
    proposal = Proposal(number=number, name=name, scopes=_rules.VILLAGE_SCOPES, codes=[code], until=until)
    villager = await _partner(actor, proposal, now=now)
    if actor.region not in regions.chain(villager.region):
        raise PersonNotFound
    held = _made(
        MandateKind.VILLAGE, proposal, now=now, longest=_rules.VILLAGE_LONGEST, proposed_by=actor.person_id,
        by_principal=False, party_id=villager.id, delegate_id=actor.person_id, post_id=await _post(actor),
    )  # fmt: skip
    return await _store(actor, held, now=now)


async def accept(actor: Actor, mandate_id: Id, *, now: datetime) -> Mandate:
    """Say yes to what the other side proposed.

    Raises: ScopeMissing, NotPassedOn, StepUpNeeded, MandateNotFound, MandateMoveRefused.
    """
    _changes.check_hand(actor, now=now)
    async with transaction():
        held = await _changes.lock(actor, mandate_id)
        _changes.check_asked(actor, held, now=now)
        return await _changes.move(actor, held, MandateState.ACTIVE, "mandate.accept", now=now)


async def refuse(actor: Actor, mandate_id: Id, *, now: datetime) -> Mandate:
    """Say no to what the other side proposed.

    Raises: ScopeMissing, NotPassedOn, StepUpNeeded, MandateNotFound, MandateMoveRefused.
    """
    _changes.check_hand(actor, now=now)
    async with transaction():
        held = await _changes.lock(actor, mandate_id)
        _changes.check_asked(actor, held, now=now)
        return await _changes.move(actor, held, MandateState.REFUSED, "mandate.refuse", now=now)


async def revoke(actor: Actor, mandate_id: Id, *, now: datetime) -> Mandate:
    """End a mandate, or take back what one proposed: either side may, at any time, at once.

    Only what rests on a register is not the principal's to end.  No step-up: ending is always easy.
    Raises: NotPassedOn, MandateNotFound, MandateMoveRefused.
    """
    async with transaction():
        held = await _changes.lock(actor, mandate_id)
        if actor.delegation_id is not None:
            _changes.check_hand(actor, now=now)
        is_mine = held.delegate_id == actor.person_id and actor.delegation_id is None
        if not is_mine and MandateKind(held.kind) not in _changes.REVOCABLE_BY_PRINCIPAL:
            raise MandateMoveRefused
        if _changes.stands(held, now=now) not in _rules.OPEN:
            raise MandateMoveRefused
        return await _changes.move(actor, held, MandateState.REVOKED, "mandate.revoke", now=now)


async def end(actor: Actor, mandate_id: Id, *, reason: str, now: datetime) -> Mandate:
    """End a mandate because its ground is gone, for instance by a court; for those who look after people.

    Raises: ScopeMissing, MandateNotFound, MandateMoveRefused, MandateRefused without a reason.
    """
    if not actor.may(Scope.PEOPLE_WRITE):
        raise ScopeMissing(scope=Scope.PEOPLE_WRITE)
    if not 0 < len(reason.strip()) <= 200:
        raise MandateRefused(problem="请填写终止的原因，最多 200 个字")
    async with transaction():
        held = await Mandate.objects().where(Mandate.id == mandate_id).lock_rows().first()
        if held is None:
            raise MandateNotFound
        if _changes.stands(held, now=now) not in _rules.OPEN:
            raise MandateMoveRefused
        return await _changes.move(actor, held, MandateState.REVOKED, "mandate.end", reason, now=now)


async def sweep(*, now: datetime) -> None:
    """Note which mandates and proposals have run out, and tell both sides."""
    async with transaction():
        rows = await fetch(
            "UPDATE mandate SET state = 'expired', ended_at = $1 WHERE id = ANY(ARRAY(SELECT id FROM mandate"
            " WHERE (state = 'active' AND expires_at <= $1) OR"
            " (state = 'proposed' AND least(expires_at, proposed_at + $2) <= $1)"
            " ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED)) RETURNING *",
            now, PROPOSED_FOR,
        )  # fmt: skip
        for row in rows:
            held = Mandate(**row, _exists_in_db=True)
            await _changes.note(WORKER, held, "mandate.expire", now=now)


async def _partner(actor: Actor, proposal: Proposal, *, now: datetime) -> Person:
    """Return the grown person a proposal is for."""
    person, number = await partners.named(actor.person_id, proposal.number, proposal.name, now=now)
    if person.id == actor.person_id:
        raise MandateRefused(problem="不能把事情委托给自己")
    await _check_grown(person.id, number, now=now)
    return person


async def _check_grown(person_id: Id, number: str, *, now: datetime) -> None:
    """Check that somebody may bind himself: who is not fully capable acts through his guardian."""
    if await minors.of_number(person_id, number, now=now) is not Capacity.FULL:
        raise MandateRefused(problem="未满十八周岁的人员由监护人代为办理，不能委托他人或者替他人代办")


def _made(
    kind: MandateKind,
    proposal: Proposal,
    *,
    now: datetime,
    longest: timedelta = _rules.LONGEST,
    **rest: Any,
) -> Mandate:
    codes = _rules.check_codes(proposal.codes)
    scopes = _rules.check_scopes(proposal.scopes, codes)
    return Mandate(
        kind=kind, state=MandateState.PROPOSED, scopes=sorted(scopes), codes=codes and sorted(codes),
        proposed_at=now, expires_at=_rules.check_until(proposal.until, longest=longest, now=now), **rest,
    )  # fmt: skip


async def _store(actor: Actor, held: Mandate, *, now: datetime) -> Mandate:
    async with transaction():
        await Mandate.insert(held)
        await _changes.note(actor, held, "mandate.propose", now=now)
    return held


async def _post(actor: Actor) -> Id:
    """Return the post a village agent acts in; it ends every mandate he has from it."""
    for post in await people.posts_of(actor.person_id):
        if (post.role, post.department, post.region) == (Role.VILLAGE_AGENT, actor.acting_for, actor.region):
            return Id(str(post.id))
    raise ScopeMissing(scope=Scope.MANDATES_WRITE)
