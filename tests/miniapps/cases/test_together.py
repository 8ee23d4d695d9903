"""Submissions that share a statement: the same rows as alone, each with its own, or nothing at all."""

import asyncio
import re
from dataclasses import replace

import pytest

from miniapps.cases import queries, service
from miniapps.cases.rules import CaseState, Choice, Content, Way
from miniapps.cases.service import _submission, _together
from miniapps.cases.service._together import GROUP, WRITE, write
from storage.db import execute, fetch, transaction
from storage.groups import Group, GroupFailed
from storage.ids import new_id
from tests.miniapps.cases.factories import (
    CONTENT,
    FORM,
    NOON,
    a_citizen,
    a_draft,
    a_town,
    fresh,
    hold,
)
from tests.miniapps.cases.whole import state_of

MARRIED = {"marital": "已婚"}


async def submit(citizen, case, key="a-key"):
    return await service.submit(citizen, case.id, idempotency_key=key, now=NOON)


async def foresee(citizen, case, key="a-key"):
    foreseen = await _submission.foresee(citizen, case.id, idempotency_key=key, now=NOON)
    assert foreseen is not None
    return foreseen[1]


def was_shared(db):
    """Say whether a submission was written by the shared statement, and by nothing else."""
    return db.count(WRITE) == 1 and not [sql for sql in db if "INSERT INTO" in sql and sql != WRITE]


@pytest.fixture(autouse=True)
async def town(db):
    await a_town()


async def a_ready_draft(citizen=None, content=CONTENT):
    """A citizen with a lease contract, and his draft."""
    citizen = citizen or a_citizen()
    await hold(citizen)
    return citizen, await a_draft(citizen, content)


async def test_an_ordinary_submission_is_one_statement(db):
    citizen, case = await a_ready_draft()
    await submit(*await a_ready_draft(citizen), "earlier")  # keys are made, types looked up
    db.clear()

    done = await submit(citizen, case)

    assert was_shared(db)
    assert done.state == (await fresh(case)).state == CaseState.SUBMITTED
    assert await state_of(case.id) == "submitted"


async def test_inside_a_transaction_it_goes_alone_and_falls_with_it(db):
    citizen, case = await a_ready_draft()

    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await submit(citizen, case)
            raise ZeroDivisionError

    assert WRITE not in db
    assert await state_of(case.id) == "draft"


async def test_one_statement_carries_many_and_each_row_is_its_own_party_s(db, monkeypatch):
    sizes = []

    async def noting(submissions):
        sizes.append(len(submissions))
        return await _together._answer(submissions)

    monkeypatch.setattr(GROUP, "statement", noting)
    ready = [await a_ready_draft() for _ in range(40)]

    done = await asyncio.gather(*(submit(citizen, case) for citizen, case in ready))

    assert sum(sizes) == 40 and max(sizes) > 1
    assert len({case.number for case in done}) == 40
    for citizen, case in ready:
        assert await state_of(case.id) == "submitted"
        [stored] = await fetch("SELECT party_id, number, applicant_id FROM case_file WHERE id = $1", case.id)
        assert stored["party_id"] == stored["applicant_id"] == citizen.person_id
        [line] = await queries.timeline(case)
        assert (line.person_id, line.acting_for) == (citizen.person_id, citizen.acting_for)
    uses = await fetch("SELECT DISTINCT party_id, used_by FROM material_use")
    assert len(uses) == 40 and all(row["party_id"] == row["used_by"] for row in uses)
    acts = await fetch("SELECT DISTINCT party_id, person_id FROM audit_row WHERE act LIKE 'material.%'")
    assert len(acts) == 40 and all(row["party_id"] == row["person_id"] for row in acts)


async def test_one_that_breaks_a_constraint_harms_no_other():
    ready = [await a_ready_draft() for _ in range(5)]
    members = [await foresee(citizen, case) for citizen, case in ready]
    members[3] = replace(members[3], asked=members[3].asked._replace(item_version=new_id()))
    sizes = []

    async def noting(submissions):
        sizes.append(len(submissions))
        return await _together._answer(submissions)

    with pytest.raises(Exception, match="item_version"):
        await write(members)
    assert [await state_of(case.id) for _, case in ready] == ["draft"] * 5
    group = Group(noting, in_flight=1)
    answers = await asyncio.gather(*(group.add(member) for member in members), return_exceptions=True)

    assert sizes == [5, 1, 1, 1, 1, 1]
    assert [answer for answer in answers if answer is not True] == [answers[3]]
    assert isinstance(answers[3], GroupFailed)
    states = ["submitted", "submitted", "submitted", "draft", "submitted"]
    assert [await state_of(case.id) for _, case in ready] == states


async def test_a_member_that_fails_in_the_group_is_submitted_alone(db, monkeypatch):
    citizen, case = await a_ready_draft()
    real = _submission.foresee

    async def poisoned(*args, **kwargs):
        found, member = await real(*args, **kwargs)
        return found, replace(member, asked=member.asked._replace(number="1" * 30))

    monkeypatch.setattr(_submission, "foresee", poisoned)
    done = await submit(citizen, case)

    assert done.number == (await fresh(case)).number != "1" * 30
    assert await state_of(case.id) == "submitted"


async def test_words_that_postgres_refuses_do_not_reach_the_others(db):
    refused = Content(MARRIED, FORM, {"marriage_certificate": Choice(Way.COMMITMENT, "承诺\0")})
    citizen, case = await a_ready_draft(content=refused)

    with pytest.raises(Exception, match="0x00"):
        await submit(citizen, case)
    with pytest.raises(Exception, match="0x00"):
        await submit(*await a_ready_draft(), "key\0")

    assert WRITE not in db
    assert await state_of(case.id) == "draft"


async def test_no_part_of_the_statement_hides_a_table():
    rows = await fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")

    parts = set(re.findall(r"(\w+) AS (?:MATERIALIZED )?\(", WRITE))

    assert {"asked", "held", "file", "claimed", "received", *_together.PARTS} <= parts
    assert parts & {row["tablename"] for row in rows} == set()


async def test_every_look_of_the_statement_has_an_index():
    async with transaction():
        await execute("SET LOCAL enable_seqscan = off")
        nobody = [rows.arguments([]) for rows in (_together.ASKED, *_together.PARTS.values())]
        plan = await fetch(f"EXPLAIN {WRITE}", *(array for arrays in nobody for array in arrays))

    lines = [row["QUERY PLAN"] for row in plan]
    assert [line for line in lines if "Seq Scan" in line] == []
    assert any("Index Scan using case_file" in line for line in lines)


def test_the_driver_keeps_the_statement_prepared():
    assert len(WRITE.encode()) < 15_000  # asyncpg forgets statements that are longer


async def test_switched_off_each_has_a_statement_of_its_own(db, monkeypatch):
    sizes = []

    async def noting(submissions):
        sizes.append(len(submissions))
        return await _together._answer(submissions)

    monkeypatch.setattr(GROUP, "statement", noting)
    ready = [await a_ready_draft() for _ in range(6)]

    service.share_statements(False)
    try:
        await asyncio.gather(*(submit(citizen, case) for citizen, case in ready))
    finally:
        service.share_statements(True)

    assert sizes == [1] * 6
    assert [await state_of(case.id) for _, case in ready] == ["submitted"] * 6
