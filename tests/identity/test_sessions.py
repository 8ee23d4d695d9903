"""Sessions: who bears the token, for how long, and what ends it."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from identity import accounts, opening, people, sandbox, seed, sessions, tokens
from identity.errors import PostNotHeld, SessionNotFound
from identity.roles import SCOPES, Role
from identity.settings import SessionSettings
from storage.db import fetch
from storage.ids import new_id
from tests.identity.factories import NOON, WU, make_session

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def limits():
    yield
    sessions.configure(SessionSettings())


async def test_token_makes_its_bearer_a_citizen(db):
    _, actor = await make_session()

    assert actor.roles == {Role.CITIZEN}
    assert actor.scopes == SCOPES[Role.CITIZEN]
    assert actor.acting_for == actor.person_id
    assert (actor.level, actor.region, actor.app_id) == (3, "330106", None)
    assert actor.authenticated_at == NOON


async def test_actor_costs_one_statement_that_writes_once_a_minute(db):
    token, _ = await make_session()
    db.clear()

    for seconds in (1, 30, 59):
        await sessions.actor_of(token, now=NOON + timedelta(seconds=seconds))
    unwritten = await last_seen()
    await sessions.actor_of(token, now=NOON + 2 * MINUTE)

    assert len([sql for sql in db if "live AS" in sql]) == len(db) - 1 == 4
    assert unwritten == NOON
    assert await last_seen() == NOON + 2 * MINUTE


async def test_those_who_come_at_once_share_a_statement_and_each_gets_his_own(db):
    sessions_of = [await make_session() for _ in range(5)]
    db.clear()

    asked = [*(token for token, _ in sessions_of), "s" + "0" * 64, sessions_of[0][0]]
    found = await asyncio.gather(
        *(sessions.actor_of(token, now=NOON + 2 * MINUTE) for token in asked), return_exceptions=True
    )

    assert found == [*(actor for _, actor in sessions_of), None, sessions_of[0][1]]
    assert len(db) == 1


async def test_a_session_that_somebody_writes_is_read_and_not_waited_for(db, postgres, database):
    token, actor = await make_session()
    other = await asyncpg.connect(postgres.url(database=database))
    async with other.transaction():
        await other.execute("UPDATE session SET device = 'x' WHERE id = $1", actor.session_id)
        async with asyncio.timeout(2):
            bearer = await sessions.bearer_of(token, now=NOON + 2 * MINUTE)
    await other.close()

    assert bearer is not None and bearer.actor == actor
    assert bearer.until < NOON + 2 * MINUTE  # nothing was noted, so the next request asks again

    assert await last_seen() == NOON


async def test_token_is_stored_only_as_a_hash_and_is_long(db):
    token, _ = await make_session()

    stored = str(await fetch("SELECT * FROM session"))

    assert token not in stored
    assert bytes.fromhex(token[1:]).hex() not in stored
    assert len(token) == 65
    assert "_" not in token


async def test_unknown_token_is_nobodys(db):
    assert await sessions.actor_of("s" + "0" * 64, now=NOON) is None
    assert await accounts.actor_of("", now=NOON) is None


async def test_idle_session_ends_and_use_keeps_it_alive(db):
    token, _ = await make_session()

    assert await sessions.actor_of(token, now=NOON + 29 * MINUTE)
    assert await sessions.actor_of(token, now=NOON + 58 * MINUTE)
    assert await sessions.actor_of(token, now=NOON + 89 * MINUTE) is None


async def test_session_ends_in_the_end_whatever_happens(db):
    sessions.configure(SessionSettings(absolute=timedelta(hours=1)))
    token, _ = await make_session()

    assert await sessions.actor_of(token, now=NOON + 25 * MINUTE)
    assert await sessions.actor_of(token, now=NOON + 50 * MINUTE)
    assert await sessions.actor_of(token, now=NOON + 60 * MINUTE) is None


async def test_person_sees_and_ends_only_his_own_sessions(db):
    token, actor = await make_session()
    other_token, other = await make_session(WU)

    listed = await sessions.list_(actor, first=10, after=None, now=NOON)
    with pytest.raises(SessionNotFound):
        await sessions.revoke(actor, other.session_id, now=NOON)
    with pytest.raises(SessionNotFound):
        await sessions.revoke(actor, new_id(), now=NOON)
    await sessions.revoke(actor, actor.session_id, now=NOON)

    assert [row.id for row in listed.rows] == [actor.session_id]
    assert await sessions.actor_of(token, now=NOON) is None
    assert await sessions.actor_of(other_token, now=NOON) is not None


async def test_all_other_sessions_end_at_once(db):
    old = [await make_session() for _ in range(3)]
    token, actor = await make_session()

    ended = await sessions.revoke_all(actor, keep_current=True, now=NOON)

    assert ended == 3
    assert [await sessions.actor_of(other, now=NOON) for other, _ in old] == [None] * 3
    assert await sessions.actor_of(token, now=NOON) is not None
    assert await sessions.revoke_all(actor, keep_current=False, now=NOON) == 1


async def test_sessions_come_in_pages_newest_first(db):
    made = [(await make_session())[1] for _ in range(3)]

    first = await sessions.list_(made[0], first=2, after=None, now=NOON)
    rest = await sessions.list_(made[0], first=2, after=first.rows[-1].id, now=NOON)

    found = [row.id for row in first.rows + rest.rows]
    assert found == [actor.session_id for actor in reversed(made)]
    assert (first.more, rest.more) == (True, False)


async def test_staff_act_for_their_department_with_their_role_only(db):
    await seed.seed(now=NOON, personas=True)

    _, actor = await make_session(sandbox.BY_KEY["clerk_haishu"], acting_as="clerk")

    assert actor.roles == {Role.CLERK}
    assert actor.scopes == SCOPES[Role.CLERK]
    assert actor.region == "330203"
    assert actor.acting_for != actor.person_id


async def test_session_in_a_post_dies_with_the_post(db):
    await seed.seed(now=NOON, personas=True)
    token, actor = await make_session(sandbox.BY_KEY["clerk_health"], acting_as="clerk")
    post = await people.post_for(actor.person_id, "clerk")

    await people.end_post(post.id, now=NOON)

    assert await sessions.actor_of(token, now=NOON) is None


async def test_erased_person_bears_no_token_any_longer(db):
    token, actor = await make_session()
    app_token = await tokens.issue(actor, "an-app", set(), now=NOON)

    await people.erase(actor.person_id, now=NOON)

    assert await accounts.actor_of(token, now=NOON) is None
    assert await accounts.actor_of(app_token, now=NOON) is None


async def test_change_of_context_takes_a_new_token_and_ends_the_old(db):
    await seed.seed(now=NOON, personas=True)
    token, citizen = await make_session(sandbox.BY_KEY["clerk_health"])

    fresh, session, clerk, _ = await sessions.act_as(citizen, "clerk", now=NOON + MINUTE)

    assert await sessions.actor_of(token, now=NOON + MINUTE) is None
    assert clerk == await sessions.actor_of(fresh, now=NOON + MINUTE)
    assert clerk.roles == {Role.CLERK}
    assert clerk.authenticated_at == NOON
    assert session.expires_at == NOON + SessionSettings().absolute
    with pytest.raises(PostNotHeld):
        await sessions.act_as(clerk, "auditor", now=NOON + MINUTE)


async def test_long_device_names_are_cut_and_missing_ones_said(db):
    proof = sandbox.proof_of(WU, now=NOON)
    person = await people.ensure(proof, now=NOON)

    _, long, *_ = await opening.open(proof, person, acting_as="citizen", device="x" * 500, now=NOON)
    _, none, *_ = await opening.open(proof, person, acting_as="citizen", device="", now=NOON)

    assert len(long.device) == 80
    assert none.device == "未知设备"


async def last_seen():
    return (await fetch("SELECT last_seen_at FROM session"))[0]["last_seen_at"]
