"""How every verb begins and ends: lock, check the hand and the state; change, write down, tell."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from piccolo.columns import Column

from identity import audit, mandates
from identity.actor import Actor
from identity.mandates import Nod
from identity.roles import Role
from miniapps.cases import queries, rules
from miniapps.cases.errors import NotApplicant, NotCompetent, OwnMatter, ReasonMissing
from miniapps.cases.events import (
    CaseAccepted,
    CaseCompleted,
    CaseDecided,
    CaseDeclined,
    CaseDelivered,
    CaseEvent,
    CaseExtended,
    CaseForwarded,
    CasePaused,
    CaseResumed,
    CaseSubmitted,
    CaseVoided,
    CaseWithdrawn,
    CorrectionAnswered,
    CorrectionAsked,
)
from miniapps.cases.rules import CaseState, Hand, Verb
from miniapps.cases.tables import Case, CaseEventRow
from storage.clock import local_date
from storage.outbox import emit

TOLD: Mapping[Verb, type[CaseEvent]] = {
    Verb.SUBMIT: CaseSubmitted,
    Verb.ASK_CORRECTION: CorrectionAsked,
    Verb.ANSWER_CORRECTION: CorrectionAnswered,
    Verb.DECLINE: CaseDeclined,
    Verb.ACCEPT: CaseAccepted,
    Verb.PAUSE: CasePaused,
    Verb.RESUME: CaseResumed,
    Verb.EXTEND: CaseExtended,
    Verb.DECIDE: CaseDecided,
    Verb.COMPLETE: CaseCompleted,
    Verb.DELIVER: CaseDelivered,
    Verb.WITHDRAW: CaseWithdrawn,
    Verb.VOID: CaseVoided,
    Verb.FORWARD: CaseForwarded,
}
"""Which fact a verb leaves behind; the others only concern the case's own timeline."""


async def begin(actor: Actor, case_id: UUID, verb: Verb, *, now: datetime) -> Case:
    """Return the case, locked, when `actor` may lay hand on it with `verb` and its state allows that.

    Raises: CaseNotFound, NotApplicant, NotCompetent, OwnMatter, MoveRefused.
    """
    case = await queries.lock(actor, case_id)
    await check_hand(actor, case, verb, now=now)
    rules.move(CaseState(case.state), verb)
    return case


async def finish(
    actor: Actor,
    case: Case,
    verb: Verb,
    changed: Sequence[Column] = (),
    *,
    now: datetime,
    reason: str = "",
    by_rule: bool = False,
    effects: Mapping[str, str] | None = None,
) -> Case:
    """Move the case, write the line of its timeline and the audit row, and tell the fact."""
    from_state = CaseState(case.state)
    case.state = rules.move(from_state, verb)
    if case.state in rules.ENDED:
        case.ended_at = now
    await case.save([Case.state, Case.ended_at, *changed])
    line = CaseEventRow(
        party_id=case.party_id, case_id=case.id, verb=verb, from_state=from_state, to_state=case.state,
        person_id=actor.person_id, acting_for=actor.acting_for, by_rule=by_rule, reason=reason,
        effects=msgspec.json.encode(dict(effects or {})).decode(), at=now,
    )  # fmt: skip
    await CaseEventRow.insert(line)
    await audit.record(
        actor, f"case.{verb}", f"case/{case.id}", reason or None, now=now, party_id=case.party_id
    )
    if verb in TOLD:
        fact = TOLD[verb](party_id=case.party_id, case_id=case.id, at=now)
        await emit(fact, now=now, app_id=case.app_id)
    return case


async def check_hand(actor: Actor, case: Case, verb: Verb, *, now: datetime) -> None:
    """Refuse whoever may not use `verb` on a case that he may see.

    Raises: NotApplicant, NotCompetent, OwnMatter; NodNeeded when a village agent has not the party's yes.
    """
    hand = rules.HANDS[verb]
    if actor.is_a(Role.SERVICE):
        return
    if not actor.is_a(Role.CLERK):
        if hand is Hand.COMPETENT:
            raise NotCompetent(verb=verb)
        if verb not in rules.PREPARES:
            await mandates.use_nod(actor, f"case.{verb}", f"case/{case.id}", fingerprint(case), now=now)
        return
    if hand is Hand.APPLICANT:
        raise NotApplicant(verb=verb)
    if actor.person_id in (case.party_id, case.applicant_id, case.beneficiary_id):
        raise OwnMatter()
    if hand is Hand.COMPETENT and not await _is_competent(actor, case, now=now):
        raise NotCompetent(verb=verb)


async def ask_nod(actor: Actor, case_id: UUID, verb: Verb, *, now: datetime) -> Nod:
    """Ask the villager acted for to accept one act on a case, as the case is now.

    Raises: CaseNotFound, MoveRefused, NotCompetent, ScopeMissing when not a village agent asks.
    """
    case = await queries.get(actor, case_id)
    if rules.HANDS[verb] is Hand.COMPETENT or verb in rules.PREPARES:
        raise NotCompetent(verb=verb)
    rules.move(CaseState(case.state), verb)
    return await mandates.ask_nod(actor, f"case.{verb}", f"case/{case.id}", fingerprint(case), now=now)


def fingerprint(case: Case) -> str:
    """Return what changes with whatever a party would want to see before it says yes."""
    words = "\0".join((case.state, case.region, case.delivery, case.code))
    return hashlib.sha256(words.encode() + b"\0" + case.content).hexdigest()


async def _is_competent(actor: Actor, case: Case, *, now: datetime) -> bool:
    if actor.acting_for == case.department_id:
        return True
    return await queries.is_authorised(actor.acting_for, case, on=local_date(now))


def need_reason(verb: Verb, reason: str) -> str:
    """Return the reason without the space around it.

    Raises: ReasonMissing when nothing is left.
    """
    if not reason.strip():
        raise ReasonMissing(verb=verb)
    return reason.strip()
