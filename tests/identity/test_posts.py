"""The security administrator appoints others and never himself; each thing he does is a row."""

from datetime import timedelta

import pytest

from banshi.errors import InvalidInput, NotFound, ScopeMissing
from identity import accounts, departments, door, posts, sandbox, seed, signing
from identity.errors import NotVerified, NumberLength, OwnPost, PersonNotFound, PostsConflict, StepUpNeeded
from identity.methods import tries
from identity.people import number_blind
from identity.roles import INCOMPATIBLE, SCOPES, Role
from identity.signing import Purpose
from storage.db import fetch
from storage.ids import new_id
from tests.identity.factories import NOON, WANG, make_person, make_session

PLATFORM = ("platform", "330000")
ADMINISTRATORS = (Role.MAINTAINER, Role.SECURITY, Role.AUDITOR)


@pytest.fixture
async def security(db):
    await seed.seed(now=NOON, personas=True)
    _, actor = await make_session(sandbox.BY_KEY["security"], acting_as="security")
    return actor


async def appoint(actor, number=WANG.number, role="manager", **changes):
    given = {"basis": "任职文件1号", "now": NOON} | changes
    office = await departments.the(*PLATFORM)
    return await posts.appoint(actor, number, office, role, "330000", **given)


async def acts() -> list[tuple[str, str | None]]:
    rows = await fetch("SELECT act, basis FROM audit_row WHERE act NOT LIKE 'session.%' ORDER BY id")
    return [(row["act"], row["basis"]) for row in rows]


def test_no_administrator_can_do_the_work_of_another():
    usual = SCOPES[Role.CITIZEN] & SCOPES[Role.AUDITOR]
    for one in ADMINISTRATORS:
        for other in ADMINISTRATORS:
            if one is not other:
                assert SCOPES[one] & SCOPES[other] == usual
                assert {one, other} in INCOMPATIBLE


async def test_a_post_is_given_and_ended_with_its_reason_and_its_sessions(security):
    person = await make_person()
    post = await appoint(security)
    token, clerk = await make_session(acting_as="manager")

    await posts.end(security, post.id, reason="调离", now=NOON)

    assert clerk.is_a(Role.MANAGER)
    assert await accounts.actor_of(token, now=NOON) is None
    assert await acts() == [("post.appoint", "任职文件1号"), ("post.end", "调离")]
    rows = await fetch("SELECT DISTINCT party_id FROM audit_row WHERE act LIKE 'post.%'")
    assert [row["party_id"] for row in rows] == [person.id]
    with pytest.raises(NotFound):
        await posts.end(security, post.id, reason="调离", now=NOON)


async def test_nobody_appoints_or_dismisses_himself(security):
    own = sandbox.BY_KEY["security"].number
    [post] = await fetch("SELECT id FROM staff_post WHERE party_id = $1", security.person_id)

    with pytest.raises(OwnPost):
        await appoint(security, own)
    with pytest.raises(OwnPost):
        await posts.end(security, post["id"], reason="调离", now=NOON)

    assert await acts() == []


@pytest.mark.parametrize(
    ("held", "wanted"), [("auditor", "maintainer"), ("maintainer", "security"), ("auditor", "security")]
)
async def test_two_offices_of_administrators_do_not_meet_in_one_hand(security, held, wanted):
    with pytest.raises(PostsConflict):
        await appoint(security, sandbox.BY_KEY[held].number, wanted)


async def test_who_is_appointed_must_be_known_and_the_post_exist(security):
    await make_person()
    with pytest.raises(PersonNotFound):
        await appoint(security, sandbox.citizen(7).number)
    with pytest.raises(NumberLength):
        await appoint(security, "33010")
    for role in ("citizen", "service", "king"):
        with pytest.raises(InvalidInput):
            await appoint(security, role=role)
    with pytest.raises(InvalidInput):
        await appoint(security, basis=" ")
    with pytest.raises(NotFound):
        await posts.appoint(
            security, WANG.number, new_id(), "manager", "330000", basis="任职文件1号", now=NOON
        )


@pytest.mark.parametrize("key", ["maintainer", "auditor", "operator", "manager"])
async def test_other_staff_appoints_and_unlocks_nobody(security, key):
    _, actor = await make_session(sandbox.BY_KEY[key], acting_as=key)

    for verb in (
        appoint(actor),
        posts.end(actor, new_id(), reason="调离", now=NOON),
        posts.list_(actor, department_id=None, role=None, first=5, after=None, now=NOON),
        posts.unlock(actor, WANG.number, reason="本人申请", now=NOON),
        posts.rotate_key(actor, Purpose.PREDICATE, reason="到期", now=NOON),
    ):
        with pytest.raises(ScopeMissing):
            await verb


async def test_powers_are_changed_by_fresh_sign_ins_only(security):
    with pytest.raises(StepUpNeeded):
        await appoint(security, now=NOON + timedelta(minutes=31))


async def test_a_locked_number_is_let_in_again(security):
    blinded = number_blind(WANG.number)
    for _ in range(5):
        await tries.note(blinded, "face", NotVerified(), now=NOON)

    await posts.unlock(security, WANG.number, reason="本人到窗口申请", now=NOON)

    assert not (await door.look(blinded, now=NOON)).failed_before
    assert (await acts())[-1] == ("number.unlock", "本人到窗口申请")


async def test_a_key_is_rotated_and_what_it_signed_stays_valid(security):
    old = await signing.sign(Purpose.PREDICATE, {"over": 18}, now=NOON)

    kid = await posts.rotate_key(security, Purpose.PREDICATE, reason="到期更换", now=NOON)

    assert await signing.verify(Purpose.PREDICATE, old) == {"over": 18}
    assert kid in [key["kid"] for key in await signing.public_keys(Purpose.PREDICATE)][:1]
    assert (await acts())[-1] == ("key.rotate", "到期更换")


async def test_posts_are_listed_by_department_and_role(security):
    office = await departments.the(*PLATFORM)

    listed = await posts.list_(security, department_id=office, role="auditor", first=5, after=None, now=NOON)
    first = await posts.list_(security, department_id=None, role=None, first=3, after=None, now=NOON)
    rest = await posts.list_(
        security, department_id=None, role=None, first=100, after=first.rows[-1].id, now=NOON
    )

    looks = await fetch("SELECT object, party_id FROM audit_row WHERE act = 'post.read' ORDER BY id")
    assert [post.role for post in listed.rows] == ["auditor"]
    assert looks[0] == {"object": f"post/{listed.rows[0].id}", "party_id": listed.rows[0].party_id}
    assert len(looks) == len(sandbox.STAFF) + 1
    assert (len(first.rows), first.more) == (3, True)
    assert len(rest.rows) + 3 == len(sandbox.STAFF)
