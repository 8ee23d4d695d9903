"""From receipt to acceptance."""

from datetime import date

import pytest

from banshi.errors import NotFound
from identity import departments
from miniapps.cases import queries, service
from miniapps.cases.errors import (
    MaterialsMissing,
    PapersOutstanding,
    ReasonMissing,
    RightOrganMissing,
    SecondCorrection,
    TooLateToAsk,
)
from miniapps.cases.rules import CaseState, Choice, Clock, Content, Decline, Defect, Outcome, Way
from miniapps.cases.service import Correction
from tests.miniapps.cases.factories import (
    ANSWERS,
    DAY,
    FORM,
    ID_CARD,
    LEASE,
    NOON,
    ORIGINAL,
    PHOTO,
    a_citizen,
    a_clerk,
    a_submitted_case,
    a_town,
    an_accepted_case,
    an_item,
    fresh,
    hold,
)

BLURRED = [Defect("lease_contract", "缺少签字页")]


async def due(case):
    return {clock.kind: clock.due_on for clock in await queries.clocks(case)}


async def test_accept_starts_the_promised_and_the_statutory_clock(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await a_submitted_case(citizen)

    await service.accept(clerk, case.id, now=NOON + 3 * DAY)

    stored = await fresh(case)
    assert (stored.state, stored.accepted_at) == (CaseState.ACCEPTED, NOON + 3 * DAY)
    assert await due(stored) == {
        Clock.ACCEPTANCE: date(2026, 11, 27),
        Clock.PROMISED: date(2026, 11, 30),
        Clock.STATUTORY: date(2026, 12, 21),
    }
    [acceptance] = await queries.clocks(stored, {Clock.ACCEPTANCE})
    assert acceptance.met_at == NOON + 3 * DAY


async def test_a_correction_is_asked_once_answered_and_the_days_begin_anew(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await a_submitted_case(citizen)

    await service.ask_correction(clerk, case.id, BLURRED, now=NOON + DAY)
    with pytest.raises(MaterialsMissing, match="lease_contract"):
        await service.answer_correction(citizen, case.id, Correction(), idempotency_key="a", now=NOON)
    better = await hold(citizen)
    for _ in range(2):
        await service.answer_correction(
            citizen, case.id, Correction(), idempotency_key="b", now=NOON + 4 * DAY
        )

    stored = await fresh(case)
    assert (stored.state, stored.complete_at) == (CaseState.SUBMITTED, NOON + 4 * DAY)
    assert await due(stored) == {Clock.ACCEPTANCE: date(2026, 12, 1)}
    assert better in {row.holding_id for row in await queries.materials_of(stored)}
    [notice] = await queries.corrections(stored)
    assert (notice.repeated, notice.answered_at) == (False, NOON + 4 * DAY)


async def test_a_second_notice_names_only_new_papers_and_is_flagged(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await a_submitted_case(citizen)
    await service.ask_correction(clerk, case.id, [Defect("address", "请写门牌号")], now=NOON)
    await service.answer_correction(
        citizen, case.id, Correction(form={"address": "文三路2号"}), idempotency_key="a", now=NOON
    )

    with pytest.raises(SecondCorrection):
        await service.ask_correction(clerk, case.id, BLURRED, now=NOON)
    await service.ask_correction(clerk, case.id, [Defect("address", "与合同不符")], now=NOON)

    assert [notice.repeated for notice in await queries.corrections(case)] == [False, True]


async def test_after_the_days_for_accepting_nothing_is_asked_or_declined_and_acceptance_is_dated_back(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await a_submitted_case(citizen)
    late = NOON + 10 * DAY

    with pytest.raises(TooLateToAsk):
        await service.ask_correction(clerk, case.id, BLURRED, now=late)
    with pytest.raises(TooLateToAsk):
        await service.decline(clerk, case.id, Decline.RETURNED, reason="晚了", now=late)
    await service.accept(clerk, case.id, now=late)

    stored = await fresh(case)
    assert (stored.accepted_at, stored.accepted_by_silence) == (NOON, True)
    assert (await due(stored))[Clock.PROMISED] == date(2026, 11, 27)


async def test_each_way_of_not_accepting_says_why_and_the_wrong_organ_names_the_right_one(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    right = await departments.competent("civil_affairs", "330106")
    cases = [await a_submitted_case(citizen) for _ in Decline]

    with pytest.raises(ReasonMissing):
        await service.decline(clerk, cases[0].id, Decline.RETURNED, reason=" ", now=NOON)
    for organ in (None, cases[0].department_id, citizen.person_id):
        with pytest.raises(RightOrganMissing):
            await service.decline(
                clerk, cases[0].id, Decline.WRONG_ORGAN, reason="不归我们管", right_organ=organ, now=NOON
            )
    for case, kind in zip(cases, Decline, strict=True):
        await service.decline(clerk, case.id, kind, reason="理由", right_organ=right.id, now=NOON)

    stored = [await fresh(case) for case in cases]
    assert [case.decline for case in stored] == list(Decline)
    assert [case.other_organ for case in stored] == [None, right.id, None]


async def test_a_tolerated_paper_follows_before_the_grant(db):
    await a_town(an_item(materials=(ID_CARD, LEASE, PHOTO)))
    citizen, clerk = a_citizen(), await a_clerk()
    content = Content(ANSWERS, FORM, {"photo": Choice(Way.TOLERATED)})
    case = await an_accepted_case(citizen, clerk, content=content)

    [paper] = await queries.outstanding(case)
    assert paper.due_on == date(2026, 12, 4)
    with pytest.raises(PapersOutstanding, match="photo"):
        await service.decide(clerk, case.id, Outcome.GRANTED, now=NOON)
    with pytest.raises(MaterialsMissing):
        await service.hand_paper(citizen, case.id, "photo", now=NOON)
    await hold(citizen, "photo")
    await service.hand_paper(citizen, case.id, "photo", now=NOON)
    with pytest.raises(NotFound):
        await service.hand_paper(citizen, case.id, "photo", now=NOON)

    row = (await queries.materials_of(case))[-1]
    assert (row.way, row.electronic, row.handed_at) == (Way.TOLERATED, True, NOON)
    assert (await service.decide(clerk, case.id, Outcome.GRANTED, now=NOON)).outcome == Outcome.GRANTED


async def test_an_original_is_shown_to_a_clerk(db):
    await a_town(an_item(materials=(ID_CARD, ORIGINAL)))
    citizen, clerk = a_citizen(), await a_clerk()
    content = Content(ANSWERS, FORM, {"old_licence": Choice(Way.PAPER)})
    case = await a_submitted_case(citizen, content)

    with pytest.raises(MaterialsMissing):
        await service.hand_paper(citizen, case.id, "old_licence", now=NOON)
    await service.hand_paper(clerk, case.id, "old_licence", now=NOON)

    row = (await queries.materials_of(case))[-1]
    assert (row.way, row.electronic, row.trust) == (Way.PAPER, False, "B")
