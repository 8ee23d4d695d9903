"""Cases where somebody acts for another: what he sees, for whom he may apply, what needs a nod."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from identity import mandates
from identity.actor import Actor
from identity.relation_errors import GuardianHandsIn, NodNeeded, NodNotFound, NotPassedOn, OutsideMandate
from identity.roles import MandateKind
from miniapps.cases import queries, service
from miniapps.cases.errors import CaseNotFound, MoveRefused, NotCompetent, NotForThisParty
from miniapps.cases.rules import CaseState, Content, Verb
from miniapps.cases.service import Edit
from miniapps.cases.tables import Case
from miniapps.items.rules import Target
from miniapps.materials import queries as material_queries
from miniapps.notices import tasks
from miniapps.notices.tables import Notice
from storage import limits, queue
from storage.db import fetch
from storage.ids import new_id
from storage.settings import QueueSettings
from tests.identity.mandated import act_by, agree, enter, guard, know_registers, link, village
from tests.miniapps.cases.factories import (
    ANSWERS,
    CODE,
    FORM,
    LEASE,
    NOON,
    a_draft,
    a_town,
    an_item,
    hold,
    publish,
)

OTHER = "331234567001"
PLAIN = an_item(materials=(LEASE,))  # nothing of it is proved by who signs in


@pytest.fixture(autouse=True)
async def ready(db, valkey) -> AsyncIterator[None]:
    await queue.connect(QueueSettings(url=valkey.url))
    await queue.redis().flushdb()
    limits.forget()
    know_registers()
    yield
    limits.forget()
    await queue.disconnect()


async def agent_of(owner: str = "wang_fang", **changes) -> tuple[Actor, Actor]:
    held = await agree(owner, scopes=mandates.NARROWABLE, **changes)
    return await enter(owner), (await act_by(held))[1]


async def hand_in(actor: Actor, case: Case) -> Case:
    return await service.submit(actor, case.id, idempotency_key=new_id().hex, now=NOON)


async def test_agent_applies_for_a_person_and_the_case_is_the_person_s():
    await a_town(PLAIN)
    owner, agent = await agent_of()
    await hold(owner)

    case = await hand_in(agent, await a_draft(agent, region="330106"))

    assert (case.party_id, case.applicant_id) == (owner.person_id, agent.person_id)
    assert (await queries.get(owner, case.id)).number == case.number
    acts = await fetch("SELECT party_id, delegation_id FROM audit_row WHERE act = 'case.submit'")
    assert {row["party_id"] for row in acts} == {owner.person_id, agent.person_id}
    assert {row["delegation_id"] for row in acts} == {agent.delegation_id}


async def test_agent_sees_the_principal_s_cases_and_his_own_only_as_himself():
    await a_town(PLAIN)
    owner, agent = await agent_of()
    himself = await enter("shen_yun")
    hers, his = await a_draft(owner), await a_draft(himself)

    assert [row.id for row in (await queries.page(agent, first=10)).rows] == [hers.id]
    assert [row.id for row in (await queries.page(himself, first=10)).rows] == [his.id]
    with pytest.raises(CaseNotFound):
        await queries.get(agent, his.id)
    with pytest.raises(CaseNotFound):
        await queries.get(himself, hers.id)


async def test_list_of_items_hides_every_other_case_and_the_wallet():
    await a_town(PLAIN)
    await publish(an_item(code=OTHER, materials=(LEASE,)))
    owner, agent = await agent_of(codes=[OTHER])
    await hold(owner)
    hidden, shown = await a_draft(owner), await a_draft(owner, code=OTHER)

    assert [row.id for row in (await queries.page(agent, first=10)).rows] == [shown.id]
    assert list(await queries.by_ids(agent, [hidden.id, shown.id])) == [shown.id]
    assert set(await queries.timelines_of(agent, [hidden.id, shown.id])) == {shown.id}
    for call in (queries.get(agent, hidden.id), queries.lock(agent, hidden.id)):
        with pytest.raises(CaseNotFound):
            await call
    assert (await material_queries.materials_page(agent, first=10, after=None)).rows == []


async def test_list_of_items_bounds_what_is_begun_and_prepared_and_what_of_the_wallet_serves():
    await a_town(PLAIN)
    await publish(an_item(code=OTHER, materials=(LEASE,)))
    owner, agent = await agent_of(codes=[OTHER])
    await hold(owner)

    for call in (a_draft(agent), service.prepare(agent, CODE, ANSWERS, now=NOON)):
        with pytest.raises(OutsideMandate):
            await call
    prepared = await service.prepare(agent, OTHER, ANSWERS, now=NOON)
    case = await hand_in(agent, await a_draft(agent, code=OTHER, region="330106"))

    assert prepared.uploads == 0, "what the item needs is taken from the principal's wallet"
    assert case.party_id == owner.person_id


async def test_sign_in_of_an_agent_is_nobody_s_identity_card():
    await a_town()
    owner, agent = await agent_of()

    hers = await service.prepare(owner, CODE, ANSWERS, now=NOON)
    his = await service.prepare(agent, CODE, ANSWERS, now=NOON)

    assert (his.uploads, hers.uploads) == (2, 1)


async def test_firm_applies_for_items_of_firms_and_a_ward_for_those_of_persons():
    await a_town(an_item(target=Target.FIRM, materials=(LEASE,)))
    _, head = await act_by(await link(), "lin_hai")
    _, parent = await act_by(await guard(), "li_wei")
    await hold(head)

    case = await hand_in(head, await a_draft(head, region="330106"))
    with pytest.raises(NotForThisParty):
        await a_draft(parent)
    with pytest.raises(NotForThisParty):
        await a_draft(await enter("lin_hai"))
    await publish(PLAIN, number=2)
    with pytest.raises(NotForThisParty):
        await a_draft(head)

    assert case.party_id == head.acting_for
    assert (await a_draft(parent)).party_id == parent.acting_for


async def test_a_minor_prepares_and_his_guardian_hands_in():
    await a_town(PLAIN)
    held = await guard("he_mei", "he_tian")
    youth = await enter("he_tian")
    await hold(youth)

    case = await a_draft(youth)
    with pytest.raises(GuardianHandsIn, match="请监护人登录自己的账号"):
        await hand_in(youth, case)
    by_app = replace(youth, app_id="some-app")
    with pytest.raises(GuardianHandsIn):
        await hand_in(by_app, await a_draft(by_app))
    assert (await queries.get(youth, case.id)).state == CaseState.DRAFT
    _, aunt = await act_by(held, "he_mei")

    assert (await hand_in(aunt, case)).state == CaseState.SUBMITTED
    grown = datetime(2029, 5, 8, 16, tzinfo=UTC)
    later = await a_draft(youth)
    done = await service.submit(youth, later.id, idempotency_key=new_id().hex, now=grown)
    assert done.state == CaseState.SUBMITTED


async def test_who_supports_himself_hands_in_from_sixteen_on():
    await a_town(PLAIN)
    youth = await enter("tang_yu")
    await hold(youth)
    case = await a_draft(youth)
    with pytest.raises(GuardianHandsIn):
        await hand_in(youth, case)

    await mandates.support_oneself(youth, now=NOON)

    assert (await hand_in(youth, case)).state == CaseState.SUBMITTED


async def test_a_child_under_eight_begins_nothing():
    await a_town(PLAIN)
    child = await enter("li_xiaoman")

    with pytest.raises(GuardianHandsIn):
        await a_draft(child)


async def village_agent() -> tuple[Actor, Actor, Case]:
    """The villager, the agent acting for her, and a draft he made."""
    await a_town(PLAIN)
    _, agent = await act_by(await village(), "village_agent")
    villager = await enter("zhou_guiying")
    await hold(villager)
    assert agent.mandate_kind is MandateKind.VILLAGE
    return villager, agent, await a_draft(agent, region="330106")


async def test_village_agent_hands_in_only_what_the_villager_accepted():
    villager, agent, draft = await village_agent()
    with pytest.raises(NodNeeded):
        await hand_in(agent, draft)

    asked = await service.ask_nod(agent, draft.id, Verb.SUBMIT, now=NOON)
    with pytest.raises(NodNeeded):
        await hand_in(agent, draft)
    await mandates.answer_nod(villager, asked.id, accept=True, now=NOON)
    case = await hand_in(agent, draft)

    assert case.number
    with pytest.raises(NodNeeded):
        await service.withdraw(agent, case.id, idempotency_key=new_id().hex, now=NOON)


async def test_draft_changed_after_the_nod_needs_another():
    villager, agent, draft = await village_agent()
    asked = await service.ask_nod(agent, draft.id, Verb.SUBMIT, now=NOON)
    await mandates.answer_nod(villager, asked.id, accept=True, now=NOON)

    await service.edit_draft(agent, draft.id, Edit(form=dict(FORM, address="别处")), now=NOON)

    with pytest.raises(NodNeeded):
        await hand_in(agent, draft)


async def test_nod_is_for_one_act_once_and_may_be_taken_back():
    villager, agent, draft = await village_agent()
    asked = await service.ask_nod(agent, draft.id, Verb.SUBMIT, now=NOON)
    assert (await service.ask_nod(agent, draft.id, Verb.SUBMIT, now=NOON)).id == asked.id
    await mandates.answer_nod(villager, asked.id, accept=True, now=NOON)
    await mandates.answer_nod(villager, asked.id, accept=False, now=NOON)

    with pytest.raises(NodNeeded):
        await hand_in(agent, draft)
    with pytest.raises(NodNotFound):
        await mandates.answer_nod(villager, asked.id, accept=True, now=NOON)


async def test_nobody_nods_in_the_villager_s_place():
    _, agent, draft = await village_agent()
    asked = await service.ask_nod(agent, draft.id, Verb.SUBMIT, now=NOON)

    with pytest.raises(NotPassedOn):
        await mandates.answer_nod(agent, asked.id, accept=True, now=NOON)
    for persona in ("village_agent", "wang_fang"):
        with pytest.raises(NodNotFound):
            await mandates.answer_nod(await enter(persona), asked.id, accept=True, now=NOON)


async def test_only_what_an_applicant_does_is_asked_for():
    _, agent, draft = await village_agent()

    for verb in (Verb.DECIDE, Verb.ACCEPT, Verb.EDIT):
        with pytest.raises(NotCompetent):
            await service.ask_nod(agent, draft.id, verb, now=NOON)
    with pytest.raises(MoveRefused):
        await service.ask_nod(agent, draft.id, Verb.HAND_PAPER, now=NOON)


async def test_principal_s_inbox_tells_of_proposal_start_and_every_act_once():
    await a_town(PLAIN)
    owner, agent = await agent_of()
    await hold(owner)
    await hand_in(agent, await a_draft(agent, Content(ANSWERS, FORM), region="330106"))

    for _ in range(2):
        await tell_all()

    notices = await Notice.objects().where(Notice.party_id == owner.person_id)
    told = {(row.kind, row.title) for row in notices}
    assert ("mandate.active", "代办委托已经生效") in told
    [done] = [row for row in notices if row.kind == "mandate.used" and "提交申请" in row.body]
    assert done.title == "沈*替您办了一件事"
    assert "王*" in done.body and "王芳" not in done.body
    assert [row.kind for row in await Notice.objects().where(Notice.party_id == agent.person_id)] == [
        "mandate.proposed"
    ]


async def tell_all() -> None:
    """Answer every fact about mandates, as the worker would."""
    answers = {task.event.type: task for task in tasks.TASKS if task.event.type.startswith("mandate.")}
    for row in await fetch("SELECT type, payload FROM outbox WHERE type LIKE 'mandate.%' ORDER BY seq"):
        task = answers[row["type"]]
        await task(msgspec.json.decode(row["payload"], type=task.event), now=NOON)
