"""Drafts: opened, filled in, sealed, deleted."""

import pytest

from miniapps.cases import queries, service
from miniapps.cases.errors import (
    CaseNotFound,
    DeliveryNotOffered,
    ItemNotOffered,
    MoveRefused,
)
from miniapps.cases.rules import CaseState, Content
from miniapps.cases.service import Edit
from miniapps.cases.tables import Case
from miniapps.items.rules import Delivery
from storage.ids import new_id
from tests.miniapps.cases.factories import (
    ANSWERS,
    CODE,
    CONTENT,
    FORM,
    NOON,
    a_citizen,
    a_clerk,
    a_draft,
    a_submitted_case,
    a_town,
    an_item,
    fresh,
    hold,
)

KEY = "a-key-of-the-phone"


async def submit(actor, case, key=KEY, now=NOON):
    return await service.submit(actor, case.id, idempotency_key=key, now=now)


async def test_opening_with_the_same_key_answers_the_same_draft(db):
    await a_town()
    citizen = a_citizen()
    draft = service.Draft(code=CODE, content=CONTENT)

    first, again = [await service.open_draft(citizen, draft, idempotency_key=KEY, now=NOON) for _ in range(2)]

    assert first.id == again.id
    assert await Case.count() == 1


async def test_a_stranger_and_another_mini_app_find_no_case(db):
    await a_town()
    citizen = a_citizen(app_id="rent-helper")
    draft = await a_draft(citizen)

    for actor in (a_citizen(), a_citizen(person_id=citizen.person_id, app_id="other-app")):
        with pytest.raises(CaseNotFound):
            await submit(actor, draft)

    own = a_citizen(person_id=citizen.person_id)
    assert (await queries.get(own, draft.id)).app_id == "rent-helper"


async def test_a_draft_is_edited_listed_and_deleted_for_good(db):
    await a_town()
    citizen = a_citizen()
    draft = await a_draft(citizen, Content())

    edit = Edit(answers=ANSWERS, form=FORM, region="330203", delivery=Delivery.POST)
    edited = await service.edit_draft(citizen, draft.id, edit, now=NOON)
    kept = await service.edit_draft(citizen, draft.id, Edit(choices={}), now=NOON)
    page = await queries.page(citizen, state=CaseState.DRAFT, first=10)
    await service.discard_draft(citizen, draft.id, now=NOON)

    assert (edited.region, edited.delivery) == ("330203", Delivery.POST)
    assert (await service.open_content(kept)).answers == ANSWERS
    assert [case.id for case in page.rows] == [draft.id]
    assert await Case.count() == 0


async def test_what_was_filled_in_is_sealed(db):
    await a_town()
    citizen = a_citizen()

    case = await a_submitted_case(citizen)

    assert FORM["address"].encode() not in bytes((await fresh(case)).content)
    assert (await service.open_content(await fresh(case))).form == FORM


async def test_a_submitted_case_is_not_edited_nor_deleted(db):
    await a_town()
    citizen = a_citizen()
    case = await a_submitted_case(citizen)

    with pytest.raises(MoveRefused):
        await service.edit_draft(citizen, case.id, Edit(), now=NOON)
    with pytest.raises(MoveRefused):
        await service.discard_draft(citizen, case.id, now=NOON)


async def test_regions_and_deliveries_the_item_does_not_offer_are_refused(db):
    await a_town(an_item(regions=("330200",), delivery=(Delivery.ELECTRONIC,)))
    citizen = a_citizen()
    await hold(citizen)

    with pytest.raises(ItemNotOffered):
        await a_draft(citizen)
    draft = await a_draft(citizen, region="330203", delivery=Delivery.POST)
    with pytest.raises(DeliveryNotOffered):
        await submit(citizen, draft)


async def test_a_draft_is_deleted_as_often_as_its_own_people_say_so(db):
    await a_town()
    citizen = a_citizen()
    draft = await a_draft(a_citizen(person_id=citizen.person_id, app_id="rent-helper"))
    others = (
        a_citizen(),
        a_citizen(person_id=citizen.person_id, app_id="other-app"),
        a_citizen(person_id=citizen.person_id, codes=frozenset({CODE[:-1] + "7"})),
        await a_clerk(),
    )

    for _ in range(2):
        await service.discard_draft(citizen, draft.id, now=NOON)
    await service.discard_draft(
        a_citizen(person_id=citizen.person_id, app_id="rent-helper"), draft.id, now=NOON
    )

    for actor, case_id in [(each, draft.id) for each in others] + [(citizen, new_id())]:
        with pytest.raises(CaseNotFound):
            await service.discard_draft(actor, case_id, now=NOON)
