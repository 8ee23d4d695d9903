"""Between acceptance and decision: review, stops, extension; and the side exits."""

from datetime import datetime
from uuid import UUID

from identity import departments
from identity.actor import Actor
from miniapps.cases import queries, rules
from miniapps.cases.errors import ExtensionRefused, ForwardRefused, MatterNotListed
from miniapps.cases.rules import LAW, Clock, Verb
from miniapps.cases.service import _clocks, _life
from miniapps.cases.service._keys import claim
from miniapps.cases.tables import Case, CaseStop
from miniapps.items import queries as item_queries
from miniapps.items.rules import CompiledItem, Procedure
from storage.clock import local_date
from storage.db import transaction


async def review(actor: Actor, case_id: UUID, *, now: datetime) -> Case:
    """Take an accepted case up for review (审查).

    Raises: CaseNotFound, NotCompetent, OwnMatter, MoveRefused.
    """
    async with transaction():
        case = await _life.begin(actor, case_id, Verb.REVIEW, now=now)
        return await _life.finish(actor, case, Verb.REVIEW, now=now)


async def pause(actor: Actor, case_id: UUID, matter: Procedure, *, notice: str, now: datetime) -> Case:
    """Stop both clocks for a listed matter, told to the applicant in writing (特别程序).

    Raises: CaseNotFound, NotCompetent, OwnMatter, MoveRefused, MatterNotListed, ReasonMissing.
    Source: 行政许可法 Art. 45.
    """
    async with transaction():
        case = await _life.begin(actor, case_id, Verb.PAUSE, now=now)
        if not rules.may_stop(await _item(case), matter):
            raise MatterNotListed(matter=matter)
        words = _life.need_reason(Verb.PAUSE, notice)
        stop = CaseStop(
            party_id=case.party_id, case_id=case.id, matter=matter, notice=words, started_on=local_date(now)
        )
        await CaseStop.insert(stop)
        await _clocks.stop(case, now=now)
        return await _life.finish(
            actor, case, Verb.PAUSE, now=now, reason=words, effects={"stopped_for": matter}
        )


async def resume(actor: Actor, case_id: UUID, *, now: datetime) -> Case:
    """End the stop: both clocks go on, later by the working days they stood still.

    Raises: CaseNotFound, NotCompetent, OwnMatter, MoveRefused.
    """
    async with transaction():
        case = await _life.begin(actor, case_id, Verb.RESUME, now=now)
        for stop in await queries.stops(case.party_id, [case.id]):
            if stop.ended_on is None:
                stop.ended_on = local_date(now)
                await stop.save([CaseStop.ended_on])
        due = await _clocks.go_on(case, now=now)
        return await _life.finish(actor, case, Verb.RESUME, now=now, effects=due)


async def extend(actor: Actor, case_id: UUID, *, reason: str, approved_by: str, now: datetime) -> Case:
    """Lengthen the statutory limit once, with the approval of the head of the organ (延长审批).

    The promise is not lengthened: when it is broken, the figures say so.
    Raises: CaseNotFound, NotCompetent, OwnMatter, MoveRefused, ReasonMissing, ExtensionRefused.
    Source: 行政许可法 Art. 42.
    """
    async with transaction():
        case = await _life.begin(actor, case_id, Verb.EXTEND, now=now)
        why = _life.need_reason(Verb.EXTEND, reason)
        approval = _life.need_reason(Verb.EXTEND, approved_by)
        days = LAW[(await _item(case)).kind].extension_days
        await _check_extension(case, days, now=now)
        due = await _clocks.extend(case, days, now=now)
        return await _life.finish(
            actor, case, Verb.EXTEND, now=now, reason=why, effects={**due, "approved_by": approval}
        )


async def _check_extension(case: Case, days: int, *, now: datetime) -> None:
    statutory = await queries.clocks(case, {Clock.STATUTORY})
    if not days or not statutory:
        raise ExtensionRefused(why="the law gives this kind of item none")
    if statutory[0].extended_days:
        raise ExtensionRefused(why="it has been extended once")
    if statutory[0].due_on < local_date(now):
        raise ExtensionRefused(why="the limit has run out")


async def withdraw(
    actor: Actor, case_id: UUID, *, reason: str = "", idempotency_key: str | None = None, now: datetime
) -> Case:
    """Take an application back before it is decided (撤回).  The same key again answers the same case.

    Raises: CaseNotFound, NotApplicant, MoveRefused, KeyReused.
    """
    async with transaction():
        if idempotency_key is not None:
            case = await queries.lock(actor, case_id)
            if await claim(actor, case, idempotency_key, "withdraw", str(case_id), now=now):
                return case
        return await _leave(actor, case_id, Verb.WITHDRAW, reason=reason.strip(), now=now)


async def void(actor: Actor, case_id: UUID, *, reason: str, now: datetime) -> Case:
    """Close an accepted case as void (作废办结), for instance when its object has ceased to be.

    Raises: CaseNotFound, NotCompetent, OwnMatter, MoveRefused, ReasonMissing.
    """
    why = _life.need_reason(Verb.VOID, reason)
    return await _leave(actor, case_id, Verb.VOID, reason=why, now=now)


async def forward(actor: Actor, case_id: UUID, to_department: UUID, *, reason: str, now: datetime) -> Case:
    """Report an accepted case to another organ and close it here (转报办结).

    Raises: CaseNotFound, NotCompetent, OwnMatter, MoveRefused, ReasonMissing, ForwardRefused.
    """
    async with transaction():
        case = await _life.begin(actor, case_id, Verb.FORWARD, now=now)
        if to_department == case.department_id or not await departments.by_ids([to_department]):
            raise ForwardRefused()
        case.other_organ = to_department
        why = _life.need_reason(Verb.FORWARD, reason)
        await _clocks.meet(case, set(Clock), now=now)
        return await _life.finish(actor, case, Verb.FORWARD, [Case.other_organ], now=now, reason=why)


async def _leave(actor: Actor, case_id: UUID, verb: Verb, *, reason: str, now: datetime) -> Case:
    async with transaction():
        case = await _life.begin(actor, case_id, verb, now=now)
        await _clocks.meet(case, set(Clock), now=now)
        return await _life.finish(actor, case, verb, now=now, reason=reason)


async def _item(case: Case) -> CompiledItem:
    return item_queries.compiled(await item_queries.version(case.item_version))
