"""What the applicant hands in after submission: the answer to a correction, a paper that followed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from banshi.errors import NotFound
from identity.actor import Actor
from identity.roles import Role
from miniapps.cases import queries, rules
from miniapps.cases.errors import MaterialsMissing
from miniapps.cases.rules import CaseState, Choice, Content, Defect, Settlement, Verb, Way
from miniapps.cases.service import _clocks, _content, _draft, _keys, _life, _materials
from miniapps.cases.tables import Case, CaseCorrection, CaseMaterial
from miniapps.items import queries as item_queries
from miniapps.items.rules import Answer, CompiledItem
from miniapps.materials import queries as material_queries
from miniapps.materials.rules import Trust
from storage.clock import local_date
from storage.db import transaction


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What the applicant brings: changed fields, and how named materials are satisfied now."""

    form: Mapping[str, Answer] = field(default_factory=dict)
    choices: Mapping[str, Choice] = field(default_factory=dict)


async def answer_correction(
    actor: Actor, case_id: UUID, correction: Correction, *, idempotency_key: str, now: datetime
) -> Case:
    """Hand in what a notice asked for; the days for accepting begin anew.

    New uploads count by being in the wallet: the best holding of each kind is taken afresh.
    Raises: CaseNotFound, KeyReused, MoveRefused, FormInvalid, MaterialsMissing when the notice is not met.
    """
    async with transaction():
        case = await queries.lock(actor, case_id)
        arguments = [str(case_id), dict(correction.form), dict(correction.choices)]
        if await _keys.claim(actor, case, idempotency_key, "answer", arguments, now=now):
            return case
        await _life.check_hand(actor, case, Verb.ANSWER_CORRECTION, now=now)
        rules.move(CaseState(case.state), Verb.ANSWER_CORRECTION)
        return await _answer(actor, case, correction, now=now)


async def _answer(actor: Actor, case: Case, correction: Correction, *, now: datetime) -> Case:
    item = item_queries.compiled(await item_queries.version(case.item_version))
    old = await _content.open_(case)
    new = Content(old.answers, {**old.form, **correction.form}, {**old.choices, **correction.choices})
    preparation = await _draft.prepare_item(
        actor, item, case.item_version, new, now=now, party_id=case.party_id
    )
    current = {row.kind: row for row in await queries.materials_of(case)}
    settlements = _materials.settle_all(preparation, new.choices, standing=current)
    handed = await _replace(actor, case, current, settlements, now=now)
    handed += [name for name, value in correction.form.items() if old.form.get(name) != value]
    [notice] = (await queries.corrections(case))[-1:]
    _check_met(notice, handed, at_window=actor.is_a(Role.CLERK))
    notice.answered_at = now
    notice.handed = msgspec.json.encode(sorted(set(handed))).decode()
    await notice.save([CaseCorrection.answered_at, CaseCorrection.handed])
    return await _received_again(actor, case, item, new, now=now)


async def _received_again(
    actor: Actor, case: Case, item: CompiledItem, content: Content, *, now: datetime
) -> Case:
    case.content = await _content.seal(case, content)
    case.complete_at = now
    due = await _clocks.start(case, [rules.acceptance_limit(item)], on=local_date(now), now=now)
    return await _life.finish(
        actor, case, Verb.ANSWER_CORRECTION, [Case.content, Case.complete_at], now=now, effects=due
    )


async def _replace(
    actor: Actor,
    case: Case,
    current: Mapping[str, CaseMaterial],
    settlements: Sequence[Settlement],
    *,
    now: datetime,
) -> list[str]:
    """Put changed settlements in the place of the old ones; return the kinds handed in anew."""
    changed = [each for each in settlements if _differs(current.get(each.material.code), each)]
    for settlement in changed:
        row = current.get(settlement.material.code)
        if row is not None:
            row.replaced_at = now
            await row.save([CaseMaterial.replaced_at])
    await _materials.hand_in(actor, case, changed, now=now)
    return [settlement.material.code for settlement in changed]


def _differs(row: CaseMaterial | None, settlement: Settlement) -> bool:
    if row is None:
        return True
    if settlement.holding is not None:
        return bool(row.holding_id != settlement.holding.id)
    return bool(row.way != settlement.way)


def _check_met(notice: CaseCorrection, handed: Sequence[str], *, at_window: bool) -> None:
    """Refuse an answer that leaves something named untouched; a clerk vouches for papers he sees."""
    named = [defect.kind for defect in msgspec.json.decode(notice.defects, type=list[Defect])]
    untouched = [kind for kind in named if kind not in handed]
    if untouched and not at_window:
        raise MaterialsMissing(kinds=", ".join(untouched))


async def hand_paper(
    actor: Actor, case_id: UUID, kind: str, *, idempotency_key: str | None = None, now: datetime
) -> Case:
    """Hand in a paper that was to follow (容缺后补), or show an original at a window.

    The applicant's paper is the one in the wallet; a clerk vouches that he has seen the original.
    The same key again answers the same case.
    Raises: CaseNotFound, MoveRefused, KeyReused, NotFound when no such paper is outstanding, MaterialsMissing
        when the wallet holds none.
    """
    async with transaction():
        case = await queries.lock(actor, case_id)
        if idempotency_key is not None and await _keys.claim(
            actor, case, idempotency_key, "hand_paper", [str(case_id), kind], now=now
        ):
            return case
        case = await _life.begin(actor, case_id, Verb.HAND_PAPER, now=now)
        rows = [row for row in await queries.outstanding(case) if row.kind == kind]
        if not rows:
            raise NotFound(what="outstanding paper", id=kind)
        await _take(actor, case, rows[0], now=now)
        return await _life.finish(actor, case, Verb.HAND_PAPER, now=now, reason=rows[0].name)


async def _take(actor: Actor, case: Case, row: CaseMaterial, *, now: datetime) -> None:
    row.handed_at = now
    if actor.is_a(Role.CLERK):
        row.trust = Trust.B
    else:
        await _take_from_wallet(actor, case, row, now=now)
    await row.save(
        [
            CaseMaterial.handed_at,
            CaseMaterial.trust,
            CaseMaterial.electronic,
            CaseMaterial.holding_id,
            CaseMaterial.holding_kind,
            CaseMaterial.receipt_id,
        ]
    )


async def _take_from_wallet(actor: Actor, case: Case, row: CaseMaterial, *, now: datetime) -> None:
    held = await material_queries.holdings(actor, case.party_id, [row.kind], on=local_date(now))
    holding = held.get(row.kind)
    if holding is None or row.way != Way.TOLERATED:
        raise MaterialsMissing(kinds=row.kind)
    row.receipt_id = await _materials.use(actor, case, holding, now=now)
    row.holding_id, row.holding_kind = holding.id, holding.kind
    row.trust, row.electronic = holding.trust, holding.electronic
