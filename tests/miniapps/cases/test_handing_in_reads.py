"""What handing in reads: two statements, each only for the eyes of who asks."""

from datetime import date

import pytest

from identity import departments, keys, regions
from identity.keys import Retention
from miniapps.cases import queries, service
from miniapps.cases.queries._handing_in import HELD, _draft_sql
from miniapps.cases.rules import CaseState
from miniapps.cases.service._together import WRITE
from miniapps.cases.tables import Case
from miniapps.items.rules import Target
from miniapps.items.tables import Item
from miniapps.materials import queries as material_queries
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from tests.miniapps.cases.factories import (
    CODE,
    NOON,
    XIHU,
    a_citizen,
    a_clerk,
    a_draft,
    a_submitted_case,
    a_town,
    an_item,
    fresh,
    hold,
    publish,
)

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
async def town(db):
    await a_town()


async def held(actor, party_id, *kinds, agency="housing_fund", region=XIHU):
    places = regions.chain(region)
    return await queries.held(actor, party_id, kinds, on=TODAY, agency=agency, places=places)


async def submit(citizen, case):
    return await service.submit(citizen, case.id, idempotency_key=new_id().hex, now=NOON)


async def test_handing_in_reads_by_two_statements_and_writes_by_one(db):
    citizen = a_citizen()
    await a_submitted_case(citizen)  # keys are made, the item is remembered
    await hold(citizen)
    case = await a_draft(citizen)
    db.clear()

    done = await submit(citizen, case)

    assert done.state == CaseState.SUBMITTED
    assert len(db) == 3 and db[2] == WRITE


async def test_what_is_met_for_the_first_time_costs_a_statement_each(db):
    citizen = a_citizen()
    await a_submitted_case(a_citizen())
    await hold(citizen)
    case = await a_draft(citizen)  # makes the first of two keys
    keys.forget(citizen.acting_for)
    db.clear()

    await submit(citizen, case)

    assert len(db) == 4 and db.count(WRITE) == 1
    kept = await fetch("SELECT retention FROM party_key WHERE party_id = $1", citizen.acting_for)
    assert {row["retention"] for row in kept} == set(Retention)


async def test_a_draft_is_read_as_it_is_and_with_what_is_in_force(db):
    citizen, clerk = a_citizen(app_id="rent-helper"), await a_clerk()
    case = await a_draft(citizen)
    await service.bar_commitments(clerk, citizen.acting_for, reason="承诺不实", now=NOON)

    found = await queries.draft(citizen, case.id)

    stored = await fresh(case)
    names = [column._meta.name for column in Case._meta.columns]
    assert [getattr(found.case, name) for name in names] == [getattr(stored, name) for name in names]
    [current] = await fetch("SELECT current_id FROM item WHERE code = $1", CODE)
    [newest] = await fetch("SELECT id FROM calendar_notice ORDER BY revision DESC LIMIT 1")
    assert (found.version_id, found.bar, found.newest) == (current["current_id"], "承诺不实", newest["id"])


async def test_only_who_may_see_a_draft_reads_it(db):
    await publish(an_item(target=Target.BOTH), number=2)
    citizen = a_citizen()
    helper = a_citizen(person_id=citizen.person_id, app_id="rent-helper")
    other = a_citizen(person_id=citizen.person_id, app_id="another-app")
    firm = a_citizen(acting_for=new_id())
    own, in_app, of_firm = await a_draft(citizen), await a_draft(helper), await a_draft(firm)

    async def seen(actor):
        return [await queries.draft(actor, each.id) is not None for each in (own, in_app, of_firm)]

    assert await seen(citizen) == [True, True, False]
    assert await seen(helper) == [False, True, False]
    assert await seen(other) == [False, False, False]
    assert await seen(firm) == [False, False, True]
    assert await seen(a_citizen()) == [False, False, False]


async def test_what_is_no_draft_and_what_is_not_offered_is_not_foreseen(db):
    citizen = a_citizen()
    sent = await a_submitted_case(citizen)
    case = await a_draft(citizen)
    await Item.update({Item.current_id: None}).where(Item.code == CODE)

    assert await queries.draft(citizen, sent.id) is None
    found = await queries.draft(citizen, case.id)
    assert found is not None and found.version_id is None


async def test_the_lowest_office_responsible_is_the_competent_one(db):
    citizen = a_citizen()
    for region in (XIHU, f"{XIHU}001", "330102", "330203", "330499"):
        found = await held(citizen, citizen.acting_for, region=region)
        assert found.department_id == (await departments.competent("housing_fund", region)).id

    nobody = await held(citizen, citizen.acting_for, agency="navy")
    assert (nobody.department_id, nobody.rows) == (None, [])
    assert nobody.serial != found.serial


async def test_nobody_reads_what_another_holds(db):
    owner = a_citizen()
    version = await hold(owner)
    firm = a_citizen(person_id=owner.person_id, acting_for=new_id())

    own = await held(owner, owner.acting_for, "lease_contract", "photo")

    assert [row["id"] for row in own.rows] == [version]
    assert list(material_queries.held_files(own.rows)) == [version]
    for stranger in (a_citizen(), firm):
        assert (await held(stranger, owner.acting_for, "lease_contract")).rows == []


async def test_only_a_citizen_s_statement_is_sent(db):
    clerk = await a_clerk()
    db.clear()

    with pytest.raises(AssertionError):
        await queries.draft(clerk, new_id())
    with pytest.raises(AssertionError):
        await held(clerk, new_id(), "photo")

    assert db == []


@pytest.mark.parametrize(
    ("sql", "parameters"), [(_draft_sql(queries.OF_PARTY), 3), (HELD, 6)], ids=["draft", "held"]
)
async def test_every_look_has_an_index(sql, parameters):
    async with transaction():
        await execute("SET LOCAL enable_seqscan = off")
        await execute("SET LOCAL plan_cache_mode = force_generic_plan")
        plan = [row["QUERY PLAN"] for row in await fetch(f"EXPLAIN {sql}", *[None] * parameters)]

    assert [line for line in plan if "Seq Scan" in line] == []
