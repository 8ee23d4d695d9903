"""The end of a case: decided by people or by rule, closed, delivered."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from identity.actor import WORKER, Actor
from miniapps.cases import queries, rules
from miniapps.cases.errors import PapersOutstanding
from miniapps.cases.rules import Clock, Content, Outcome, Verb
from miniapps.cases.service import _acceptance, _clocks, _content, _life
from miniapps.cases.tables import Case, CaseDecision
from miniapps.items import queries as item_queries
from miniapps.items.rules import CompiledItem, Delivery, Remedy
from miniapps.materials import service as materials
from storage.clock import local_date
from storage.db import transaction

BY_RULE = "符合事项规定的全部自动审批规则，系统即时办结"


async def decide(actor: Actor, case_id: UUID, outcome: Outcome, *, reason: str = "", now: datetime) -> Case:
    """Grant or refuse.  A grant may issue the item's certificate into the wallet.

    A refusal gives its reasons and says where to turn: reconsideration (复议) and litigation (诉讼).
    Raises: CaseNotFound, NotCompetent, OwnMatter, MoveRefused, ReasonMissing, PapersOutstanding.
    """
    async with transaction():
        case = await _life.begin(actor, case_id, Verb.DECIDE, now=now)
        item = item_queries.compiled(await item_queries.version(case.item_version))
        if outcome is Outcome.REFUSED:
            reason = _life.need_reason(Verb.DECIDE, reason)
        else:
            await _check_papers(case)
        content = await _content.open_(case)
        return await _decide(actor, case, item, content, outcome, reason=reason.strip(), now=now)


async def _check_papers(case: Case) -> None:
    missing = [row.kind for row in await queries.outstanding(case)]
    if missing:
        raise PapersOutstanding(kinds=", ".join(missing))


async def _decide(
    actor: Actor,
    case: Case,
    item: CompiledItem,
    content: Content,
    outcome: Outcome,
    *,
    reason: str,
    evidence: Sequence[str] = (),
    now: datetime,
) -> Case:
    by_rule = bool(evidence)
    await _write_decision(actor, case, item, outcome, reason, evidence, now=now)
    case.outcome, case.decided_at, case.decided_by_rule = outcome, now, by_rule
    if outcome is Outcome.GRANTED and item.result.certificate_kind:
        case.certificate_id = await _issue(actor, case, item, content, now=now)
    await _clocks.meet(case, {Clock.STATUTORY}, now=now)
    limit = rules.delivery_limit(item)
    due = await _clocks.start(case, [limit] if limit else [], on=local_date(now), now=now)
    changed = [Case.outcome, Case.decided_at, Case.decided_by_rule, Case.certificate_id]
    return await _life.finish(
        actor, case, Verb.DECIDE, changed, now=now, reason=reason, by_rule=by_rule, effects=due
    )


async def _write_decision(
    actor: Actor,
    case: Case,
    item: CompiledItem,
    outcome: Outcome,
    reason: str,
    evidence: Sequence[str],
    *,
    now: datetime,
) -> None:
    remedy = item.remedy or Remedy(review=rules.REVIEW, litigation=rules.LITIGATION)
    refused = outcome is Outcome.REFUSED
    decision = CaseDecision(
        party_id=case.party_id, case_id=case.id, outcome=outcome, reason=reason,
        review=remedy.review if refused else "", litigation=remedy.litigation if refused else "",
        by_rule=bool(evidence), evidence=msgspec.json.encode(list(evidence)).decode(),
        decided_by=actor.person_id, decided_at=now,
    )  # fmt: skip
    await CaseDecision.insert(decision)


async def _issue(actor: Actor, case: Case, item: CompiledItem, content: Content, *, now: datetime) -> UUID:
    """Issue the certificate a grant gives to whom it is for; once per case and kind."""
    days = item.result.valid_days
    valid_until = None if days is None else local_date(now) + timedelta(days=days)
    certificate = await materials.issue_certificate(
        actor, party_id=case.beneficiary_id or case.party_id, kind=item.result.certificate_kind,
        title=item.result.name, facts=_facts(case, item, content), valid_until=valid_until, case_id=case.id,
        department_id=case.department_id, now=now,
    )  # fmt: skip
    return UUID(str(certificate.id))


def _facts(case: Case, item: CompiledItem, content: Content) -> dict[str, str]:
    """Return what stands on the certificate: the case's number and the form as it was filled in."""
    filled = {field.id: str(content.form[field.id]) for field in item.fields if field.id in content.form}
    return {**filled, "case_number": str(case.number), "item": item.name}


async def complete(actor: Actor, case_id: UUID, *, now: datetime) -> Case:
    """Close a decided case (办结); an electronic result is delivered with that.

    Raises: CaseNotFound, NotCompetent, OwnMatter, MoveRefused.
    """
    async with transaction():
        case = await _life.begin(actor, case_id, Verb.COMPLETE, now=now)
        return await _complete(actor, case, now=now)


async def _complete(actor: Actor, case: Case, *, by_rule: bool = False, now: datetime) -> Case:
    case.completed_at = now
    await _clocks.meet(case, {Clock.PROMISED}, now=now)
    await _life.finish(actor, case, Verb.COMPLETE, [Case.completed_at], now=now, by_rule=by_rule)
    if case.delivery == Delivery.ELECTRONIC:
        await _deliver(actor, case, by_rule=True, now=now)
    return case


async def deliver(actor: Actor, case_id: UUID, *, tracking: str = "", now: datetime) -> Case:
    """Note that the result reached the applicant (送达): by post with its tracking number, or at the window.

    Raises: CaseNotFound, NotCompetent, OwnMatter, MoveRefused, ReasonMissing without a tracking number.
    """
    async with transaction():
        case = await _life.begin(actor, case_id, Verb.DELIVER, now=now)
        if case.delivery == Delivery.POST:
            case.tracking = _life.need_reason(Verb.DELIVER, tracking)
        return await _deliver(actor, case, now=now)


async def _deliver(actor: Actor, case: Case, *, by_rule: bool = False, now: datetime) -> Case:
    case.delivered_at = now
    await _clocks.meet(case, {Clock.DELIVERY}, now=now)
    return await _life.finish(
        actor, case, Verb.DELIVER, [Case.delivered_at, Case.tracking], now=now, by_rule=by_rule,
        effects={"delivery": case.delivery},
    )  # fmt: skip


async def decide_by_rule(case: Case, item: CompiledItem, content: Content, *, now: datetime) -> Case:
    """Accept, grant and close a case whose item decides itself, in the caller's transaction.

    It is done in the name of the competent department; the rules that held are the evidence.
    """
    worker = replace(WORKER, acting_for=case.department_id)
    await _acceptance.accept_locked(worker, case, by_rule=True, now=now)
    evidence = [rule.cel for rule in item.auto_rules]
    await _decide(worker, case, item, content, Outcome.GRANTED, reason=BY_RULE, evidence=evidence, now=now)
    return await _complete(worker, case, by_rule=True, now=now)
