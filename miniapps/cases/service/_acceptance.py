"""From receipt to acceptance: accept, ask once for everything missing, or say why not."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from identity import departments
from identity.actor import Actor
from miniapps.cases import queries, rules
from miniapps.cases.errors import RightOrganMissing, TooLateToAsk
from miniapps.cases.rules import CaseState, Clock, Decline, Defect, Verb
from miniapps.cases.service import _clocks, _life
from miniapps.cases.tables import Case, CaseCorrection
from miniapps.items import queries as item_queries
from storage.clock import local_date
from storage.db import transaction

SILENCE = "逾期未告知需要补正的内容，自收到申请材料之日起即为受理"  # 行政许可法 Art. 32


async def accept(actor: Actor, case_id: UUID, *, now: datetime) -> Case:
    """Accept a received application (受理): the promised and the statutory clock start.

    After the days for accepting it has been accepted by silence, dated to when the papers were complete.
    Raises: CaseNotFound, NotCompetent, OwnMatter, MoveRefused.
    """
    async with transaction():
        case = await _life.begin(actor, case_id, Verb.ACCEPT, now=now)
        silent = await _ended_on(case, now=now) is not None
        return await accept_locked(actor, case, silent=silent, now=now)


async def accept_locked(
    actor: Actor, case: Case, *, silent: bool = False, by_rule: bool = False, now: datetime
) -> Case:
    """`accept` for a case that is locked and may be accepted."""
    item = item_queries.compiled(await item_queries.version(case.item_version))
    case.accepted_at = case.complete_at if silent else now
    case.accepted_by_silence = silent
    await _clocks.meet(case, {Clock.ACCEPTANCE}, now=now)
    due = await _clocks.start(case, rules.working_limits(item), on=local_date(case.accepted_at), now=now)
    return await _life.finish(
        actor, case, Verb.ACCEPT, [Case.accepted_at, Case.accepted_by_silence], now=now,
        reason=SILENCE if silent else "", by_rule=by_rule or silent, effects=due,
    )  # fmt: skip


async def ask_correction(actor: Actor, case_id: UUID, defects: Sequence[Defect], *, now: datetime) -> Case:
    """Tell the applicant, once, everything that is missing or wrong (补正告知).

    A further notice may only name what came with the answer to the last one, and is flagged.
    Raises: CaseNotFound, NotCompetent, OwnMatter, MoveRefused, TooLateToAsk, ReasonMissing, SecondCorrection.
    """
    async with transaction():
        case = await _life.begin(actor, case_id, Verb.ASK_CORRECTION, now=now)
        await _check_in_time(case, now=now)
        earlier = await queries.corrections(case)
        newly = msgspec.json.decode(earlier[-1].handed, type=list[str]) if earlier else []
        repeated = rules.check_correction(defects, earlier=len(earlier), newly_handed=newly)
        notice = CaseCorrection(
            party_id=case.party_id, case_id=case.id, number=len(earlier) + 1, repeated=repeated,
            defects=msgspec.json.encode(list(defects)).decode(), asked_at=now,
        )  # fmt: skip
        await CaseCorrection.insert(notice)
        await _clocks.meet(case, {Clock.ACCEPTANCE}, now=now)
        reason = "; ".join(f"{defect.kind}: {defect.problem}" for defect in defects)
        return await _life.finish(actor, case, Verb.ASK_CORRECTION, now=now, reason=reason)


async def decline(
    actor: Actor,
    case_id: UUID,
    kind: Decline,
    *,
    reason: str,
    right_organ: UUID | None = None,
    now: datetime,
) -> Case:
    """Do not accept: no permission is needed (不受理), another organ is right (不予受理), or returned (退件).

    Raises: CaseNotFound, NotCompetent, OwnMatter, MoveRefused, TooLateToAsk, ReasonMissing,
        RightOrganMissing.
    """
    async with transaction():
        case = await _life.begin(actor, case_id, Verb.DECLINE, now=now)
        if case.state == CaseState.SUBMITTED:
            await _check_in_time(case, now=now)
        case.decline = kind
        case.other_organ = await _right_organ(case, right_organ) if kind is Decline.WRONG_ORGAN else None
        await _clocks.meet(case, set(Clock), now=now)
        why = _life.need_reason(Verb.DECLINE, reason)
        return await _life.finish(
            actor, case, Verb.DECLINE, [Case.decline, Case.other_organ], now=now, reason=why
        )


async def _right_organ(case: Case, organ: UUID | None) -> UUID:
    if organ is None or organ == case.department_id or not await departments.by_ids([organ]):
        raise RightOrganMissing()
    return organ


async def _ended_on(case: Case, *, now: datetime) -> date | None:
    """Return the last day for accepting when it is over, else None."""
    [clock] = await queries.clocks(case, {Clock.ACCEPTANCE})
    return clock.due_on if clock.due_on < local_date(now) else None


async def _check_in_time(case: Case, *, now: datetime) -> None:
    ended_on = await _ended_on(case, now=now)
    if ended_on is not None:
        raise TooLateToAsk(due_on=ended_on)
