"""ID card and SMS code: one code, one use, few tries, and the same for whoever is not known."""

import asyncio
import re
from datetime import timedelta

import pytest

from banshi.errors import InvalidInput, RateLimited, Unavailable
from identity import accounts, numbers, sandbox, verifier
from identity.errors import NotVerified, NumberChecksum, SignInLocked
from identity.methods import sms
from identity.sandbox import SandboxVerifier
from storage import limits, queue
from storage.db import fetch
from storage.ids import new_id
from tests.identity.factories import NOON, WANG, WU, a_form, code_sent
from tests.identity.methods_door import door  # noqa: F401

pytestmark = pytest.mark.usefixtures("door", "db")

NOBODY = numbers.with_check_digit(sandbox.citizen(7).number[:14] + "499")  # a serial that is nobody's
MINUTE = timedelta(minutes=1)


async def send(*, now=NOON, address: str | None = None, **changes: str):
    return await sms.send(a_form(**changes), address=address or new_id().hex, now=now)


async def enter(code: str, *, now=NOON, **changes: str):
    form = a_form(code=code, **changes)
    return (await accounts.sign_in("sms", form, address=new_id().hex, device="电话", now=now))[:2]


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def forget_limits() -> None:
    await queue.redis().flushdb()
    limits.forget()


async def test_the_code_sent_to_the_registered_phone_signs_in_at_level_two():
    sent = await send()
    [message] = await sandbox.messages()
    token, session = await enter(await code_sent())

    assert message.phone == WANG.phone
    assert "请勿告诉任何人" in message.text
    assert sent.expires_at == NOON + 5 * MINUTE
    assert (session.level, session.method) == (2, "sms")
    assert await accounts.actor_of(token, now=NOON) is not None
    [row] = await fetch("SELECT act, basis FROM audit_row")
    assert (row["act"], row["basis"]) == ("session.open", "method sms")


async def test_codes_are_drawn_from_all_of_six_digits():
    codes = []
    for _ in range(8):
        await send()
        codes.append(await code_sent())
        await forget_limits()

    assert all(re.fullmatch(r"\d{6}", code) for code in codes)
    assert len(set(codes)) > 1


async def test_a_code_is_good_once():
    await send()
    code = await code_sent()
    await enter(code)

    with pytest.raises(NotVerified):
        await enter(code)


async def test_of_many_at_once_one_gets_in():
    await send()
    code = await code_sent()

    found = await asyncio.gather(*(enter(code) for _ in range(8)), return_exceptions=True)

    assert len([each for each in found if isinstance(each, tuple)]) == 1
    assert {type(each) for each in found} <= {tuple, NotVerified, SignInLocked}


async def test_a_code_ends_after_five_minutes():
    await send()

    with pytest.raises(NotVerified):
        await enter(await code_sent(), now=NOON + 5 * MINUTE)


async def test_a_newer_code_ends_the_older():
    await send()
    old = await code_sent()
    await forget_limits()
    await send(now=NOON + MINUTE)
    new = await code_sent()

    if old != new:
        with pytest.raises(NotVerified):
            await enter(old, now=NOON + MINUTE)
    await enter(new, now=NOON + MINUTE)


async def test_after_five_wrong_tries_the_right_code_is_wrong_too():
    await send()
    code = await code_sent()
    for _ in range(sms.TRIES):
        assert not await sms._spend(sms._who(WANG.number, WANG.name), another(code), now=NOON)

    assert not await sms._spend(sms._who(WANG.number, WANG.name), code, now=NOON)


async def test_guesses_at_once_are_each_counted():
    await send()
    code = await code_sent()
    who = sms._who(WANG.number, WANG.name)

    guesses = [f"{number:06d}" for number in range(40) if f"{number:06d}" != code]
    await asyncio.gather(*(sms._spend(who, guess, now=NOON) for guess in guesses))

    [row] = await fetch("SELECT tries FROM sms_code")
    assert row["tries"] == sms.TRIES


async def test_the_code_of_one_is_no_use_for_another():
    await send()
    code = await code_sent()

    with pytest.raises(NotVerified):
        await enter(code, id_number=WU.number, name=WU.name)


@pytest.mark.parametrize("changes", [{"id_number": NOBODY}, {"name": "王方"}], ids=["unknown", "misnamed"])
async def test_asking_for_a_code_tells_nobody_who_is_known(db, changes):
    known = await send()
    sent_for_known = [sql.split("(")[0] for sql in db]
    db.clear()
    await forget_limits()

    unknown = await send(**changes)

    assert unknown == known
    assert [sql.split("(")[0] for sql in db] == sent_for_known
    assert len(await sandbox.messages()) == 1


async def test_a_wrong_code_costs_the_same_statements_for_known_and_unknown(db):
    counts = []
    for changes in ({}, {"id_number": NOBODY}):
        await send(**changes)
        db.clear()
        with pytest.raises(NotVerified):
            await enter("000000" if await code_sent() != "000000" else "000001", **changes)
        counts.append([sql.split("$")[0] for sql in db])

    assert counts[0] == counts[1]


@pytest.mark.parametrize("number", [WANG.number, NOBODY], ids=["known", "unknown"])
async def test_five_failures_lock_the_number_for_known_and_unknown(number):
    for _ in range(5):
        with pytest.raises(NotVerified):
            await enter("000000", id_number=number)

    with pytest.raises(SignInLocked) as locked:
        await enter("000000", id_number=number)
    assert locked.value.data == {"minutes": "15"}


@pytest.mark.parametrize("number", [WANG.number, NOBODY], ids=["known", "unknown"])
async def test_the_next_code_for_a_number_is_a_minute_away(number):
    await send(id_number=number)

    with pytest.raises(RateLimited) as refused:
        await send(id_number=number)
    assert 50 < int(refused.value.data["retry_after_s"]) <= 60


async def test_one_address_asks_for_so_many_codes(monkeypatch):
    monkeypatch.setattr(sms, "PER_ADDRESS", 3)
    for seed in range(3):
        citizen = sandbox.citizen(seed)
        await send(address="192.0.2.1", id_number=citizen.number, name=citizen.name)

    with pytest.raises(RateLimited):
        await send(address="192.0.2.1", id_number=WU.number, name=WU.name)
    await send(address="192.0.2.2", id_number=WU.number, name=WU.name)


async def test_a_phone_that_got_too_many_gets_no_more_and_nobody_is_told(monkeypatch):
    monkeypatch.setattr(sms, "PER_PHONE", 1)
    await send()
    await queue.redis().delete(limits.key_of(f"sms:pause:{sms.people.number_blind(WANG.number).hex()}"))
    kept = limits.key_of(f"sms:pause:{sms.people.number_blind(WANG.number).hex()}")
    limits._local.pop(kept)

    await send(now=NOON + MINUTE)

    assert len(await sandbox.messages()) == 1


async def test_what_cannot_be_anybodys_is_refused_at_once():
    with pytest.raises(NumberChecksum):
        await send(id_number=WANG.number[:17] + ("1" if WANG.number[17] != "1" else "2"))
    with pytest.raises(InvalidInput):
        await send(name=" ")
    with pytest.raises(InvalidInput):
        await enter(" ")


async def test_nobody_gets_in_where_no_operator_is_connected():
    verifier.configure(SandboxVerifier(production=False))

    with pytest.raises(Unavailable):
        await send()


async def test_an_outage_is_no_failed_try():
    ill = sandbox.BY_KEY["qian_duo"]

    with pytest.raises(Unavailable):
        await send(id_number=ill.number, name=ill.name)
    with pytest.raises(Unavailable):
        await enter("000000", id_number=ill.number, name=ill.name)
    assert await fetch("SELECT 1 FROM sign_in_failure") == []


async def test_codes_and_messages_are_swept():
    await send()

    await sms.sweep(now=NOON + 5 * MINUTE)

    assert await fetch("SELECT 1 FROM sms_code") == []


async def test_a_leaked_table_gives_no_code_away():
    await send()
    code = await code_sent()

    [row] = await fetch("SELECT t::text AS row FROM sms_code t")

    assert code not in row["row"]
    assert WANG.number not in row["row"]
