"""Between reading and writing anything may happen: the shared statement looks again, and waits for nobody."""

import asyncio

import asyncpg
import pytest

from banshi.errors import KeyReused
from identity.keys import Retention
from miniapps.cases import queries, service
from miniapps.cases.errors import CommitmentBarred, MaterialsMissing
from miniapps.cases.rules import CaseState, Choice, Content, Way
from miniapps.cases.service import Edit, _submission
from miniapps.cases.service._together import WRITE, write
from miniapps.items.rules import Material, Source
from miniapps.materials import service as wallet
from miniapps.materials.service import _keys
from miniapps.materials.tables import MaterialVersion, VaultObject
from storage import seal
from storage.db import execute, fetch
from tests.miniapps.cases.factories import (
    FORM,
    ID_CARD,
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
from tests.miniapps.cases.whole import state_of

PROMISE = Content({"marital": "已婚"}, FORM, {"marriage_certificate": Choice(Way.COMMITMENT)})


@pytest.fixture(autouse=True)
async def town(db):
    await a_town()


async def foresee(citizen, case, key="a-key"):
    foreseen = await _submission.foresee(citizen, case.id, idempotency_key=key, now=NOON)
    assert foreseen is not None
    return foreseen[1]


async def submit(citizen, case, key="a-key"):
    return await service.submit(citizen, case.id, idempotency_key=key, now=NOON)


async def a_file(citizen):
    """An upload that no case has used: only the citizen can read it yet.  Returns version, object and key."""
    version_id = await hold(citizen)
    version = await MaterialVersion.objects().get(MaterialVersion.id == version_id)
    key = seal.new_key()
    wrapped = await _keys.wrap(
        key, party_id=citizen.acting_for, object_id=version.object, retention=Retention.CITIZEN
    )
    await execute(
        "UPDATE vault_object SET citizen_key = $2, archive_key = NULL WHERE id = $1", version.object, wrapped
    )
    return version, await stored(version), key


async def stored(version):
    return await VaultObject.objects().get(VaultObject.id == version.object)


async def test_a_file_s_first_use_lets_the_archive_read_it(db):
    citizen = a_citizen()
    version, before, key = await a_file(citizen)

    case = await submit(citizen, await a_draft(citizen))

    after = await stored(version)
    assert WRITE in db
    assert after.citizen_key == before.citizen_key
    after.citizen_key = None
    assert await _keys.unwrap(after) == key
    assert await state_of(case.id) == "submitted"


async def test_a_draft_that_was_edited_meanwhile_is_not_submitted_as_it_was_read():
    citizen = a_citizen()
    version, _, _ = await a_file(citizen)
    case = await a_draft(citizen)
    member = await foresee(citizen, case)

    await service.edit_draft(citizen, case.id, Edit(form={"address": "文三路2号"}), now=NOON)

    assert await write([member]) == set()
    assert await state_of(case.id) == "draft"
    assert (await stored(version)).archive_key is None, "the archive keeps nothing that no case uses"


async def test_a_draft_that_is_gone_or_submitted_already_is_left_alone():
    citizen = a_citizen()
    await hold(citizen)
    gone, done = await a_draft(citizen), await a_draft(citizen)
    members = [await foresee(citizen, gone), await foresee(citizen, done, "another key")]

    await service.discard_draft(citizen, gone.id, now=NOON)
    number = (await submit(citizen, done)).number

    assert await write(members) == set()
    assert await state_of(gone.id) == "gone"
    assert await state_of(done.id) == "submitted"
    assert (await fresh(done)).number == number


async def test_a_material_taken_out_of_the_wallet_meanwhile_is_not_used():
    citizen = a_citizen()
    version, _, _ = await a_file(citizen)
    case = await a_draft(citizen)
    member = await foresee(citizen, case)

    await wallet.remove_material(citizen, version.material, now=NOON)

    assert await write([member]) == set()
    assert (await stored(version)).state == "erased"
    with pytest.raises(MaterialsMissing):
        await submit(citizen, case)
    assert await state_of(case.id) == "draft"


async def test_a_file_that_somebody_archives_meanwhile_keeps_the_first_archive_key():
    citizen = a_citizen()
    version, _, _ = await a_file(citizen)
    one, other = await a_draft(citizen), await a_draft(citizen)
    late = await foresee(citizen, other, "other")
    await submit(citizen, one, "one")
    first = (await stored(version)).archive_key

    assert await write([late]) == set()
    await submit(citizen, other, "other")

    assert (await stored(version)).archive_key == first
    assert await state_of(other.id) == "submitted"


async def test_two_cases_with_the_same_new_file_may_share_the_statement():
    citizen = a_citizen()
    version, _, key = await a_file(citizen)
    cases = [await a_draft(citizen), await a_draft(citizen)]
    members = [await foresee(citizen, case, f"key {place}") for place, case in enumerate(cases)]

    assert len(await write(members)) == 2

    assert [await state_of(case.id) for case in cases] == ["submitted"] * 2
    after = await stored(version)
    after.citizen_key = None
    assert await _keys.unwrap(after) == key


async def test_a_certificate_revoked_meanwhile_is_not_used():
    citizen, clerk = a_citizen(), await a_clerk()
    await publish(an_instant_item(), number=2)
    certificate_id = (await fresh(await a_submitted_case(citizen))).certificate_id
    approval = Material(
        code="withdrawal_approval", name="提取核准书", source=Source.GOVERNMENT, min_trust="A"
    )
    await publish(an_item(materials=(ID_CARD, approval)), number=3)
    case = await a_draft(citizen)
    member = await foresee(citizen, case)
    assert {receipt.source for receipt in member.receipt} == {"identity", "certificate"}

    await wallet.revoke_certificate(clerk, certificate_id, basis="撤销", now=NOON)

    assert await write([member]) == set()
    assert await state_of(case.id) == "draft"


async def test_a_promise_barred_meanwhile_is_not_taken():
    citizen, clerk = a_citizen(), await a_clerk()
    await hold(citizen)
    case, other = await a_draft(citizen, PROMISE), await a_draft(citizen)
    members = [await foresee(citizen, case, "key 1"), await foresee(citizen, other, "key 2")]

    await service.bar_commitments(clerk, citizen.acting_for, reason="承诺不实", now=NOON)

    assert await write(members) == {members[1].asked.command_id}
    with pytest.raises(CommitmentBarred):
        await submit(citizen, case)
    assert await state_of(case.id) == "draft"


async def test_one_key_for_two_cases_submits_one_of_them():
    citizen = a_citizen()
    await hold(citizen)
    cases = [await a_draft(citizen), await a_draft(citizen)]
    members = [await foresee(citizen, case, "same") for case in cases]

    assert len(await write(members)) == 1

    states = [await state_of(case.id) for case in cases]
    assert sorted(states) == ["draft", "submitted"]
    with pytest.raises(KeyReused):
        await submit(citizen, cases[states.index("draft")], "same")


async def test_two_keys_for_one_case_in_one_statement_submit_it_once():
    citizen = a_citizen()
    await hold(citizen)
    case = await a_draft(citizen)
    members = [await foresee(citizen, case, key) for key in ("one", "two")]

    written = await write(members)

    assert len(written) == 1
    [winner] = [member for member in members if member.asked.command_id in written]
    assert (await fresh(case)).number == winner.asked.number
    assert await state_of(case.id) == "submitted"


@pytest.mark.parametrize(
    "lock", ["SELECT FROM case_file WHERE id = $1 FOR UPDATE", "SELECT FROM vault_object FOR UPDATE"]
)
async def test_what_somebody_has_locked_is_not_waited_for(postgres, database, lock):
    busy, free = a_citizen(), a_citizen()
    await a_file(busy)
    case = await a_draft(busy)
    member = await foresee(busy, case)
    somebody = await asyncpg.connect(postgres.url(database=database))
    holding = somebody.transaction()
    await holding.start()
    await somebody.execute(lock, *([case.id] if "$1" in lock else []))
    await hold(free)
    neighbour = await foresee(free, await a_draft(free))

    written = await asyncio.wait_for(write([member, neighbour]), 10)

    assert written == {neighbour.asked.command_id}
    await holding.rollback()
    await somebody.close()
    assert await state_of(case.id) == "draft"
    assert await write([member]) == {member.asked.command_id}


async def test_a_submission_that_waits_for_an_edit_takes_the_edit_with_it(postgres, database):
    """The statement passes the locked draft over; the long way waits for the edit and reads it."""
    citizen = a_citizen()
    await hold(citizen)
    case = await a_draft(citizen)
    editor = await asyncpg.connect(postgres.url(database=database))
    editing = editor.transaction()
    await editing.start()
    await editor.execute("SELECT FROM case_file WHERE id = $1 FOR UPDATE", case.id)

    submitting = asyncio.ensure_future(submit(citizen, case))
    while not await fetch("SELECT FROM pg_locks WHERE NOT granted"):
        await asyncio.sleep(0.01)
    await editor.execute("UPDATE case_file SET region = '330102' WHERE id = $1", case.id)
    await editing.commit()
    await editor.close()

    done = await submitting
    assert (done.state, done.region, done.number[:6]) == (CaseState.SUBMITTED, "330102", "330102")
    assert await state_of(case.id) == "submitted"
    assert [row.kind for row in await queries.materials_of(done)] == ["id_card", "lease_contract"]
