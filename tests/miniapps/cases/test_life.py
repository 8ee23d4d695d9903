"""From receipt to delivery, with people at the desk."""

from datetime import date

import msgspec
import pytest

from identity import departments
from miniapps.cases import queries, service
from miniapps.cases.errors import (
    CaseNotFound,
    ExtensionRefused,
    ForwardRefused,
    MatterNotListed,
    MoveRefused,
    NotApplicant,
    NotCompetent,
    OwnMatter,
    ReasonMissing,
)
from miniapps.cases.rules import CaseState, Clock, Defect, Outcome
from miniapps.cases.tables import CaseDecision, CaseEventRow
from miniapps.items.rules import Delivery, Kind, Procedure
from miniapps.materials.tables import Certificate
from storage.db import execute, fetch
from tests.miniapps.cases.factories import (
    DAY,
    NOON,
    a_citizen,
    a_clerk,
    a_draft,
    a_submitted_case,
    a_town,
    an_accepted_case,
    an_item,
    fresh,
)

BLURRED = [Defect("lease_contract", "缺少签字页")]


async def due(case):
    return {clock.kind: clock.due_on for clock in await queries.clocks(case)}


async def test_a_granted_case_is_decided_closed_and_delivered(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await an_accepted_case(citizen, clerk)

    await service.review(clerk, case.id, now=NOON)
    decided = await service.decide(clerk, case.id, Outcome.GRANTED, now=NOON + DAY)
    assert decided.state == CaseState.DECIDED
    await service.complete(clerk, case.id, now=NOON + DAY)

    stored = await fresh(case)
    assert (stored.state, stored.outcome, stored.ended_at) == (
        CaseState.DELIVERED,
        Outcome.GRANTED,
        NOON + DAY,
    )
    [certificate] = await Certificate.objects()
    assert (certificate.case_id, certificate.kind) == (case.id, "withdrawal_approval")
    assert all(clock.met_at for clock in await queries.clocks(stored))


async def test_a_refusal_needs_reasons_and_names_both_remedies(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await an_accepted_case(citizen, clerk)

    with pytest.raises(ReasonMissing):
        await service.decide(clerk, case.id, Outcome.REFUSED, now=NOON)
    await service.decide(clerk, case.id, Outcome.REFUSED, reason="住址不在本市", now=NOON)

    decision = await queries.decision(await fresh(case))
    assert decision.reason == "住址不在本市"
    assert "复议" in decision.review and "诉讼" in decision.litigation
    assert await Certificate.count() == 0


async def test_post_needs_its_tracking_number_and_the_window_does_not(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    posted = await an_accepted_case(citizen, clerk, delivery=Delivery.POST)
    fetched = await an_accepted_case(citizen, clerk, delivery=Delivery.WINDOW)
    for case in (posted, fetched):
        await service.decide(clerk, case.id, Outcome.GRANTED, now=NOON)
        assert (await service.complete(clerk, case.id, now=NOON)).state == CaseState.COMPLETED

    with pytest.raises(ReasonMissing):
        await service.deliver(clerk, posted.id, now=NOON)
    await service.deliver(clerk, posted.id, tracking="EMS1234567890", now=NOON)
    await service.deliver(clerk, fetched.id, now=NOON)

    assert (await fresh(posted)).tracking == "EMS1234567890"
    assert (await fresh(fetched)).state == CaseState.DELIVERED


async def test_a_listed_matter_stops_both_clocks_for_its_working_days(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await an_accepted_case(citizen, clerk)

    with pytest.raises(ReasonMissing):
        await service.pause(clerk, case.id, Procedure.HEARING, notice="", now=NOON)
    await service.pause(clerk, case.id, Procedure.HEARING, notice="定于下周听证", now=NOON + 3 * DAY)
    assert all(clock.stopped_on for clock in await queries.clocks(case) if clock.met_at is None)
    await service.resume(clerk, case.id, now=NOON + 7 * DAY)

    stored = await fresh(case)
    assert stored.state == CaseState.REVIEWING
    assert (await due(stored))[Clock.PROMISED] == date(2026, 12, 3)  # 27 November and four days
    [stop] = await queries.stops(case.party_id, [case.id])
    assert (stop.started_on, stop.ended_on) == (date(2026, 11, 23), date(2026, 11, 27))


async def test_a_matter_that_neither_law_nor_item_lists_stops_nothing(db):
    await a_town(an_item(kind=Kind.SERVICE, procedures=(Procedure.APPRAISAL,)))
    citizen, clerk = a_citizen(), await a_clerk()
    case = await an_accepted_case(citizen, clerk)

    with pytest.raises(MatterNotListed):
        await service.pause(clerk, case.id, Procedure.HEARING, notice="听证", now=NOON)
    paused = await service.pause(clerk, case.id, Procedure.APPRAISAL, notice="鉴定", now=NOON)

    assert paused.state == CaseState.PAUSED


async def test_an_extension_lengthens_the_statutory_limit_once_and_leaves_the_promise(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await an_accepted_case(citizen, clerk)
    before = await due(case)

    async def extend(now=NOON):
        await service.extend(clerk, case.id, reason="情况复杂", approved_by="局长", now=now)

    with pytest.raises(ExtensionRefused, match="run out"):
        await extend(NOON + 60 * DAY)
    await extend()
    with pytest.raises(ExtensionRefused, match="once"):
        await extend()

    after = await due(case)
    assert after[Clock.STATUTORY] == date(2027, 1, 4)  # ten working days after 18 December
    assert after[Clock.PROMISED] == before[Clock.PROMISED]


async def test_items_without_a_law_for_it_are_not_extended(db):
    await a_town(an_item(kind=Kind.SERVICE))
    citizen, clerk = a_citizen(), await a_clerk()
    case = await an_accepted_case(citizen, clerk)

    with pytest.raises(ExtensionRefused):
        await service.extend(clerk, case.id, reason="情况复杂", approved_by="局长", now=NOON)


async def test_withdrawal_voiding_and_forwarding_end_the_case_and_its_clocks(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    other = await departments.competent("housing_fund", "330000")
    withdrawn, voided, forwarded = [await an_accepted_case(citizen, clerk) for _ in range(3)]

    await service.withdraw(citizen, withdrawn.id, reason="不办了", now=NOON)
    await service.void(clerk, voided.id, reason="申请对象已不存在", now=NOON)
    for organ in (forwarded.department_id, citizen.person_id):
        with pytest.raises(ForwardRefused):
            await service.forward(clerk, forwarded.id, organ, reason="须上级审批", now=NOON)
    await service.forward(clerk, forwarded.id, other.id, reason="须上级审批", now=NOON)

    cases = [await fresh(case) for case in (withdrawn, voided, forwarded)]
    assert [case.state for case in cases] == ["withdrawn", "voided", "forwarded"]
    assert all(case.ended_at == NOON for case in cases)
    clocks = [clock for case in cases for clock in await queries.clocks(case)]
    assert len(clocks) == 9
    assert all(clock.met_at for clock in clocks)
    assert cases[2].other_organ == other.id


async def test_a_decided_case_can_no_longer_be_withdrawn(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await an_accepted_case(citizen, clerk)
    await service.decide(clerk, case.id, Outcome.GRANTED, now=NOON)

    with pytest.raises(MoveRefused):
        await service.withdraw(citizen, case.id, now=NOON)


async def test_each_side_keeps_to_its_own_verbs(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await a_submitted_case(citizen)
    himself = await a_clerk(person_id=citizen.person_id)

    with pytest.raises(NotCompetent):
        await service.accept(citizen, case.id, now=NOON)
    with pytest.raises(NotApplicant):
        await service.withdraw(clerk, case.id, now=NOON)
    with pytest.raises(NotApplicant):
        await a_draft(clerk)
    with pytest.raises(OwnMatter):
        await service.accept(himself, case.id, now=NOON)
    for stranger in (a_citizen(), await a_clerk("education")):
        with pytest.raises(CaseNotFound):
            await service.accept(stranger, case.id, now=NOON)


async def test_the_timeline_tells_who_did_what_when_and_why_and_cannot_be_changed(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await an_accepted_case(citizen, clerk)
    await service.void(clerk, case.id, reason="重复申请", now=NOON + DAY)

    submitted, accepted, voided = await queries.timeline(case)
    assert (submitted.person_id, accepted.acting_for) == (citizen.person_id, clerk.acting_for)
    assert msgspec.json.decode(accepted.effects) == {"promised": "2026-11-27", "statutory": "2026-12-18"}
    assert (voided.reason, voided.at) == ("重复申请", NOON + DAY)
    for table in (CaseEventRow, CaseDecision):
        with pytest.raises(Exception, match="permission denied"):
            await execute(f"DELETE FROM {table._meta.tablename}")


async def test_every_verb_leaves_an_audit_row_about_the_party(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await an_accepted_case(citizen, clerk)

    rows = await fetch("SELECT act, party_id FROM audit_row WHERE object = $1 ORDER BY id", f"case/{case.id}")

    assert [row["act"] for row in rows] == ["case.submit", "case.accept"]
    assert {row["party_id"] for row in rows} == {citizen.acting_for}
