"""For whom one applies: persons and firms, oneself and others."""

from dataclasses import replace

import pytest

from identity import sandbox
from miniapps.cases import rules, service
from miniapps.cases.errors import BeneficiaryRefused, NotForThisParty
from miniapps.cases.rules import Content, Outcome
from miniapps.cases.service import Draft
from miniapps.items.rules import Target
from storage.db import fetch
from storage.ids import new_id
from tests.identity.factories import make_person
from tests.miniapps.cases.factories import (
    ANSWERS,
    CODE,
    CONTENT,
    FORM,
    ID_CARD,
    NOON,
    XIHU,
    a_citizen,
    a_clerk,
    a_draft,
    a_submitted_case,
    a_town,
    an_item,
    hold,
    publish,
)

SEEN = "读取居民身份证"


@pytest.mark.parametrize(
    ("target", "persons", "firms"),
    [(Target.PERSON, True, False), (Target.FIRM, False, True), (Target.BOTH, True, True)],
)
def test_an_item_serves_its_targets_only(target, persons, firms):
    item = an_item(target=target)

    assert (rules.serves(item, is_person=True), rules.serves(item, is_person=False)) == (persons, firms)


async def test_a_person_opens_no_draft_of_an_item_for_firms_nor_a_firm_one_for_persons(db):
    await a_town(an_item(target=Target.FIRM))
    with pytest.raises(NotForThisParty):
        await a_draft(a_citizen())

    await publish(an_item(), number=2)
    with pytest.raises(NotForThisParty):
        await a_draft(replace(a_citizen(), acting_for=new_id()))


async def test_the_version_in_force_when_handed_in_decides_whom_it_serves(db):
    await a_town()
    citizen = a_citizen()
    await hold(citizen)
    draft = await a_draft(citizen)
    await publish(an_item(target=Target.FIRM), number=2)

    with pytest.raises(NotForThisParty):
        await service.submit(citizen, draft.id, idempotency_key="key-1", now=NOON)


async def test_online_one_applies_for_oneself_only(db):
    await a_town()
    citizen = a_citizen()
    known = await make_person()

    for stranger in (new_id(), known.id):
        with pytest.raises(BeneficiaryRefused):
            await a_draft(citizen, beneficiary_id=stranger)

    assert (await a_draft(citizen, beneficiary_id=citizen.person_id)).beneficiary_id == citizen.person_id


async def test_at_a_window_a_known_person_may_be_named_and_gets_the_certificate(db):
    await a_town(an_item(materials=(ID_CARD,)))
    clerk, applicant = await a_clerk(), sandbox.BY_KEY["wang_fang"]
    await make_person(applicant)
    elder = await make_person(sandbox.BY_KEY["zhou_guiying"])

    async def receive(beneficiary):
        draft = Draft(code=CODE, region=XIHU, beneficiary_id=beneficiary, content=Content(ANSWERS, FORM))
        return await service.receive(
            clerk, applicant.number, draft, evidence=SEEN, idempotency_key=new_id().hex, now=NOON
        )

    with pytest.raises(BeneficiaryRefused):
        await receive(new_id())
    case = await receive(elder.id)
    await service.accept(clerk, case.id, now=NOON)
    await service.decide(clerk, case.id, Outcome.GRANTED, now=NOON)

    assert [row["party_id"] for row in await fetch("SELECT party_id FROM certificate")] == [elder.id]


async def test_without_a_beneficiary_the_party_gets_the_certificate(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await a_submitted_case(citizen, CONTENT)
    await service.accept(clerk, case.id, now=NOON)
    await service.decide(clerk, case.id, Outcome.GRANTED, now=NOON)

    assert [row["party_id"] for row in await fetch("SELECT party_id FROM certificate")] == [
        citizen.acting_for
    ]
