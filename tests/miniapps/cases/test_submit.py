"""Handing in."""

import asyncio
from datetime import date

import pytest

from banshi.errors import KeyReused
from identity import departments
from identity.actor import WORKER
from miniapps.cases import queries, rules, service
from miniapps.cases.errors import (
    AnswersMissing,
    CommitmentBarred,
    FormInvalid,
    MaterialsMissing,
    WayNotOffered,
)
from miniapps.cases.rules import CaseState, Choice, Clock, Content, Outcome, Way
from miniapps.cases.tables import CaseCommand
from miniapps.materials.tables import Certificate, MaterialUse
from storage.outbox import OutboxRow
from tests.miniapps.cases.factories import (
    ANSWERS,
    FORM,
    NOON,
    a_citizen,
    a_clerk,
    a_draft,
    a_submitted_case,
    a_town,
    an_instant_item,
    an_item,
    fresh,
    hold,
    publish,
)

KEY = "a-key-of-the-phone"


async def submit(actor, case, key=KEY, now=NOON):
    return await service.submit(actor, case.id, idempotency_key=key, now=now)


async def test_submit_receives_the_case_at_the_competent_organ_with_a_number_and_one_clock(db):
    await a_town()
    citizen = a_citizen()

    case = await a_submitted_case(citizen)

    organ = await departments.competent("housing_fund", "330106")
    assert case.state == CaseState.SUBMITTED
    assert case.department_id == organ.id
    assert rules.is_number(case.number)
    assert case.number.startswith("330106261120")
    [clock] = await queries.clocks(case)
    assert (clock.kind, clock.days, clock.due_on) == (Clock.ACCEPTANCE, 5, date(2026, 11, 27))
    [line] = await queries.timeline(case)
    assert (line.verb, line.from_state, line.to_state) == ("submit", "draft", "submitted")
    types = {row["type"] for row in await OutboxRow.select(OutboxRow.type)}
    assert {"case.submitted", "case.clock_ran_out"} <= types


async def test_submit_pins_the_materials_with_their_origin_and_writes_receipts(db):
    await a_town()
    citizen = a_citizen()
    version_id = await hold(citizen)
    draft = await a_draft(citizen)

    case = await submit(citizen, draft)

    card, lease = await queries.materials_of(case)
    assert (card.kind, card.way, card.trust, card.electronic) == ("id_card", Way.IDENTITY, "A", True)
    assert (lease.kind, lease.way, lease.holding_id) == ("lease_contract", Way.UPLOAD, version_id)
    receipts = await MaterialUse.objects()
    assert {row.id for row in receipts} == {card.receipt_id, lease.receipt_id}
    assert {row.department_id for row in receipts} == {case.department_id}


async def test_a_material_used_before_counts_as_reused(db):
    await a_town()
    citizen = a_citizen()
    await a_submitted_case(citizen)

    second = await submit(citizen, await a_draft(citizen))

    ways = {row.kind: row.way for row in await queries.materials_of(second)}
    assert ways == {"id_card": Way.IDENTITY, "lease_contract": Way.WALLET}


async def test_the_same_key_answers_the_same_case_and_does_nothing_twice(db):
    await a_town()
    citizen = a_citizen()
    await hold(citizen)
    draft = await a_draft(citizen)

    first = await submit(citizen, draft)
    told = await OutboxRow.count()
    again = await submit(citizen, draft)

    assert again.number == first.number
    assert await OutboxRow.count() == told
    assert len(await queries.timeline(first)) == 1


async def test_a_key_used_for_another_command_is_refused(db):
    await a_town()
    citizen = a_citizen()
    await hold(citizen)
    one, other = await a_draft(citizen), await a_draft(citizen)
    await submit(citizen, one)

    with pytest.raises(KeyReused):
        await submit(citizen, other)

    assert (await fresh(other)).state == CaseState.DRAFT


async def test_double_taps_at_once_make_one_submission(db):
    await a_town()
    citizen = a_citizen()
    await hold(citizen)
    draft = await a_draft(citizen)

    cases = await asyncio.gather(*(submit(citizen, draft) for _ in range(4)))

    assert len({case.number for case in cases}) == 1
    assert len(await queries.timeline(cases[0])) == 1


async def test_two_keys_at_once_make_one_submission_and_one_refusal(db):
    await a_town()
    citizen = a_citizen()
    await hold(citizen)
    draft = await a_draft(citizen)

    answers = await asyncio.gather(
        submit(citizen, draft, "key-1"), submit(citizen, draft, "key-2"), return_exceptions=True
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Case", "MoveRefused"]
    assert await CaseCommand.count().where(CaseCommand.key.is_in(["key-1", "key-2"])) == 1


async def test_submit_names_what_is_missing(db):
    await a_town()
    citizen = a_citizen()

    with pytest.raises(AnswersMissing):
        await submit(citizen, await a_draft(citizen, Content(form=FORM)))
    with pytest.raises(FormInvalid, match="address"):
        await submit(citizen, await a_draft(citizen, Content(answers=ANSWERS)))
    with pytest.raises(MaterialsMissing, match="lease_contract"):
        await submit(citizen, await a_draft(citizen))

    assert await CaseCommand.count().where(CaseCommand.key == KEY) == 0


async def test_a_promise_replaces_a_listed_proof_with_its_words_and_time(db):
    await a_town()
    citizen = a_citizen()
    await hold(citizen)
    married = Content({"marital": "已婚"}, FORM, {"marriage_certificate": Choice(Way.COMMITMENT)})

    case = await submit(citizen, await a_draft(citizen, married))

    promise = (await queries.materials_of(case))[-1]
    assert (promise.way, promise.handed_at) == (Way.COMMITMENT, NOON)
    assert "承诺" in promise.promise


async def test_a_promise_is_refused_where_not_listed_and_while_barred(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    married = Content({"marital": "已婚"}, FORM, {"marriage_certificate": Choice(Way.COMMITMENT)})
    unlisted = Content(ANSWERS, FORM, {"lease_contract": Choice(Way.COMMITMENT)})
    await hold(citizen)

    with pytest.raises(WayNotOffered):
        await submit(citizen, await a_draft(citizen, unlisted))
    await service.bar_commitments(clerk, citizen.acting_for, reason="承诺不实", now=NOON)
    with pytest.raises(CommitmentBarred):
        await submit(citizen, await a_draft(citizen, married))
    await service.repair_commitments(clerk, citizen.acting_for, basis="已修复", now=NOON)

    assert (await submit(citizen, await a_draft(citizen, married))).state == CaseState.SUBMITTED


async def test_an_item_whose_rules_hold_decides_itself_and_gives_the_certificate_at_once(db):
    await a_town(an_instant_item())
    citizen = a_citizen()

    case = await a_submitted_case(citizen)

    stored = await fresh(case)
    assert (stored.state, stored.outcome, stored.decided_by_rule) == (
        CaseState.DELIVERED,
        Outcome.GRANTED,
        True,
    )
    decision = await queries.decision(stored)
    assert decision.by_rule and 'marital == \\"未婚\\"' in decision.evidence
    [certificate] = await Certificate.objects()
    assert certificate.id == stored.certificate_id
    assert (certificate.party_id, certificate.issuer_id) == (citizen.acting_for, case.department_id)
    assert certificate.valid_until == date(2027, 11, 20)
    verbs = [line.verb for line in await queries.timeline(stored)]
    assert verbs == ["submit", "accept", "decide", "complete", "deliver"]
    assert all(clock.met_at == NOON for clock in await queries.clocks(stored))


async def test_an_item_with_rules_waits_for_people_when_they_do_not_hold(db):
    await a_town(an_instant_item())
    citizen = a_citizen()
    await hold(citizen, "marriage_certificate", trust="B")

    case = await a_submitted_case(citizen, Content({"marital": "已婚"}, FORM))

    assert case.state == CaseState.SUBMITTED


async def test_submit_takes_the_item_version_in_force(db):
    await a_town()
    citizen = a_citizen()
    await hold(citizen)
    draft = await a_draft(citizen)
    newer = await publish(an_item(name="租房提取核准(新)"), number=2)

    case = await submit(citizen, draft)

    assert (case.item_version, case.title) == (newer.id, "租房提取核准(新)")


async def test_workers_see_every_case(db):
    await a_town()
    case = await a_submitted_case(a_citizen())

    assert (await queries.by_ids(WORKER, [case.id])).keys() == {case.id}
