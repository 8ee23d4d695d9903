"""A person objects to a look of staff, and is answered with a reason by somebody who did not look himself."""

from datetime import timedelta

import pytest

from banshi.errors import InvalidInput, NotFound, ScopeMissing
from identity import audit, objections, people, sandbox, seed
from identity.errors import ObjectionSettled, OwnLook
from identity.objections import State
from storage.db import fetch
from storage.ids import new_id
from tests.identity.factories import NOON, WU, make_session

WHY = "我没有办理这件事，为什么查看我的材料？"


@pytest.fixture
async def cast(db):
    await seed.seed(now=NOON, personas=True)
    found = {}
    for key, role in (("clerk_health", "clerk"), ("clerk_education", "clerk"), ("security", "security")):
        _, found[key] = await make_session(sandbox.BY_KEY[key], acting_as=role)
    colleague = await people.ensure(sandbox.proof_of(sandbox.BY_KEY["zheng_qiang"], now=NOON), now=NOON)
    await people.appoint(colleague.id, found["clerk_health"].acting_for, "clerk", "330106", now=NOON)
    _, found["colleague"] = await make_session(sandbox.BY_KEY["zheng_qiang"], acting_as="clerk")
    _, found["wang"] = await make_session()
    _, found["wu"] = await make_session(WU)
    return found


async def looked(cast, clerk="clerk_health", owner="wang"):
    party_id = cast[owner].person_id
    await audit.record_read(cast[clerk], "material.read", f"version/{new_id()}", now=NOON, party_id=party_id)
    [row] = await fetch("SELECT id FROM audit_row WHERE act = 'material.read' ORDER BY id DESC LIMIT 1")
    return row["id"]


async def test_staff_leave_a_row_before_they_read_the_words(cast):
    made = await objections.object_to(cast["wang"], await looked(cast), WHY, now=NOON)

    for who in ("wang", "wu", "clerk_education", "clerk_health", "security"):
        await objections.list_(cast[who], first=5, after=None, now=NOON)

    rows = await fetch(
        "SELECT party_id, person_id, object FROM audit_row WHERE act = 'access.objection.read' ORDER BY id"
    )
    assert [row["person_id"] for row in rows] == [cast[who].person_id for who in ("clerk_health", "security")]
    assert {row["object"] for row in rows} == {f"objection/{made.id}"}
    assert {row["party_id"] for row in rows} == {cast["wang"].person_id}


async def facts(type_: str) -> list:
    return await fetch("SELECT party_id FROM outbox WHERE type = $1", type_)


async def test_an_objection_is_made_seen_answered_and_told(cast):
    wang, colleague = cast["wang"], cast["colleague"]
    access = await looked(cast)

    made = await objections.object_to(wang, access, WHY, now=NOON)
    [waiting] = (await objections.list_(colleague, first=5, after=None, now=NOON)).rows
    answered = await objections.answer(
        colleague, made.id, upheld=False, words="依法核对出生医学证明", now=NOON
    )

    assert (made.row.state, made.row.due_at) == (State.OPEN, NOON + timedelta(days=30))
    assert waiting.reason == WHY
    assert (answered.row.state, answered.answer) == (State.DISMISSED, "依法核对出生医学证明")
    [mine] = (await objections.list_(wang, first=5, after=None, now=NOON)).rows
    assert (mine.reason, mine.answer) == (WHY, "依法核对出生医学证明")
    assert (await objections.of_accesses(wang, [access])).keys() == {access}
    assert [row["party_id"] for row in await facts("access.objected")] == [colleague.acting_for]
    assert [row["party_id"] for row in await facts("access.answered")] == [wang.person_id]
    rows = await fetch("SELECT act, party_id FROM audit_row WHERE act LIKE 'access.%' ORDER BY id")
    assert [(row["act"], row["party_id"]) for row in rows] == [
        ("access.object", wang.person_id), ("access.objection.read", wang.person_id),
        ("access.answer", wang.person_id),
    ]  # fmt: skip


async def test_words_lie_sealed(cast):
    await objections.object_to(cast["wang"], await looked(cast), WHY, now=NOON)

    [row] = await fetch("SELECT reason FROM access_objection")
    assert WHY.encode() not in row["reason"]


async def test_the_same_objection_is_made_once(cast):
    access = await looked(cast)
    first = await objections.object_to(cast["wang"], access, WHY, now=NOON)
    again = await objections.object_to(cast["wang"], access, "又来", now=NOON)

    assert (again.id, again.reason) == (first.id, WHY)


async def test_one_objects_to_looks_of_staff_at_ones_own_data_only(cast):
    theirs = await looked(cast, owner="wu")
    await audit.record(cast["wang"], "case.submit", "case/1", now=NOON)
    [own] = await fetch("SELECT id FROM audit_row WHERE act = 'case.submit'")

    for access in (theirs, own["id"], new_id()):
        with pytest.raises(NotFound):
            await objections.object_to(cast["wang"], access, WHY, now=NOON)
    with pytest.raises(InvalidInput):
        await objections.object_to(cast["wu"], theirs, "  ", now=NOON)
    with pytest.raises(ScopeMissing):
        await objections.object_to(cast["clerk_health"], theirs, WHY, now=NOON)


async def test_who_looked_does_not_answer_and_another_department_sees_nothing(cast):
    made = await objections.object_to(cast["wang"], await looked(cast), WHY, now=NOON)

    async def answer(who):
        return await objections.answer(cast[who], made.id, upheld=True, words="不当查阅", now=NOON)

    with pytest.raises(OwnLook):
        await answer("clerk_health")
    with pytest.raises(NotFound):
        await answer("clerk_education")
    with pytest.raises(ScopeMissing):
        await answer("wang")
    assert (await objections.list_(cast["clerk_education"], first=5, after=None, now=NOON)).rows == []
    assert (await objections.list_(cast["wu"], first=5, after=None, now=NOON)).rows == []
    assert (await answer("security")).row.state == State.UPHELD
    with pytest.raises(ObjectionSettled):
        await answer("colleague")
