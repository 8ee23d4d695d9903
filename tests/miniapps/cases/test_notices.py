"""What the party is told at each step."""

from identity import departments
from miniapps.cases import service, tasks
from miniapps.cases.events import CaseEvent
from miniapps.cases.rules import Decline, Defect, Outcome, Verb
from miniapps.cases.service._life import TOLD
from miniapps.items.rules import Delivery, Procedure
from miniapps.notices.tables import Notice
from storage.outbox import OutboxRow
from tests.miniapps.cases.factories import (
    NOON,
    a_citizen,
    a_clerk,
    a_submitted_case,
    a_town,
    an_accepted_case,
    hold,
)

ANSWERING = {task.event: task for task in tasks.TASKS if issubclass(task.event, CaseEvent)}


async def tell_everything(case):
    """Run the tasks of every step of a case, each twice, as a worker that crashed would."""
    types = {row["type"] for row in await OutboxRow.select(OutboxRow.type)}
    for event in TOLD.values():
        if event.type in types:
            fact = event(party_id=case.party_id, case_id=case.id, at=NOON)
            for _ in range(2):
                await ANSWERING[event](fact, now=NOON)
    return {row.kind: row.body for row in await Notice.objects()}


async def test_a_refused_applicant_is_told_each_step_once_with_reasons_and_remedies(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await an_accepted_case(citizen, clerk, delivery=Delivery.WINDOW)
    await service.pause(clerk, case.id, Procedure.HEARING, notice="定于周一听证", now=NOON)
    await service.resume(clerk, case.id, now=NOON)
    await service.extend(clerk, case.id, reason="情况复杂", approved_by="局长", now=NOON)
    await service.decide(clerk, case.id, Outcome.REFUSED, reason="住址不在本市", now=NOON)
    await service.complete(clerk, case.id, now=NOON)
    await service.deliver(clerk, case.id, now=NOON)

    told = await tell_everything(case)

    steps = ["submit", "accept", "pause", "resume", "extend", "decide", "complete", "deliver"]
    assert sorted(told) == sorted(f"case.{step}" for step in steps)
    assert await Notice.count() == len(steps)
    assert all(case.number in body for body in told.values())
    assert "定于周一听证" in told["case.pause"]
    assert "住址不在本市" in told["case.decide"] and "复议" in told["case.decide"]


async def test_corrections_and_the_three_exits_are_told_with_their_words(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    organ = await departments.competent("civil_affairs", "330106")
    declined = await a_submitted_case(citizen)
    await service.ask_correction(clerk, declined.id, [Defect("lease_contract", "缺少签字页")], now=NOON)
    await hold(citizen)
    await service.answer_correction(citizen, declined.id, service.Correction(), idempotency_key="a", now=NOON)
    await service.decline(
        clerk, declined.id, Decline.WRONG_ORGAN, reason="不归我们管", right_organ=organ.id, now=NOON
    )
    told = await tell_everything(declined)
    withdrawn, voided, forwarded = [await an_accepted_case(citizen, clerk) for _ in range(3)]
    await service.withdraw(citizen, withdrawn.id, now=NOON)
    await service.void(clerk, voided.id, reason="重复申请", now=NOON)
    await service.forward(clerk, forwarded.id, organ.id, reason="须上级审批", now=NOON)

    for case, verb in ((withdrawn, Verb.WITHDRAW), (voided, Verb.VOID), (forwarded, Verb.FORWARD)):
        fact = TOLD[verb](party_id=case.party_id, case_id=case.id, at=NOON)
        await ANSWERING[TOLD[verb]](fact, now=NOON)

    assert "缺少签字页" in told["case.ask_correction"]
    assert organ.name in told["case.decline"]
    ends = {row.kind: row.body for row in await Notice.objects()}
    assert organ.name in ends["case.forward"] and "重复申请" in ends["case.void"]
    assert withdrawn.number in ends["case.withdraw"]


async def test_a_mini_app_may_see_what_concerns_its_case(db):
    await a_town()
    helper = a_citizen(app_id="rent-helper")
    case = await a_submitted_case(helper)

    await tell_everything(case)

    [notice] = await Notice.objects()
    assert notice.app_id == "rent-helper"
