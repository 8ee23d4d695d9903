"""Real-name levels: every rise and fall leaves a row, and a fall bites everywhere at once."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from banshi.errors import InvalidInput, ScopeMissing
from identity import levels, opening, people, sandbox, sessions
from identity.actor import Actor
from identity.errors import PersonNotFound
from identity.roles import SCOPES, Role
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from tests.identity.factories import NOON, WANG, make_person, make_session
from tests.identity.test_verdicts_end import refused

LOOKS_AFTER = Actor(
    person_id=new_id(), acting_for=new_id(), roles=frozenset({Role.OPERATOR}), scopes=SCOPES[Role.OPERATOR],
    level=3,
)  # fmt: skip
WHY = {"evidence_id": "gongan-1", "reason": "照片比对撤销"}


def a_proof(level: int, method: str = "face"):
    return replace(sandbox.proof_of(WANG, now=NOON), level=level, method=method, evidence_id=f"e{level}")


async def rows():
    found = await fetch("SELECT * FROM person_level ORDER BY id")
    return [(row["was"], row["became"], row["method"], row["evidence_id"]) for row in found]


async def test_first_proof_and_every_rise_leave_a_row_with_evidence(db):
    for proof in (a_proof(2, "sms"), a_proof(2, "sms"), a_proof(3), a_proof(1)):
        async with transaction():
            person = await people.ensure(proof, now=NOON)

    assert person.level == 3
    assert await rows() == [(0, 2, "sms", "e2"), (2, 3, "face", "e3")]


async def test_two_rises_at_once_leave_one_row(db):
    async with transaction():
        await people.ensure(a_proof(2), now=NOON)

    async def rise():
        async with transaction():
            await people.ensure(a_proof(3), now=NOON)

    await asyncio.gather(*(rise() for _ in range(5)))

    assert len(await rows()) == 2


async def test_fall_is_recorded_audited_and_lowers_living_sessions(db):
    token, actor = await make_session()

    await levels.lower(LOOKS_AFTER, actor.person_id, 2, **WHY, now=NOON)

    found = await sessions.actor_of(token, now=NOON)
    assert found and found.level == 2
    assert (await rows())[-1] == (3, 2, "withdrawn", "gongan-1")
    [row] = await fetch("SELECT * FROM audit_row WHERE act = 'person.lower_level'")
    assert (row["party_id"], row["person_id"]) == (actor.person_id, LOOKS_AFTER.person_id)
    assert row["basis"] == WHY["reason"]


async def test_later_proof_raises_the_person_but_not_the_session_that_fell(db):
    token, actor = await make_session()
    await levels.lower(LOOKS_AFTER, actor.person_id, 1, **WHY, now=NOON)

    fresh, _ = await make_session()

    old, new = await sessions.actor_of(token, now=NOON), await sessions.actor_of(fresh, now=NOON)
    assert old and new and (old.level, new.level) == (1, 3)
    assert [row[:2] for row in await rows()] == [(0, 3), (3, 1), (1, 3)]


async def test_session_opened_while_the_level_falls_is_not_above_it(db):
    person = await make_person()
    await levels.lower(LOOKS_AFTER, person.id, 2, **WHY, now=NOON)

    token, *_ = await opening.open(a_proof(3), person, acting_as="citizen", device="", now=NOON)

    found = await sessions.actor_of(token, now=NOON)
    assert found and found.level == 2


async def test_every_process_hears_of_a_fall_within_two_seconds(db, hearing):
    token, actor = await make_session()

    async with hearing() as process:
        assert await process.find(token, now=NOON)
        await levels.lower(LOOKS_AFTER, actor.person_id, 2, **WHY, now=NOON)
        for _ in range(200):
            held = process.recall(token, now=NOON)
            if held is None:
                break
            await asyncio.sleep(0.01)

        found = await process.find(token, now=NOON)
        assert held is None and found and found.actor.level == 2
        assert not await refused(process, token, seconds=0.05), "the session itself lives on"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"level": 3}, InvalidInput), ({"level": 0}, InvalidInput), ({"evidence_id": " "}, InvalidInput),
        ({"reason": ""}, InvalidInput), ({"reason": "x" * 201}, InvalidInput),
        ({"person_id": new_id()}, PersonNotFound), ({"actor": None}, ScopeMissing),
    ],
)  # fmt: skip
async def test_fall_without_right_person_level_evidence_or_reason_is_refused(db, change, error):
    _, citizen = await make_session()
    given = {"actor": LOOKS_AFTER, "person_id": citizen.person_id, "level": 2, **WHY, **change}
    actor = given.pop("actor") or citizen

    with pytest.raises(error):
        await levels.lower(actor, given.pop("person_id"), given.pop("level"), **given, now=NOON)

    assert len(await rows()) == 1


async def test_erased_person_has_no_level_to_lower(db):
    person = await make_person()
    await people.erase(person.id, now=NOON)

    with pytest.raises(PersonNotFound):
        await levels.lower(LOOKS_AFTER, person.id, 1, **WHY, now=NOON)


async def test_person_sees_his_own_history_newest_first_and_nobody_else_s(db):
    _, actor = await make_session()
    _, other = await make_session(sandbox.BY_KEY["wu_gang"])
    await levels.lower(LOOKS_AFTER, actor.person_id, 2, **WHY, now=NOON)

    page = await levels.history(actor, first=1, after=None)
    rest = await levels.history(actor, first=10, after=page.rows[-1].id)

    assert page.more and page.rows[0].became == 2
    assert [row.became for row in rest.rows] == [3]
    assert len((await levels.history(other, first=10, after=None)).rows) == 1


@pytest.mark.parametrize("statement", ["UPDATE person_level SET became = 1", "DELETE FROM person_level"])
async def test_nobody_rewrites_the_history(db, statement):
    await make_person()

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await execute(statement)
