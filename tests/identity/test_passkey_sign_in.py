"""Signing in by passkey: as whoever was verified then, once for each challenge, and nobody else."""

import asyncio
import copy
import statistics
import time
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from identity import accounts, people
from identity.errors import NotVerified
from identity.methods import passkey
from storage.db import execute, fetch
from tests.identity.authenticator import Authenticator
from tests.identity.factories import NOON, WANG, WU, make_session
from tests.identity.methods_door import a_caller, door  # noqa: F401
from tests.identity.test_passkey import enter, register

pytestmark = pytest.mark.usefixtures("door", "db")

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


async def test_an_assertion_is_good_once_even_of_many_at_once():
    _, actor = await make_session()
    device, _ = await register(actor)
    begun = await passkey.begin_sign_in(address="192.0.2.1", now=NOON)
    answer = device.get(begun.options)

    found = await asyncio.gather(
        *(passkey.finish_sign_in(begun.id, answer, caller=a_caller(), now=NOON) for _ in range(6)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in found) == ["NotVerified"] * 5 + ["Opened"]


async def test_an_answer_to_another_challenge_is_refused():
    _, actor = await make_session()
    device, _ = await register(actor)
    mine = await passkey.begin_sign_in(address="192.0.2.1", now=NOON)
    other = await passkey.begin_sign_in(address="192.0.2.1", now=NOON)

    with pytest.raises(NotVerified):
        await passkey.finish_sign_in(other.id, device.get(mine.options), caller=a_caller(), now=NOON)


async def test_a_counter_that_does_not_grow_betrays_a_copy():
    _, actor = await make_session()
    device, _ = await register(actor)
    stolen = copy.copy(device)
    await enter(device)
    await enter(device)

    with pytest.raises(NotVerified):
        await enter(stolen)


async def test_authenticators_that_do_not_count_sign_in_again_and_again():
    _, actor = await make_session()
    device, _ = await register(actor, Authenticator(counts=False))

    await enter(device)
    await enter(device)


async def test_a_key_that_is_nobodys_and_one_of_another_person_sign_nobody_in():
    _, wang = await make_session()
    _, wu = await make_session(WU)
    mine, _ = await register(wang)
    his, _ = await register(wu)
    stranger, forged = Authenticator(user=mine.user), copy.copy(mine)
    forged.key = stranger.key
    renamed = copy.copy(mine)
    renamed.user = his.user

    for device in (stranger, forged, renamed):
        with pytest.raises(NotVerified):
            await enter(device)


@pytest.mark.parametrize("answer", [{}, {"id": "x"}, {"id": 1, "response": []}, {"rawId": "é"}, "{", "[]"])
async def test_nonsense_is_refused_like_a_wrong_key(answer):
    begun = await passkey.begin_sign_in(address="192.0.2.1", now=NOON)

    with pytest.raises(NotVerified) as refused:
        await passkey.finish_sign_in(begun.id, answer, caller=a_caller(), now=NOON)
    assert refused.value.extensions == {"code": "NOT_VERIFIED", "data": {}}


@pytest.mark.parametrize(
    ("then", "now", "level"), [(3, 3, 3), (2, 3, 2), (3, 1, 1)], ids=["same", "was lower", "fell"]
)
async def test_the_level_is_that_of_then_and_no_more_than_that_of_now(then, now, level):
    _, actor = await make_session()
    device, row = await register(actor)
    await execute("UPDATE passkey SET level = $2 WHERE id = $1", row.id, then)
    await execute("UPDATE person SET level = $2 WHERE id = $1", actor.person_id, now)

    _, session = await enter(device)

    assert session.level == level


async def test_nobody_signs_in_as_who_was_erased():
    _, actor = await make_session()
    device, _ = await register(actor)
    await people.erase(actor.person_id, now=NOON)

    with pytest.raises(NotVerified):
        await enter(device)
    for table in ("passkey", "known_device"):
        assert await fetch(f"SELECT 1 FROM {table}") == []


async def test_a_number_that_is_locked_is_open_to_its_owners_passkey():
    _, actor = await make_session()
    device, _ = await register(actor)
    for _ in range(5):
        with pytest.raises(NotVerified):
            await accounts.sign_in(
                "face", {"id_number": WANG.number, "name": "错了", "face": "ok"},
                address="192.0.2.1", device="电话", now=NOON,
            )  # fmt: skip

    await enter(device)


async def test_unknown_and_known_keys_cost_the_same_before_the_signature(db):
    _, actor = await make_session()
    device, _ = await register(actor)
    forged, stranger = copy.copy(device), Authenticator()
    forged.key = stranger.key
    counts = []
    for each in (forged, stranger):
        begun = await passkey.begin_sign_in(address="192.0.2.1", now=NOON)
        answer = each.get(begun.options)
        db.clear()
        with pytest.raises(NotVerified):
            await passkey.finish_sign_in(begun.id, answer, caller=a_caller(), now=NOON)
        counts.append([sql.split("$")[0] for sql in db])

    assert counts[0] == counts[1]


async def test_the_key_that_stands_for_unknown_ones_signs_nobody_in():
    """Its private key is one, so anybody can sign with it."""
    stranger = Authenticator(key=ec.derive_private_key(1, ec.SECP256R1()))

    with pytest.raises(NotVerified):
        await enter(stranger)


async def test_a_known_key_is_not_told_by_the_time_it_takes():
    """Unknown ones are checked against a key, too: of the same work it is two fifths at least."""
    _, actor = await make_session()
    device, _ = await register(actor)
    forged, stranger = copy.copy(device), Authenticator()
    forged.key = stranger.key
    spent = {}
    for name, each in (("known", forged), ("unknown", stranger)):
        times = []
        for _ in range(15):
            begun = await passkey.begin_sign_in(address="192.0.2.1", now=NOON)
            answer, began = each.get(begun.options), time.process_time()
            with pytest.raises(NotVerified):
                await passkey.finish_sign_in(begun.id, answer, caller=a_caller(), now=NOON)
            times.append(time.process_time() - began)
        spent[name] = statistics.median(times)

    assert 0.4 < spent["known"] / spent["unknown"] < 2.5
