"""Reading cases: who sees what, and what others need to know of one."""

from identity.actor import WORKER
from miniapps.cases import queries, service
from miniapps.cases.rules import Way
from tests.miniapps.cases.factories import (
    NOON,
    a_citizen,
    a_clerk,
    a_draft,
    a_submitted_case,
    a_town,
    hold,
)
from tests.miniapps.cases.life_doc import DOC, drawn


async def test_each_sees_his_own_and_clerks_no_drafts(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    helper = a_citizen(person_id=citizen.person_id, app_id="rent-helper")
    draft, sent = await a_draft(helper), await a_submitted_case(citizen)

    async def seen(actor):
        return {case.id for case in (await queries.page(actor, first=100)).rows}

    assert await seen(citizen) == {draft.id, sent.id}
    assert await seen(helper) == {draft.id}
    assert await seen(clerk) == {sent.id}
    assert await seen(WORKER) == {draft.id, sent.id}
    for stranger in (a_citizen(), await a_clerk("education"), await a_clerk(region="330203")):
        assert await seen(stranger) == set()


async def test_preparing_costs_the_same_statements_however_much_is_needed(db):
    await a_town()
    citizen = a_citizen()
    counts = []
    for answers in ({"marital": "未婚"}, {"marital": "已婚"}):
        await service.prepare(citizen, "331234567000", answers, now=NOON)
        db.clear()
        await service.prepare(citizen, "331234567000", answers, now=NOON)
        counts.append(len(db))

    assert counts[0] == counts[1] <= 6


async def test_a_better_holding_serves_and_a_weak_one_does_not(db):
    await a_town()
    citizen = a_citizen()
    await hold(citizen, "marriage_certificate", trust="C")
    weak = await service.prepare(citizen, "331234567000", {"marital": "已婚"}, now=NOON)
    await hold(citizen, "marriage_certificate", trust="B", title="核验件")
    good = await service.prepare(citizen, "331234567000", {"marital": "已婚"}, now=NOON)

    assert weak.standings[2].way is Way.COMMITMENT
    assert good.standings[2].way is Way.WALLET
    assert (weak.uploads, good.uploads) == (2, 1)


def test_the_page_about_the_life_is_drawn_from_the_table():
    text = DOC.read_text(encoding="utf-8")

    assert drawn() in text, "run: python -m tests.miniapps.cases.life_doc"
