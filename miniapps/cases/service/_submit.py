"""Handing in: by the applicant himself, or at a window anywhere."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import structlog

from identity import minors, numbers, people
from identity.actor import Actor
from identity.capacity import Capacity
from identity.roles import Role
from miniapps.cases import queries, rules
from miniapps.cases.errors import BeneficiaryRefused, NotCompetent, OwnMatter, PersonUnknown
from miniapps.cases.rules import CaseState, Content, Verb
from miniapps.cases.service import (
    _clocks,
    _content,
    _decision,
    _draft,
    _keys,
    _life,
    _materials,
    _submission,
    _together,
)
from miniapps.cases.service._draft import Draft
from miniapps.cases.tables import Case
from miniapps.items import queries as item_queries
from miniapps.items.rules import CompiledItem, decides_itself
from miniapps.materials.rules import IDENTITY_KIND, Holding, Source, Trust
from storage.clock import local_date
from storage.db import in_transaction, transaction
from storage.groups import GroupFailed

log = structlog.get_logger()

ON_SUBMISSION = (
    Case.number,
    Case.item_version,
    Case.title,
    Case.department_id,
    Case.content,
    Case.received_at,
    Case.complete_at,
)


async def submit(actor: Actor, case_id: UUID, *, idempotency_key: str, now: datetime) -> Case:
    """Hand a draft in: it is received (收件) by the competent department and gets its number.

    The item version in force and the versions of the materials are pinned; the clock for accepting runs.
    An item whose rules all hold is decided in the same breath.  The same key again answers the same case.
    Raises: CaseNotFound, KeyReused, MoveRefused, ItemNotFound, ItemNotOffered, AnswersMissing, FormInvalid,
        MaterialsMissing, WayNotOffered, CommitmentBarred, DeliveryNotOffered, DepartmentNotFound,
        NotForThisParty; GuardianHandsIn for a minor by himself.
    """
    if not in_transaction() and (case := await _shared(actor, case_id, idempotency_key, now=now)):
        return case
    async with transaction():
        case = await queries.lock(actor, case_id)
        known = await _keys.claim(actor, case, idempotency_key, "submit", str(case_id), now=now)
        if known is not None:
            return case
        await _life.check_hand(actor, case, Verb.SUBMIT, now=now)
        await minors.need(actor, Capacity.FULL, now=now)
        rules.move(CaseState(case.state), Verb.SUBMIT)
        return await _hand_in(actor, case, now=now)


async def _shared(actor: Actor, case_id: UUID, key: str, *, now: datetime) -> Case | None:
    """Submit an ordinary draft together with others; None: it was not done, or may not have been."""
    foreseen = await _submission.foresee(actor, case_id, idempotency_key=key, now=now)
    if foreseen is None:
        return None
    case, submission = foreseen
    try:
        return case if await _together.GROUP.add(submission) else None
    except GroupFailed as failed:
        log.warning("submission.alone", error=type(failed.__cause__).__name__)
        return None


async def receive(
    actor: Actor, id_number: str, draft: Draft, *, evidence: str, idempotency_key: str, now: datetime
) -> Case:
    """Receive an application at a window, for whatever region and organ (收受分离, 全省通办).

    The clerk has read the ID card of who stands there (`evidence` says how) and checked the form; accepting
    and deciding stay with the competent organ.  The same key again answers the same case.
    Raises: NotCompetent when not a clerk; NumberRefused; PersonUnknown; OwnMatter; BeneficiaryRefused;
        ReasonMissing without evidence; what `submit` raises.
    """
    if not actor.is_a(Role.CLERK):
        raise NotCompetent(verb="receive")
    shown = _life.need_reason(Verb.SUBMIT, evidence)
    party_id = await _person(id_number, now=now)
    if actor.person_id in (party_id, draft.beneficiary_id):
        raise OwnMatter()
    await _check_beneficiary(draft.beneficiary_id)
    async with transaction():
        case = _draft.new_case(actor, party_id, await item_queries.published(draft.code), draft, now=now)
        case.applicant_id = party_id
        case.received_by = actor.acting_for
        arguments = [_draft.draft_digest(draft), str(actor.acting_for)]
        known = await _keys.claim(actor, case, idempotency_key, "receive", arguments, now=now)
        if known is not None:
            return await queries.get(actor, known)
        case.content = await _content.seal(case, draft.content)
        await Case.insert(case)
        return await _hand_in(actor, case, shown=shown, now=now)


async def _check_beneficiary(person_id: UUID | None) -> None:
    """A clerk has seen the papers that tie the applicant to another person; the person must be known."""
    if person_id is not None and (await people.names([person_id])).get(person_id) is None:
        raise BeneficiaryRefused()


async def _person(id_number: str, *, now: datetime) -> UUID:
    number = numbers.describe(id_number, today=local_date(now)).number
    person = await people.find(number)
    if person is None:
        raise PersonUnknown()
    return UUID(str(person.id))


async def _hand_in(actor: Actor, case: Case, *, shown: str = "", now: datetime) -> Case:
    content = await _content.open_(case)
    version = await item_queries.published(case.code)
    item = item_queries.compiled(version)
    preparation = await _draft.prepare_item(
        actor, item, version.id, content, now=now, party_id=case.party_id, extra=_shown_card(case)
    )
    settlements = _materials.settle_all(preparation, content.choices)
    await _submission.receive_at_organ(case, preparation, content, now=now)
    await _materials.hand_in(actor, case, settlements, now=now)
    due = await _clocks.start(case, [rules.acceptance_limit(item)], on=local_date(now), now=now)
    await _life.finish(actor, case, Verb.SUBMIT, ON_SUBMISSION, now=now, reason=shown, effects=due)
    if await _decides_itself(case, item, content):
        await _decision.decide_by_rule(case, item, content, now=now)
    return case


def _shown_card(case: Case) -> Mapping[str, Holding]:
    """At a window the clerk has read the identity card; nothing of it is electronic."""
    if case.received_by is None:
        return {}
    card = Holding(
        source=Source.IDENTITY, id=case.party_id, kind=IDENTITY_KIND, title="居民身份证（窗口核验）",
        trust=Trust.A, valid_until=None, electronic=False,
    )  # fmt: skip
    return {IDENTITY_KIND: card}


async def _decides_itself(case: Case, item: CompiledItem, content: Content) -> bool:
    if not decides_itself(item, content.answers, content.form):
        return False
    return not await queries.outstanding(case)
