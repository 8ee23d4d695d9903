"""Entering: stepping a session up, devices that are news, and the second factor of staff."""

from datetime import timedelta
from uuid import UUID

import pytest

from banshi.errors import InvalidInput
from identity import accounts, devices, entering, people, sandbox, sessions
from identity.actor import Actor
from identity.errors import PostNotHeld, SecondFactorNeeded, SessionNotFound
from identity.roles import Role
from identity.settings import SessionSettings
from identity.verifier import Evidence
from storage.db import execute, fetch, transaction
from tests.api.conftest import a_department
from tests.identity.factories import NOON, WANG, WU, make_person
from tests.identity.methods_door import a_caller

MINUTE = timedelta(minutes=1)
ID = UUID(int=7)  # it names the tests, which every process must name alike


@pytest.fixture(autouse=True)
def settings():
    yield
    sessions.configure(SessionSettings())


async def enter(method: str = "face", level: int = 3, *, persona=WANG, now=NOON, **caller):
    person = await make_person(persona)
    evidence = Evidence(level=level, method=method, at=now, evidence_id=f"{method}-e")
    async with transaction():
        return (await entering.enter(evidence, person, a_caller(**caller), now=now))[:2]


async def actor_of(token: str, *, now=NOON) -> Actor | None:
    return await accounts.actor_of(token, now=now)


async def acts() -> list[str]:
    return [row["act"] for row in await fetch("SELECT act FROM audit_row ORDER BY id")]


async def test_a_stronger_proof_makes_the_same_session_stronger_and_the_old_token_die(db):
    old, session = await enter("sms", 2)
    later = NOON + 5 * MINUTE

    token, stepped = await enter("face", 3, token=old, now=later)

    assert stepped.id == session.id
    assert await actor_of(old, now=later) is None
    actor = await actor_of(token, now=later)
    assert (actor.level, actor.authenticated_at, actor.session_id) == (3, later, session.id)
    assert await acts() == ["session.open", "session.step_up"]


async def test_the_same_strength_makes_it_fresh_again_and_last_anew(db):
    old, session = await enter()
    later = NOON + 20 * MINUTE

    _, stepped = await enter(token=old, now=later)

    assert (stepped.id, stepped.authenticated_at) == (session.id, later)
    assert stepped.expires_at == session.expires_at + 20 * MINUTE


async def test_a_weaker_proof_opens_another_session_and_leaves_the_stronger_as_it_was(db):
    old, session = await enter("face", 3)

    _, other = await enter("sms", 2, token=old)

    assert other.id != session.id
    assert (await actor_of(old)).level == 3


async def test_the_proof_of_another_person_never_enters_a_session(db):
    old, session = await enter("sms", 2)

    token, other = await enter(persona=WU, token=old)

    assert other.id != session.id
    assert (await actor_of(old)).person_id != (await actor_of(token)).person_id
    assert (await actor_of(old)).level == 2


@pytest.mark.parametrize("end", ["ended_at", "expires_at", "idle_until"])
async def test_a_session_that_is_over_is_not_stepped_up(db, end):
    old, session = await enter("sms", 2)
    await execute(f"UPDATE session SET {end} = $2 WHERE id = $1", session.id, NOON - MINUTE)

    _, other = await enter(token=old)

    assert other.id != session.id


async def test_a_token_that_never_was_opens_a_session_like_none(db):
    for token in ("", "s" + "0" * 64, "a" + "0" * 64, "é"):
        _, session = await enter(token=token)
        assert session.method == "face"


async def clerk(**caller) -> tuple[str, sessions.Session]:
    persona = sandbox.BY_KEY["clerk_health"]
    person = await make_person(persona)
    office = await a_department("health", "330106")
    await people.appoint(person.id, office, Role.CLERK, "330106", now=NOON)
    return await enter(persona=persona, **caller)


async def test_stepping_up_keeps_the_post_one_acts_in(db):
    old, session = await clerk(acting_as="clerk")

    token, stepped = await clerk(token=old)

    assert (stepped.id, stepped.acting_as) == (session.id, "clerk")
    assert (await actor_of(token)).roles == {Role.CLERK}


async def test_who_asks_for_another_context_gets_another_session(db):
    old, session = await clerk(acting_as="clerk")

    _, other = await clerk(token=old, acting_as="citizen")

    assert other.id != session.id and other.acting_as == "citizen"
    with pytest.raises(PostNotHeld):
        await enter(persona=WU, acting_as="clerk")


@pytest.mark.parametrize(
    ("context", "acting_as", "goes_on"),
    [
        ({}, "citizen", True),
        ({}, None, True),
        ({}, "clerk", False),
        ({"mandate_id": ID}, f"mandate:{ID}", True),
        ({"mandate_id": ID}, "citizen", False),
        ({"mandate_id": ID}, f"team:{ID}", False),
        ({"team_id": ID, "acting_as": "developer"}, f"team:{ID}", True),
        ({"team_id": ID, "acting_as": "developer"}, "developer", False),
        ({"post_id": ID, "acting_as": "clerk"}, "clerk", True),
        ({"post_id": ID, "acting_as": "clerk"}, str(ID), True),
        ({"post_id": ID, "acting_as": "clerk"}, "citizen", False),
    ],
)
def test_who_is_not_in_the_context_he_asks_for_does_not_go_on_in_it(context, acting_as, goes_on):
    held = sessions.Session(**{"acting_as": "citizen", **context})

    assert entering._goes_on(held, acting_as) is goes_on


async def test_without_the_setting_a_clerk_enters_his_post_at_once(db):
    _, session = await clerk(acting_as="clerk")

    assert session.acting_as == "clerk"


async def test_staff_need_proof_and_passkey_in_one_session(db):
    sessions.configure(SessionSettings(staff_second_factor=True))
    with pytest.raises(SecondFactorNeeded):
        await clerk(acting_as="clerk")
    token, _ = await clerk()
    with pytest.raises(SecondFactorNeeded):
        await sessions.act_as(await actor_of(token), "clerk", now=NOON)

    token, session = await clerk(method="passkey", level=2, token=token)
    _, post, actor, _ = await sessions.act_as(await actor_of(token), "clerk", now=NOON)

    assert session.second_factor_at == NOON
    assert (session.level, session.method) == (3, "face")  # a weaker passkey adds a factor, nothing else
    assert actor.roles == {Role.CLERK}
    assert post.second_factor_at == NOON


async def test_the_order_of_the_factors_does_not_matter(db):
    sessions.configure(SessionSettings(staff_second_factor=True))
    token, _ = await clerk(method="passkey")

    token, _ = await clerk(method="face", token=token)
    _, _, actor, _ = await sessions.act_as(await actor_of(token), "clerk", now=NOON)

    assert actor.roles == {Role.CLERK}


@pytest.mark.parametrize(
    "methods", [("passkey", "passkey"), ("face", "face"), ("face", "sms"), ("qr", "passkey")]
)
async def test_one_factor_twice_is_one_factor(db, methods):
    sessions.configure(SessionSettings(staff_second_factor=True))
    token = None
    for method in methods:
        token, session = await clerk(method=method, token=token)

    assert session.second_factor_at is None
    with pytest.raises(SecondFactorNeeded):
        await sessions.act_as(await actor_of(token), "clerk", now=NOON)


async def test_citizens_need_no_second_factor(db):
    sessions.configure(SessionSettings(staff_second_factor=True))
    token, _ = await clerk()

    _, session, _, _ = await sessions.act_as(await actor_of(token), "citizen", now=NOON)

    assert session.acting_as == "citizen"


async def told() -> list[str]:
    return [row["type"] for row in await fetch("SELECT type FROM outbox ORDER BY seq")]


async def test_a_new_device_is_news_and_the_first_and_known_ones_are_not(db):
    await enter()
    await enter()
    assert await told() == []

    _, session = await enter(device_word="n" * 32, device="陌生电脑")
    await enter(device_word="n" * 32)

    [row] = await fetch("SELECT type, payload FROM outbox")
    assert row["type"] == "device.first_seen"
    assert str(session.id) in row["payload"] and "陌生" not in row["payload"]


async def test_the_same_device_of_two_persons_cannot_be_recognised(db):
    await enter()
    await enter(persona=WU)

    rows = await fetch("SELECT word_mac FROM known_device")
    assert len({row["word_mac"] for row in rows}) == 2
    assert await told() == []


async def test_a_device_that_keeps_no_word_is_known_by_what_it_calls_itself(db):
    await enter(device_word="", device="旧手机")
    await enter(device_word="", device="旧手机")
    assert await told() == []

    await enter(device_word="", device="别的手机")

    assert await told() == ["device.first_seen"]


async def test_a_device_keeps_the_name_its_owner_gave_it(db):
    token, session = await enter()
    actor = await actor_of(token)

    named = await devices.rename(actor, session.id, " 妈妈的手机 ", now=NOON)
    _, again = await enter(device="Mozilla/5.0")

    assert named.device == again.device == "妈妈的手机"
    assert (await acts())[1] == "session.name"


async def test_only_ones_own_sessions_are_named_and_with_a_name(db):
    token, session = await enter()
    other, _ = await enter(persona=WU)

    with pytest.raises(SessionNotFound):
        await devices.rename(await actor_of(other), session.id, "x", now=NOON)
    for name in ("", " ", "长" * 81, "a\0"):
        with pytest.raises(InvalidInput):
            await devices.rename(await actor_of(token), session.id, name, now=NOON)


async def test_devices_are_forgotten_after_four_hundred_days(db):
    await enter()

    await devices.sweep(now=NOON + timedelta(days=399))
    kept = await fetch("SELECT 1 FROM known_device")
    await devices.sweep(now=NOON + timedelta(days=401))

    assert len(kept) == 1
    assert await fetch("SELECT 1 FROM known_device") == []
