"""What is committed after the statement's snapshot and before its locks is seen all the same.

A statement sees the database as it was when it began; a row it locks it sees as it is.  Here it sleeps in
between, which PostgreSQL does in earnest whenever it has something else to do.
"""

import asyncio
from dataclasses import replace

import pytest

from miniapps.cases import service
from miniapps.cases.service import Edit, _submission, _together
from miniapps.cases.service._together import WRITE, write
from miniapps.materials import service as wallet
from storage.db import execute, fetch, transaction
from tests.miniapps.cases.factories import NOON, a_citizen, a_draft, a_town, fresh, hold
from tests.miniapps.cases.test_together_guards import a_file, stored
from tests.miniapps.cases.whole import state_of

SLEEP_S = 0.4


@pytest.fixture(autouse=True)
async def town(db, monkeypatch):
    await a_town()
    slow = WRITE.replace("FROM unnest(", f"FROM pg_sleep({SLEEP_S}), unnest(", 1)
    assert slow != WRITE
    monkeypatch.setattr(_together, "WRITE", slow)


async def foresee(citizen, case, key="a-key"):
    foreseen = await _submission.foresee(citizen, case.id, idempotency_key=key, now=NOON)
    assert foreseen is not None
    return foreseen[1]


async def while_it_sleeps(members, act):
    """Write `members` and let `act` be done after the statement has begun; say which were written."""
    writing = asyncio.ensure_future(write(members))
    while not await fetch("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'"):
        await asyncio.sleep(0.005)
    await act
    assert not writing.done(), "the act came too late"
    return [member.asked.command_id in await writing for member in members]


async def two_ready():
    """A citizen with a new file and his draft, and a neighbour who shares the statement with him."""
    citizen, neighbour = a_citizen(), a_citizen()
    version, _, _ = await a_file(citizen)
    await hold(neighbour)
    case, other = await a_draft(citizen), await a_draft(neighbour)
    return citizen, version, case, other, [await foresee(citizen, case), await foresee(neighbour, other)]


async def test_an_edit(db):
    citizen, _, case, other, members = await two_ready()
    edit = service.edit_draft(citizen, case.id, Edit(form={"address": "文三路2号"}), now=NOON)

    assert await while_it_sleeps(members, edit) == [False, True]

    assert [await state_of(each.id) for each in (case, other)] == ["draft", "submitted"]
    assert (await service.open_content(await fresh(case))).form == {"address": "文三路2号"}


async def test_a_draft_discarded(db):
    citizen, _, case, other, members = await two_ready()

    assert await while_it_sleeps(members, service.discard_draft(citizen, case.id, now=NOON)) == [False, True]

    assert [await state_of(each.id) for each in (case, other)] == ["gone", "submitted"]


async def test_a_file_erased(db):
    citizen, version, case, other, members = await two_ready()
    remove = wallet.remove_material(citizen, version.material, now=NOON)

    assert await while_it_sleeps(members, remove) == [False, True]

    assert [await state_of(each.id) for each in (case, other)] == ["draft", "submitted"]
    assert (await stored(version)).archive_key is None


async def test_the_same_submission_the_long_way(db):
    citizen, _, case, other, members = await two_ready()

    async def alone():
        async with transaction():
            await service.submit(citizen, case.id, idempotency_key="a-key", now=NOON)

    assert await while_it_sleeps(members, alone()) == [False, True]

    assert [await state_of(each.id) for each in (case, other)] == ["submitted"] * 2


async def test_the_key_used_for_another_case(db):
    citizen, _, case, other, members = await two_ready()
    third = await a_draft(citizen)

    async def alone():
        async with transaction():
            await service.submit(citizen, third.id, idempotency_key="a-key", now=NOON)

    assert await while_it_sleeps(members, alone()) == [False, True]

    states = [await state_of(each.id) for each in (case, other, third)]
    assert states == ["draft", "submitted", "submitted"]


async def test_a_change_that_does_not_concern_it_is_kept(db):
    """The row that is written is the newest one, not the one of the snapshot."""
    _, _, case, _, members = await two_ready()
    touch = execute("UPDATE case_file SET tracking = 'touched' WHERE id = $1", case.id)

    assert await while_it_sleeps(members, touch) == [True, True]

    assert await state_of(case.id) == "submitted"
    assert (await fresh(case)).tracking == "touched"


async def test_a_connection_lost(db, postgres, database):
    """Whoever shared the statement goes the long way, and is received there."""
    citizen, _, case, other, _ = await two_ready()
    neighbour = replace(citizen, person_id=other.party_id, acting_for=other.party_id)
    submitting = asyncio.gather(
        service.submit(citizen, case.id, idempotency_key="one", now=NOON),
        service.submit(neighbour, other.id, idempotency_key="two", now=NOON),
    )
    asleep = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    while not (rows := await fetch(asleep)):
        await asyncio.sleep(0.005)

    postgres.psql(f"SELECT pg_terminate_backend({rows[0]['pid']})", database=database)

    assert [done.state for done in await submitting] == ["submitted"] * 2
    assert [await state_of(each.id) for each in (case, other)] == ["submitted"] * 2
