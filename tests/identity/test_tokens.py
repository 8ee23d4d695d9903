"""Tokens of mini-apps: narrow, short, and gone with the session or the consent."""

from datetime import timedelta

import msgspec
import pytest

from banshi.errors import NotSignedIn, ScopeMissing
from banshi.scopes import GRANTABLE, Scope
from identity import accounts, consents, people, sandbox, seed, sessions, subjects, tokens
from identity.actor import WORKER
from identity.errors import ConsentNeeded
from identity.roles import Role
from storage.db import fetch
from storage.ids import new_id
from tests.identity.factories import NOON, WU, make_session

APP = "food-licence"
CASES = frozenset({Scope.CASES_READ, Scope.CASES_WRITE})


async def a_token(scopes=CASES, **rest):
    _, actor = await make_session(**rest)
    await consents.grant(actor, APP, scopes, now=NOON)
    return actor, await tokens.issue(actor, APP, scopes, now=NOON)


async def test_token_lets_the_app_act_for_the_person_and_no_wider(db):
    person, token = await a_token()

    actor = await tokens.actor_of(token, now=NOON)

    assert actor.person_id == person.person_id
    assert actor.app_id == APP
    assert actor.scopes == CASES
    assert actor.session_id == person.session_id
    assert actor.roles == {Role.CITIZEN}
    assert await accounts.actor_of(token, now=NOON) == actor


async def test_token_has_only_what_is_grantable_consented_and_in_the_manifest(db):
    _, actor = await make_session()
    await consents.grant(actor, APP, {Scope.CASES_READ, Scope.DESK_WRITE, Scope.ITEMS_READ}, now=NOON)

    token = await tokens.issue(actor, APP, {*CASES, Scope.DESK_WRITE, Scope.SESSIONS_WRITE}, now=NOON)

    assert (await tokens.actor_of(token, now=NOON)).scopes == {Scope.CASES_READ}


async def test_token_costs_one_statement_to_check(db):
    _, token = await a_token()
    db.clear()

    await tokens.actor_of(token, now=NOON)

    assert len(db) == 1


async def test_token_lives_ten_minutes(db):
    _, token = await a_token()

    assert await tokens.actor_of(token, now=NOON + timedelta(minutes=9, seconds=59))
    assert await tokens.actor_of(token, now=NOON + timedelta(minutes=10)) is None


async def test_token_dies_with_its_session(db):
    actor, token = await a_token()

    await sessions.revoke(actor, actor.session_id, now=NOON)

    assert await tokens.actor_of(token, now=NOON) is None


async def test_token_dies_with_its_consent(db):
    actor, token = await a_token()

    await consents.withdraw(actor, APP, now=NOON)

    assert await tokens.actor_of(token, now=NOON) is None
    with pytest.raises(ConsentNeeded):
        await tokens.issue(actor, APP, CASES, now=NOON)


async def test_app_that_asks_nothing_needs_no_consent(db):
    _, actor = await make_session()

    token = await tokens.issue(actor, APP, set(), now=NOON)

    assert (await tokens.actor_of(token, now=NOON)).scopes == set()


async def test_app_cannot_take_tokens_or_consent_for_others(db):
    _, token = await a_token()
    app = await tokens.actor_of(token, now=NOON)

    with pytest.raises(ScopeMissing):
        await tokens.issue(app, "other-app", CASES, now=NOON)
    with pytest.raises(ScopeMissing):
        await consents.grant(app, APP, GRANTABLE, now=NOON)
    with pytest.raises(ScopeMissing):
        await consents.withdraw(app, "other-app", now=NOON)  # its own it may give back


async def test_staff_context_and_workers_take_no_tokens(db):
    await seed.seed(now=NOON, personas=True)
    _, clerk = await make_session(sandbox.BY_KEY["clerk_health"], acting_as="clerk")

    with pytest.raises(ScopeMissing):
        await tokens.issue(clerk, APP, CASES, now=NOON)
    with pytest.raises(NotSignedIn):
        await tokens.issue(WORKER, APP, CASES, now=NOON)


async def test_token_is_stored_only_as_a_hash(db):
    _, token = await a_token()

    assert token not in str(await fetch("SELECT * FROM app_token"))
    assert "_" not in token


async def test_ended_tokens_are_swept(db):
    await a_token()

    assert await tokens.sweep(now=NOON + timedelta(hours=1)) == 0
    assert await tokens.sweep(now=NOON + timedelta(days=2)) == 1


def test_two_apps_know_one_person_by_different_names():
    person = new_id()

    one = subjects.pairwise_sub(APP, person)

    assert one == subjects.pairwise_sub(APP, person)
    assert len(one) == 32
    assert len({one, subjects.pairwise_sub("other", person), subjects.pairwise_sub(APP, new_id())}) == 3
    assert one != person.hex


async def test_same_consent_twice_is_one_and_another_replaces_it(db):
    _, actor = await make_session()

    first = await consents.grant(actor, APP, CASES, now=NOON)
    again = await consents.grant(actor, APP, CASES, now=NOON)
    narrower = await consents.grant(actor, APP, {Scope.CASES_READ}, now=NOON)

    assert again.id == first.id != narrower.id
    assert [(row.id, row.scopes) for row in await consents.of(actor.person_id)] == [
        (narrower.id, ["cases:read"])
    ]


async def test_what_a_consent_loses_is_a_fact_with_what_remains(db):
    _, actor = await make_session()
    await consents.grant(actor, APP, {Scope.CASES_READ}, now=NOON)
    await consents.grant(actor, APP, CASES, now=NOON)  # wider: nothing lost
    await consents.grant(actor, APP, {Scope.CASES_WRITE}, now=NOON)
    await consents.withdraw(actor, APP, now=NOON)

    rows = await fetch("SELECT party_id, payload FROM outbox WHERE type = 'consent.withdrawn' ORDER BY seq")
    told = [msgspec.json.decode(row["payload"]) for row in rows]
    assert [(each["withdrawn"], each["remaining"]) for each in told] == [
        (["cases:read"], ["cases:write"]),
        (["cases:write"], []),
    ]
    assert {row["party_id"] for row in rows} == {actor.acting_for}


async def test_narrowed_consent_kills_the_wider_token(db):
    actor, token = await a_token()

    await consents.grant(actor, APP, {Scope.CASES_READ}, now=NOON)

    assert await tokens.actor_of(token, now=NOON) is None


async def test_what_is_given_back_leaves_the_token_with_less(db):
    _, token = await a_token()
    app = await tokens.actor_of(token, now=NOON)

    await consents.withdraw(app, APP, only=[Scope.CASES_WRITE, Scope.NOTICES_SEND], now=NOON)
    await consents.withdraw(app, APP, only=[Scope.CASES_WRITE], now=NOON)

    assert (await tokens.actor_of(token, now=NOON)).scopes == {Scope.CASES_READ}
    rows = await fetch("SELECT app_id, basis FROM audit_row WHERE act = 'consent.withdraw'")
    assert rows == [{"app_id": APP, "basis": "cases:write"}]
    [told] = await fetch("SELECT payload FROM outbox WHERE type = 'consent.withdrawn'")
    news = msgspec.json.decode(told["payload"])
    assert (news["withdrawn"], news["remaining"]) == (["cases:write"], ["cases:read"])


async def test_withdrawing_nothing_is_no_fault(db):
    _, actor = await make_session(WU)

    await consents.withdraw(actor, APP, now=NOON)

    assert await consents.of(actor.person_id) == []


async def test_app_sees_a_subject_and_a_masked_name(db):
    person, token = await a_token({Scope.PROFILE_READ})
    app = await tokens.actor_of(token, now=NOON)

    seen = await accounts.profile(app)

    assert seen.id.hex == subjects.pairwise_sub(APP, person.person_id)
    assert (seen.name, seen.number, seen.phone, seen.posts) == ("王*", None, None, [])
    assert await people.names([person.person_id]) == {person.person_id: "王芳"}
