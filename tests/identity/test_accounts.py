"""Signing in: who gets in, what is counted, and what nobody learns."""

from datetime import UTC, datetime, timedelta

import pytest

from banshi.errors import InvalidInput, RateLimited, Unavailable
from identity import accounts, errors, keys, numbers, people, sandbox, seed, verifier
from identity.methods import sms
from identity.roles import Role
from identity.sandbox import SandboxSender, SandboxVerifier
from identity.settings import SignInSettings
from storage import limits, queue
from storage.db import fetch
from storage.ids import new_id
from storage.settings import QueueSettings
from tests.identity.factories import NOON, WANG, WU, a_form, make_person, make_session

NOBODY = numbers.with_check_digit(sandbox.citizen(7).number[:14] + "499")  # a serial that is nobody's
WIDE = SignInSettings(number_capacity=1000, address_capacity=1000)


@pytest.fixture(autouse=True)
async def door(valkey):
    await queue.connect(QueueSettings(url=valkey.url))
    await queue.redis().flushdb()
    verifier.configure(SandboxVerifier(production=False), sms=SandboxSender())
    accounts.configure(WIDE)
    yield
    accounts.configure(SignInSettings())
    limits.forget()
    await queue.disconnect()


async def enter(method: str = "face", *, address: str | None = None, now=NOON, **changes: str):
    form = a_form(**changes)
    opened = await accounts.sign_in(method, form, address=address or new_id().hex, device="电话", now=now)
    return opened.token, opened.session


async def test_first_sign_in_makes_the_person_and_the_second_finds_him(db):
    token, session = await enter()
    _, again = await enter()

    actor = await accounts.actor_of(token, now=NOON)
    assert actor.roles == {Role.CITIZEN}
    assert again.party_id == session.party_id == actor.person_id
    assert [row["act"] for row in await fetch("SELECT act FROM audit_row")] == ["session.open"] * 2


async def test_typed_number_is_understood_however_written(db):
    _, session = await enter()

    _, spaced = await enter(id_number=" ".join(WANG.number), name=f" {WANG.name} ")

    assert spaced.party_id == session.party_id


async def test_clerk_signs_in_to_his_post_and_a_citizen_does_not(db):
    await seed.seed(now=NOON, personas=True)
    clerk = sandbox.BY_KEY["clerk_health"]

    _, session = await enter(id_number=clerk.number, name=clerk.name, acting_as="clerk")
    with pytest.raises(errors.PostNotHeld):
        await enter(acting_as="clerk")

    assert session.acting_as == "clerk"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "王方"},
        {"face": "no"},
        {"id_number": NOBODY},
        {"id_number": sandbox.BY_KEY["zhao_min"].number, "name": "赵敏"},
        {"id_number": sandbox.citizen(1).number, "name": "王芳"},
    ],
)
async def test_unknown_and_wrong_are_answered_alike_and_count_alike(db, changes):
    db.clear()

    with pytest.raises(errors.NotVerified) as refused:
        await enter(**changes)

    assert refused.value.extensions == {"code": "NOT_VERIFIED", "data": {}}
    door = [f"SELECT {table}" for table in ("sign_in_failure", "person", "party_key")]  # one statement
    assert statements(db)[:5] == [*door, "INSERT sign_in_failure", "INSERT audit_row"]
    assert await fetch("SELECT failures FROM sign_in_failure") == [{"failures": 1}]
    assert await fetch("SELECT act FROM audit_row") == [{"act": "session.refuse"}]


async def test_unknown_method_is_refused_like_a_wrong_answer(db):
    with pytest.raises(errors.NotVerified):
        await enter("smile")


async def test_outage_counts_as_no_failed_try(db):
    ill = sandbox.BY_KEY["qian_duo"]

    with pytest.raises(Unavailable):
        await enter(id_number=ill.number, name=ill.name)

    assert await fetch("SELECT * FROM sign_in_failure") == []


async def test_missing_fields_are_named(db):
    for missing in ("name", "face"):
        with pytest.raises(InvalidInput) as refused:
            await enter(**{missing: ""})
        assert refused.value.data["field"] == missing


async def test_impossible_number_is_refused_before_anything_is_asked(db):
    db.clear()

    with pytest.raises(errors.NumberChecksum):
        await enter(id_number=WANG.number[:17] + ("1" if WANG.number[17] != "1" else "2"))

    assert db == []


@pytest.mark.parametrize("persona", [WANG, None], ids=["known", "unknown"])
async def test_number_is_locked_after_five_failures_for_a_quarter_of_an_hour(db, persona):
    number = persona.number if persona else NOBODY
    for _ in range(5):
        with pytest.raises(errors.NotVerified):
            await enter(id_number=number, name="错了")

    with pytest.raises(errors.SignInLocked) as locked:
        await enter(id_number=number, name=WANG.name)

    assert locked.value.data == {"minutes": "15"}
    assert "15 分钟后再试" in str(locked.value)


async def test_lock_opens_again_and_success_clears_the_count(db):
    for _ in range(5):
        with pytest.raises(errors.NotVerified):
            await enter(name="错了")

    later = NOON + timedelta(minutes=15)
    await enter(now=later)

    assert await fetch("SELECT * FROM sign_in_failure") == []


async def test_failures_long_ago_do_not_count(db):
    for hours in range(8):
        with pytest.raises(errors.NotVerified):
            await enter(name="错了", now=NOON + timedelta(hours=hours))

    assert await fetch("SELECT failures FROM sign_in_failure") == [{"failures": 1}]


async def test_one_address_has_so_many_tries_whatever_the_numbers(db):
    accounts.configure(SignInSettings(address_capacity=3, address_per_s=0.001))
    for number in range(3):
        citizen = sandbox.citizen(number)
        await enter(address="192.0.2.1", id_number=citizen.number, name=citizen.name)

    with pytest.raises(RateLimited):
        await enter(address="192.0.2.1")
    await enter(address="192.0.2.2")


async def test_the_addresses_of_one_ipv6_subscriber_count_as_one(db):
    accounts.configure(SignInSettings(address_capacity=3, address_per_s=0.001))
    for number in range(3):
        citizen = sandbox.citizen(number)
        await enter(address=f"2001:db8:0:1::{number:x}", id_number=citizen.number, name=citizen.name)

    with pytest.raises(RateLimited):
        await enter(address="2001:db8:0:1:ffff::1")
    await enter(address="2001:db8:0:2::1")


async def test_one_number_has_so_many_tries_whatever_the_address(db):
    accounts.configure(SignInSettings(number_capacity=3, number_per_s=0.001))
    forms = [WANG.number, WANG.number.lower(), " ".join(WANG.number)]
    for typed in forms:
        await enter(id_number=typed)

    with pytest.raises(RateLimited):
        await enter()
    await enter(id_number=WU.number, name=WU.name)


async def test_limits_hold_when_valkey_is_lost(db):
    await queue.connect(QueueSettings(url="redis://127.0.0.1:1/0"))
    accounts.configure(SignInSettings(number_capacity=3, number_per_s=0.001))
    for _ in range(3):
        await enter()

    with pytest.raises(RateLimited):
        await enter()


async def test_old_failures_and_tokens_are_swept(db):
    with pytest.raises(errors.NotVerified):
        await enter(name="错了")

    await accounts.sweep(now=NOON + timedelta(minutes=10))
    kept = await fetch("SELECT failures FROM sign_in_failure")
    await accounts.sweep(now=NOON + timedelta(minutes=20))

    assert kept == [{"failures": 1}]
    assert await fetch("SELECT * FROM sign_in_failure") == []


async def test_no_table_holds_personal_data_in_clear(db):
    await enter()
    await sms.send(a_form(), address="192.0.2.1", now=NOON)
    with pytest.raises(errors.NotVerified):
        await enter(name="错了")

    dump = await everything()

    for secret in (WANG.number, WANG.name, WANG.phone, WANG.number[6:], "错了"):
        assert secret not in dump
        assert secret.encode().hex() not in dump


async def test_person_sees_himself_with_numbers_masked(db):
    _, actor = await make_session()

    seen = await accounts.profile(actor)

    assert (seen.name, seen.level, seen.region) == ("王芳", 3, "330106")
    assert seen.number == WANG.number[0] + "*" * 16 + WANG.number[-1]
    assert seen.phone == WANG.phone[:3] + "****" + WANG.phone[-4:]


async def test_a_profile_costs_one_statement(db):
    _, actor = await make_session()
    keys.forget(actor.person_id)
    db.clear()

    await accounts.profile(actor)

    assert len(db) == 1  # the person with his key; he holds no post


async def test_names_are_whole_for_oneself_and_clerks_and_masked_for_others(db):
    await seed.seed(now=NOON, personas=True)
    _, actor = await make_session()
    wu = await make_person(WU)
    _, clerk = await make_session(sandbox.BY_KEY["clerk_health"], acting_as="clerk")
    ids = [actor.person_id, wu.id, new_id()]

    assert await accounts.names(actor, ids) == {actor.person_id: "王芳", wu.id: "吴*"}
    assert await accounts.names(clerk, ids) == {actor.person_id: "王芳", wu.id: "吴刚"}
    await people.erase(wu.id, now=NOON)
    assert (await accounts.names(clerk, ids))[wu.id] == accounts.ERASED_NAME


def statements(sent: list[str]) -> list[str]:
    """What was asked of which of our tables, in order."""
    ours = ("sign_in_failure", "audit_row", "person", "session", "party_key")
    return [f"{sql.split()[0]} {table}" for sql in sent for table in ours if table in sql]


async def everything() -> str:
    """All rows of all tables as text, bytes in hexadecimal."""
    tables = await fetch(
        "SELECT table_name AS name FROM information_schema.role_table_grants"
        " WHERE grantee = 'app' AND privilege_type = 'SELECT' AND table_schema = 'public'"
    )
    rows = [await fetch(f"SELECT t::text AS row FROM {table['name']} t") for table in tables]
    assert len(tables) > 10
    return "\n".join(row["row"] for table in rows for row in table)


@pytest.mark.parametrize("child", ["li_xiaoman", "li_xiaohe"])
async def test_a_child_is_sent_to_its_guardian_and_leaves_no_trace(db, child):
    persona = sandbox.BY_KEY[child]

    with pytest.raises(errors.GuardianNeeded):
        await enter(id_number=persona.number, name=persona.name)

    assert await fetch("SELECT 1 FROM person") == []


async def test_a_child_may_sign_in_from_the_fourteenth_birthday_on(db):
    child = sandbox.BY_KEY["li_xiaohe"]
    birthday = datetime(2030, 5, 31, 16, tzinfo=UTC)  # midnight of 1 June in Shanghai

    with pytest.raises(errors.GuardianNeeded):
        await enter(id_number=child.number, name=child.name, now=birthday - timedelta(seconds=1))
    _, session = await enter(id_number=child.number, name=child.name, now=birthday)

    assert session.acting_as == Role.CITIZEN
