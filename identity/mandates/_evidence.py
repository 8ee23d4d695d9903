"""Mandates that rest on a register: a firm's representative, a guardian.  Nobody proposes or accepts them."""

from datetime import date, datetime
from uuid import UUID as Id

from banshi.errors import InvalidInput
from identity import audit, firms, minors, numbers, partners, people, registries
from identity.actor import Actor
from identity.capacity import ADULT_AGE, CONSENT_AGE, Capacity, capacity, turns
from identity.mandates import _changes, _rules
from identity.mandates._rules import BY_LAW, MandateState
from identity.mandates._tables import Mandate
from identity.people import Person
from identity.registries import GuardianProof
from identity.relation_errors import MandateRefused, NotGuardian, NotSelfSupporting
from identity.roles import MandateKind
from identity.verifier import Proof
from storage.clock import local_date
from storage.db import execute, transaction


async def represent(actor: Actor, code: str, *, now: datetime) -> Mandate:
    """Link a firm to oneself as its legal representative, by asking the register; once a year anew.

    Whoever represented it before does so no longer: a firm has one (公司法 10).
    Raises: ScopeMissing, NotPassedOn, StepUpNeeded, CreditCodeRefused, NotRepresentative, Unavailable.
    """
    _changes.check_oneself(actor, now=now)
    await partners.take_turn(actor.person_id)
    proof = await firms.ask_representative(await _myself(actor), code, now=now)
    async with transaction():
        firm = await firms.ensure(proof.firm, now=now)
        await _in_turn(firm.id)
        await _end_others(actor, firm.id, now=now)
        fresh = Mandate(
            party_id=firm.id, delegate_id=actor.person_id, kind=MandateKind.REPRESENTATIVE,
            expires_at=now + _rules.RECHECKED_AFTER, evidence_id=proof.evidence_id,
        )  # fmt: skip
        return await _begin(actor, fresh, now=now)


async def guard(actor: Actor, *, number: str, name: str, now: datetime) -> Mandate:
    """Become able to act for one's ward, by asking the records of guardianship.

    It ends by itself when the ward turns eighteen, and at once when he supports himself from sixteen on.
    Raises: ScopeMissing, NotPassedOn, StepUpNeeded, NumberRefused, NotGuardian, Unavailable.
    """
    _changes.check_oneself(actor, now=now)
    await partners.take_turn(actor.person_id)
    own_number, own_name = await partners.myself(actor.person_id)
    ward_number = numbers.describe(number, today=local_date(now)).number
    proof = await registries.current().families.guardian(
        number=own_number, name=own_name, ward_number=ward_number, ward_name=name.strip(), now=now
    )
    birthday = proof.ward.birthday
    if birthday is None or not _needs_guardian(proof, now=now):
        raise NotGuardian
    known = Proof(level=2, method="guardian", at=proof.at, evidence_id=proof.evidence_id, facts=proof.ward)
    async with transaction():
        ward = await people.ensure(known, now=now)
        if ward.id == actor.person_id:
            raise MandateRefused(problem="不能登记为自己的监护人")
        await _in_turn(ward.id)
        fresh = Mandate(
            party_id=ward.id, delegate_id=actor.person_id, kind=MandateKind.GUARDIAN, ground=proof.ground,
            expires_at=turns(ADULT_AGE, birthday), evidence_id=proof.evidence_id,
            consent_until=turns(CONSENT_AGE, birthday),
        )  # fmt: skip
        return await _begin(actor, fresh, now=now)


async def support_oneself(actor: Actor, *, now: datetime) -> int:
    """Declare that one lives on one's own labour, from sixteen on: guardians act no longer (民法典 18).

    Returns how many guardianships ended.
    Raises: ScopeMissing, NotPassedOn, NotSelfSupporting, Unavailable.
    """
    _changes.check_oneself(actor, now=now)
    number, _ = await partners.myself(actor.person_id)
    birthday = numbers.describe(number, today=local_date(now)).birthday
    if birthday is None or not _suffices(birthday, now=now):
        raise NotSelfSupporting
    evidence_id = await registries.current().families.self_supporting(number=number, now=now)
    if evidence_id is None:
        raise NotSelfSupporting
    async with transaction():
        await _in_turn(actor.person_id)
        await minors.record_self_supporting(actor.person_id, now=now)
        held = await _active(actor.person_id, MandateKind.GUARDIAN)
        for each in held:
            await _changes.move(actor, each, MandateState.REVOKED, "mandate.outgrow", now=now)
        await audit.record(actor, "person.support_oneself", f"person/{actor.person_id}", evidence_id, now=now)
    return len(held)


def _suffices(birthday: date, *, now: datetime) -> bool:
    """Say whether one's own labour makes somebody of this age fully capable."""
    return capacity(birthday, self_supporting=True, today=local_date(now)) is Capacity.FULL


def _needs_guardian(proof: GuardianProof, *, now: datetime) -> bool:
    assert proof.ward.birthday is not None
    found = capacity(proof.ward.birthday, self_supporting=proof.self_supporting, today=local_date(now))
    return found is not Capacity.FULL


async def _begin(actor: Actor, fresh: Mandate, *, now: datetime) -> Mandate:
    """Store an active mandate with what the law allows; one that is there already is renewed instead."""
    fresh.scopes = sorted(BY_LAW[MandateKind(fresh.kind)])
    fresh.state, fresh.by_principal, fresh.proposed_by = MandateState.ACTIVE, False, actor.person_id
    fresh.proposed_at = fresh.accepted_at = now
    for held in await _active(fresh.party_id, MandateKind(fresh.kind), actor.person_id):
        held.expires_at, held.evidence_id = fresh.expires_at, fresh.evidence_id
        await held.save([Mandate.expires_at, Mandate.evidence_id])
        await _changes.note(actor, held, "mandate.renew", fresh.evidence_id, now=now)
        return held
    await Mandate.insert(fresh)
    await _changes.note(actor, fresh, f"mandate.{fresh.kind}", fresh.evidence_id, now=now)
    return fresh


async def _end_others(actor: Actor, firm_id: Id, *, now: datetime) -> None:
    for held in await _active(firm_id, MandateKind.REPRESENTATIVE):
        if held.delegate_id != actor.person_id:
            await _changes.move(actor, held, MandateState.REVOKED, "mandate.succeed", now=now)


async def _active(party_id: Id, kind: MandateKind, delegate_id: Id | None = None) -> list[Mandate]:
    query = Mandate.objects().where(
        Mandate.party_id == party_id, Mandate.kind == kind, Mandate.state == MandateState.ACTIVE
    )
    if delegate_id is not None:
        query = query.where(Mandate.delegate_id == delegate_id)
    return await query.lock_rows()


async def _in_turn(party_id: Id) -> None:
    """Let changes of what rests on a register come one after the other, per principal."""
    await execute("SELECT pg_advisory_xact_lock($1)", party_id.int >> 65)


async def _myself(actor: Actor) -> Person:
    person = await Person.objects().get(Person.id == actor.person_id)
    if person is None:
        raise InvalidInput(field="actor", problem="请以本人身份登录")
    return person
