"""The auditor finds rows by time, act, object, party, person and office; his search is a row, too."""

from datetime import timedelta

import pytest

from banshi.errors import InvalidInput, ScopeMissing
from identity import audit, auditing, sandbox, seed
from identity.auditing import Wanted
from identity.chain import links
from storage.db import fetch
from tests.identity.factories import NOON, WU, make_session

HOUR = timedelta(hours=1)
NOW = NOON + timedelta(minutes=1)


@pytest.fixture
async def people(db):
    await seed.seed(now=NOON, personas=True)
    found = {}
    for key, role in (("auditor", "auditor"), ("clerk_health", "clerk"), ("maintainer", "maintainer")):
        _, found[key] = await make_session(sandbox.BY_KEY[key], acting_as=role)
    for name, persona in (("wang", sandbox.BY_KEY["wang_fang"]), ("wu", WU)):
        _, found[name] = await make_session(persona)
    clerk, wang = found["clerk_health"], found["wang"]
    await audit.record(clerk, "case.accept", "case/1", "受理", now=NOON, party_id=wang.person_id)
    await audit.record_read(clerk, "case.read", "case/1", now=NOON, party_id=wang.person_id)
    await audit.record_read(clerk, "case_x.read", "case/2", now=NOON - 2 * HOUR, party_id=wang.person_id)
    return found


async def found(actor, **wanted) -> list[str]:
    page = await auditing.search(actor, Wanted(**wanted), first=50, after=None, now=NOW)
    return [row.act for row in page.rows if not row.act.startswith(("session.", "audit."))]


async def test_rows_are_found_by_each_of_their_sides(people):
    auditor, clerk, wang = people["auditor"], people["clerk_health"], people["wang"]
    everything = {"case.accept", "case.read", "case_x.read"}

    assert set(await found(auditor)) == everything
    assert await found(auditor, act="case.accept") == ["case.accept"]
    assert set(await found(auditor, act="case.")) == {"case.accept", "case.read"}
    assert set(await found(auditor, act="case_x.")) == {"case_x.read"}
    assert await found(auditor, object="case/2") == ["case_x.read"]
    assert set(await found(auditor, object="case/")) == everything
    assert set(await found(auditor, party_id=wang.person_id)) == everything
    assert await found(auditor, party_id=people["wu"].person_id) == []
    assert set(await found(auditor, person_id=clerk.person_id)) == everything
    assert set(await found(auditor, department_id=clerk.acting_for, only_looks=True)) == {
        "case.read", "case_x.read",
    }  # fmt: skip
    assert await found(auditor, since=NOON - 3 * HOUR, until=NOON - HOUR) == ["case_x.read"]


async def test_pages_follow_one_another(people):
    first = await auditing.search(people["auditor"], Wanted(object="case/"), first=2, after=None, now=NOW)
    rest = await auditing.search(
        people["auditor"], Wanted(object="case/"), first=2, after=first.rows[-1].id, now=NOW
    )

    assert first.more
    assert len({row.id for row in first.rows + rest.rows}) == 3


async def test_a_search_is_a_row_that_says_what_was_looked_for(people):
    await found(people["auditor"], act="case.read", only_looks=True)

    [row] = await fetch("SELECT person_id, basis FROM audit_row WHERE act = 'audit.search'")
    assert row == {"person_id": people["auditor"].person_id, "basis": "act=case.read only_looks=True"}


@pytest.mark.parametrize(
    "wanted",
    [
        {"since": NOON, "until": NOON - HOUR},
        {"since": NOON - timedelta(days=93)},
        {"act": "x" * 201},
        {"object": "%" * 300},
    ],
)
async def test_a_search_without_bounds_is_refused(people, wanted):
    with pytest.raises(InvalidInput):
        await found(people["auditor"], **wanted)


@pytest.mark.parametrize("key", ["wang", "clerk_health", "maintainer"])
async def test_nobody_else_reads_the_log(people, key):
    with pytest.raises(ScopeMissing):
        await found(people[key])
    with pytest.raises(ScopeMissing):
        await auditing.proof(people[key])


async def test_the_auditor_sees_where_the_chain_ends(people):
    await links.seal(now=NOON)

    proof = await auditing.proof(people["auditor"])

    end = await links.last()
    assert proof.end == end
    assert proof.standing.unsealed_s == 0
