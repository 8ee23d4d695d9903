"""Opening: one statement for a citizen, and the actor that it returns is the one whom the token gives."""

import pytest

from identity import accounts, opening, people, sandbox, seed
from identity.errors import PartyErased
from identity.verifier import Evidence
from storage.db import execute, fetch, transaction
from tests.identity.factories import NOON, WANG, make_person

FACE = Evidence(level=3, method="face", at=NOON, evidence_id="e")


async def open_(person, acting_as="citizen", **device):
    async with transaction():
        return await opening.open(
            FACE, person, acting_as=acting_as, device=device.pop("device", "电话"), now=NOON, **device
        )


@pytest.mark.parametrize("acting_as", ["citizen", "clerk"])
async def test_the_actor_returned_is_the_one_whom_the_token_gives(db, acting_as):
    await seed.seed(now=NOON, personas=True)
    person = await people.find(sandbox.BY_KEY["clerk_health"].number)

    opened = await open_(person, acting_as)

    assert opened.actor == await accounts.actor_of(opened.token, now=NOON)
    [row] = await fetch("SELECT * FROM session")
    assert {name: row[name] for name in row} == {name: getattr(opened.session, name) for name in row}


async def test_it_is_as_strong_as_the_person_is_now_not_as_he_was_read_before(db):
    person = await make_person(WANG)
    await execute("UPDATE person SET level = 2")

    opened = await open_(person)

    assert opened.actor.level == 2
    assert opened.actor == await accounts.actor_of(opened.token, now=NOON)


async def test_nobody_enters_who_was_erased_meanwhile(db):
    person = await make_person(WANG)
    await people.erase(person.id, now=NOON)

    with pytest.raises(PartyErased):
        await open_(person)

    assert await fetch("SELECT id FROM session UNION SELECT id FROM known_device") == []
    assert await fetch("SELECT id FROM audit_row WHERE act = 'session.open'") == []


async def test_a_citizen_s_takes_one_statement_that_also_tells_of_a_new_device(db):
    person = await make_person(WANG)
    await open_(person, device_word="a" * 32)
    db.clear()

    await opening.open(FACE, person, acting_as="citizen", device="电脑", device_word="b" * 32, now=NOON)

    assert len(db) == 1
    facts = await fetch("SELECT party_id FROM outbox WHERE type = 'device.first_seen'")
    assert [row["party_id"] for row in facts] == [person.id]
    rows = await fetch("SELECT basis FROM audit_row WHERE act = 'session.open'")
    assert [row["basis"] for row in rows] == ["method face", "method face"]
