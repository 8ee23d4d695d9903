"""The sandbox's cast: valid, complete, and nobody real."""

import re
from datetime import date

import pytest

from banshi.errors import InvalidInput, Unavailable
from identity import regions, sandbox
from identity.errors import NotVerified
from identity.numbers import NumberKind, describe
from identity.roles import Role
from identity.sandbox import SandboxVerifier
from tests.identity.factories import NOON, WANG, a_form

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("persona", sandbox.ALL, ids=lambda persona: persona.key)
def test_every_persona_has_a_valid_number_that_fits_him(persona):
    found = describe(persona.number, today=TODAY)

    assert found.birthday == persona.birthday
    assert found.sex in (persona.sex, None)
    assert persona.region in regions.shipped()
    assert re.fullmatch(r"1[3-9]\d{9}", persona.phone)
    if found.kind is NumberKind.CITIZEN:
        assert persona.number[4:6] == "99", "a county that exists could make it somebody's number"


def test_cast_has_everybody_a_demo_needs():
    ages = {persona.key: TODAY.year - persona.birthday.year for persona in sandbox.CITIZENS}
    kinds = {describe(persona.number, today=TODAY).kind for persona in sandbox.CITIZENS}

    assert len(sandbox.CITIZENS) >= 12
    assert min(ages.values()) < 1
    assert max(ages.values()) > 80
    assert any(6 <= age <= 12 for age in ages.values())
    assert kinds == {NumberKind.CITIZEN, NumberKind.RESIDENCE_PERMIT, NumberKind.FOREIGN_RESIDENT}
    assert {persona.trouble for persona in sandbox.CITIZENS} == {None, "mismatch", "outage"}


def test_staff_cover_every_role_and_every_agency():
    posts = [persona.post for persona in sandbox.STAFF]

    assert {post.role for post in posts} == set(Role) - {Role.CITIZEN, Role.SERVICE}
    assert len({post.agency for post in posts if post.role is Role.CLERK}) == 10


def test_no_two_personas_share_a_number_a_key_or_a_phone():
    for field in ("key", "number", "phone"):
        assert len({getattr(persona, field) for persona in sandbox.ALL}) == len(sandbox.ALL)


def test_family_members_know_each_other():
    for persona in sandbox.ALL:
        for relative in persona.family:
            assert persona.key in sandbox.BY_KEY[relative].family


@pytest.mark.parametrize("seed", range(30))
async def test_drawn_citizen_is_always_the_same_adult_and_verifies(seed):
    drawn = sandbox.citizen(seed)

    proof = await verify(number=drawn.number, name=drawn.name)

    assert drawn == sandbox.citizen(seed)
    assert drawn.birthday.year <= 2004
    assert proof.facts.name == drawn.name
    assert proof.facts.region == drawn.region


def test_drawn_citizens_differ_and_live_in_the_city_asked_for():
    drawn = [sandbox.citizen(seed, city="3302") for seed in range(100)]

    assert len({persona.number for persona in drawn}) == 100
    assert {persona.region for persona in drawn} == {"330203"}


async def test_mismatch_outage_and_wrong_answers_fail_as_the_contract_says():
    with pytest.raises(NotVerified):
        await verify(number=sandbox.BY_KEY["zhao_min"].number, name="赵敏")
    with pytest.raises(NotVerified):
        await verify(face="no")
    with pytest.raises(NotVerified):
        await verify(method="smile")
    with pytest.raises(InvalidInput):
        await verify(face="")
    with pytest.raises(Unavailable):
        await verify(number=sandbox.BY_KEY["qian_duo"].number, name="钱多")


async def test_proof_tells_level_method_time_and_evidence():
    proof = await verify()

    assert (proof.level, proof.method, proof.at) == (3, "face", NOON)
    assert proof.evidence_id.startswith("sandbox-")
    assert WANG.number not in proof.evidence_id


def test_sandbox_does_not_stand_at_the_door_in_production():
    with pytest.raises(ValueError, match="production"):
        SandboxVerifier(production=True)


async def verify(method: str = "face", *, number: str = WANG.number, **changes: str):
    form = a_form(**{"id_number": number, **changes})
    return await SandboxVerifier(production=False).verify(method, form, address="192.0.2.1", now=NOON)
