"""People: found by number, readable only with their key, holding posts that do not conflict."""

import asyncio
from dataclasses import replace

import pytest

from identity import departments, keys, people, sandbox, seed
from identity.errors import PartyErased, PostNotHeld, PostsConflict
from identity.keys import Retention
from identity.roles import Role
from storage import seal
from storage.db import execute, fetch, transaction
from storage.seal import Tampered
from storage.settings import SealSettings
from tests.identity.factories import NOON, WANG, WU, make_person


@pytest.fixture
def sm4():
    seal.configure(
        SealSettings(master_key=b"m" * 32, index_key=b"i" * 32, token_key=b"t" * 32, algorithm="sm4")
    )


async def test_same_number_is_the_same_person(db):
    first = await make_person(WANG)

    again = await make_person(WANG)

    assert again.id == first.id
    assert (await make_person(WU)).id != first.id


async def test_two_first_sign_ins_at_once_make_one_person(db):
    async def ensure():
        async with transaction():
            return await people.ensure(sandbox.proof_of(WANG, now=NOON), now=NOON)

    made = await asyncio.gather(*(ensure() for _ in range(5)))

    assert len({person.id for person in made}) == 1


async def test_facts_that_changed_replace_the_old_ones(db):
    proof = sandbox.proof_of(WANG, now=NOON)
    lower = replace(proof, level=2, facts=replace(proof.facts, phone=None))
    person = await people.ensure(lower, now=NOON)
    assert await people.phone_of(person) is None

    renamed = replace(proof, facts=replace(proof.facts, name="王芬", region="330203"))
    await people.ensure(renamed, now=NOON)
    found = await people.ensure(replace(renamed, level=1), now=NOON)

    assert await people.names([person.id]) == {person.id: "王芬"}
    assert await people.phone_of(found) == WANG.phone
    assert (found.level, found.region) == (3, "330203")


async def test_person_holds_no_personal_data_in_clear(db):
    person = await make_person()

    stored = str(await fetch("SELECT * FROM person")) + str(await fetch("SELECT * FROM party_key"))

    assert await people.number_of(person) == WANG.number
    for secret in (WANG.number, WANG.name, WANG.phone):
        assert secret not in stored
        assert repr(secret.encode())[2:-1] not in stored


async def test_national_algorithms_seal_as_well_and_find_the_same_person(db, sm4):
    person = await make_person()

    found = await fetch("SELECT number_sealed, number_blind FROM person")

    assert found[0]["number_sealed"][0] == seal.SM4_GCM
    assert await people.number_of(person) == WANG.number
    assert found[0]["number_blind"] == people.number_blind(WANG.number)


async def test_person_whose_facts_stay_costs_no_write(db):
    await make_person()
    db.clear()

    await make_person()

    assert [sql.split()[0] for sql in db if "person" in sql] == ["SELECT"]


async def test_phone_index_is_too_short_to_name_one_phone(db):
    person = await make_person()

    assert person.phone_blind == people.phone_blind(WANG.phone)
    assert len(person.phone_blind) == 3


async def test_values_swapped_between_persons_do_not_open(db):
    wang, wu = await make_person(WANG), await make_person(WU)
    await execute(
        "UPDATE person SET name_sealed = (SELECT number_sealed FROM person WHERE id = $1) WHERE id = $1",
        wang.id,
    )
    await execute(
        "UPDATE person SET name_sealed = (SELECT name_sealed FROM person WHERE id = $1) WHERE id = $2",
        wang.id,
        wu.id,
    )

    for victim in (wang, wu):
        with pytest.raises(Tampered):
            await people.names([victim.id])


async def test_person_whose_key_is_destroyed_is_unreadable(db):
    person = await make_person()

    await keys.destroy(person.id, Retention.CITIZEN)

    assert await people.names([person.id]) == {person.id: None}
    with pytest.raises(PartyErased):
        await people.number_of(person)


async def test_erased_person_may_come_back_as_somebody_new(db):
    person = await make_person()

    await people.erase(person.id, now=NOON)

    assert await people.find(WANG.number) is None
    assert (await make_person()).id != person.id
    assert await people.names([person.id]) == {person.id: None}


async def test_names_of_many_persons_cost_two_statements(db):
    ids = [(await make_person(sandbox.citizen(number))).id for number in range(10)]
    for person_id in ids:
        keys.forget(person_id)
    db.clear()

    found = await people.names(ids)

    assert found[ids[3]] == sandbox.citizen(3).name
    assert len(db) == 2


async def test_post_is_meant_by_role_or_id_and_only_while_held(db):
    await seed.seed(now=NOON, personas=True)
    clerk = await people.find(sandbox.BY_KEY["clerk_health"].number)
    post = await people.post_for(clerk.id, "clerk")

    assert post.id == (await people.post_for(clerk.id, str(post.id))).id
    assert await people.post_for(clerk.id, "citizen") is None
    with pytest.raises(PostNotHeld):
        await people.post_for(clerk.id, "operator")
    await people.end_post(post.id, now=NOON)
    with pytest.raises(PostNotHeld):
        await people.post_for(clerk.id, "clerk")


async def test_role_held_twice_must_be_meant_by_id(db):
    await departments_of_the_province()
    person = await make_person()
    for agency in ("health", "education"):
        department = await departments.the(agency, "330000")
        await people.appoint(person.id, department, Role.CLERK, "330000", now=NOON)

    with pytest.raises(PostNotHeld):
        await people.post_for(person.id, "clerk")


async def test_same_appointment_twice_is_one_post(db):
    await departments_of_the_province()
    person = await make_person()
    department = await departments.the("health", "330000")

    first = await people.appoint(person.id, department, Role.CLERK, "330000", now=NOON)
    again = await people.appoint(person.id, department, Role.CLERK, "330000", now=NOON)

    assert again.id == first.id


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (Role.ITEM_DEFINER, Role.OPERATOR),
        (Role.OPERATOR, Role.ITEM_DEFINER),
        (Role.DEVELOPER, Role.OPERATOR),
        (Role.MAINTAINER, Role.AUDITOR),
    ],
)
async def test_one_person_does_not_hold_two_posts_that_watch_each_other(db, held, wanted):
    await departments_of_the_province()
    person = await make_person()
    department = await departments.the("health", "330000")
    await people.appoint(person.id, department, held, "330000", now=NOON)

    with pytest.raises(PostsConflict):
        await people.appoint(person.id, department, wanted, "330000", now=NOON)


async def departments_of_the_province() -> None:
    await seed.seed(now=NOON, personas=False)
