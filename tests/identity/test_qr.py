"""QR sign-in: a phone lets a desktop in, once, no surer than itself, and nobody else can."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from banshi.errors import NotSignedIn, RateLimited
from identity import accounts, levels, sessions
from identity.actor import ANONYMOUS
from identity.errors import QrMismatch, QrNotFound
from identity.methods import qr
from identity.methods.qr import MOVES, QrState
from storage.db import execute, fetch
from storage.ids import new_id
from tests.identity.factories import NOON, WU, make_session
from tests.identity.methods_door import a_caller, door  # noqa: F401
from tests.identity.test_tokens import APP

pytestmark = pytest.mark.usefixtures("door", "db")

LATER = NOON + timedelta(minutes=2)


async def begin(**changes: str):
    return await qr.begin(caller=a_caller(**changes), now=NOON)


async def finish(begun, *, secret: str | None = None, now=NOON, **changes: str):
    return await qr.finish(begun.id, secret or begun.secret, caller=a_caller(**changes), now=now)


async def look(actor, begun, *, address: str = "192.0.2.1", now=NOON):
    return await qr.look(actor, begun.id, address=address, now=now)


async def approved():
    _, phone = await make_session()
    begun = await begin()
    await look(phone, begun)
    await qr.approve(phone, begun.id, begun.number, now=NOON)
    return phone, begun


def test_every_state_has_its_moves():
    assert set(MOVES) == set(QrState)
    assert set().union(*MOVES.values()) | {QrState.WAITING} == set(QrState)


async def test_a_phone_lets_a_desktop_in():
    _, phone = await make_session()
    begun = await begin(device="大厅自助机")
    waiting = await finish(begun)
    asked = await look(phone, begun)
    seen = await finish(begun)
    await qr.approve(phone, begun.id, begun.number, now=NOON)
    done = await finish(begun, device="大厅自助机")

    assert (waiting.state, seen.state, done.state) == (QrState.WAITING, QrState.SEEN, QrState.FINISHED)
    assert asked.device == "大厅自助机"
    assert begun.number in asked.numbers and len(set(asked.numbers)) == qr.CHOICES
    token, session, *_ = done.entered
    actor = await accounts.actor_of(token, now=NOON)
    assert actor.person_id == phone.person_id
    assert (session.level, session.method, session.authenticated_at) == (3, "qr", NOON)
    acts = [row["act"] for row in await fetch("SELECT act FROM audit_row ORDER BY id")]
    assert acts == ["session.open", "session.qr_approve", "session.open"]


async def test_the_code_shown_holds_neither_secret_nor_number():
    begun = await begin()

    assert begun.content == f"http://localhost:8000/qr/{begun.id}"
    assert begun.secret not in begun.content
    assert 10 <= begun.number < 100
    assert begun.expires_at <= LATER


async def test_the_session_is_no_surer_and_no_fresher_than_the_phones():
    _, phone = await make_session(now=NOON - timedelta(minutes=20))
    await execute("UPDATE session SET level = 2 WHERE id = $1", phone.session_id)
    begun = await begin()
    await look(phone, begun)
    await qr.approve(phone, begun.id, begun.number, now=NOON)

    _, session, *_ = (await finish(begun)).entered

    assert (session.level, session.authenticated_at) == (2, NOON - timedelta(minutes=20))
    assert session.second_factor_at is None


async def test_of_many_desktops_with_the_secret_one_gets_in():
    _, begun = await approved()

    found = await asyncio.gather(*(finish(begun) for _ in range(4)), return_exceptions=True)

    entered = [each for each in found if getattr(each, "entered", None)]
    assert len(entered) == 1


async def test_a_request_is_good_once():
    _, begun = await approved()
    await finish(begun)

    again = await finish(begun)

    assert (again.state, again.entered) == (QrState.FINISHED, None)


async def test_who_saw_the_code_but_has_no_secret_gets_nothing():
    _, begun = await approved()

    for secret in ("0" * 64, begun.secret[:-1], begun.secret.upper(), str(begun.id)):
        with pytest.raises(QrNotFound):
            await finish(begun, secret=secret)
    assert (await finish(begun)).entered


async def test_a_wrong_number_ends_the_request():
    _, phone = await make_session()
    begun = await begin()
    asked = await look(phone, begun)
    wrong = next(number for number in asked.numbers if number != begun.number)

    with pytest.raises(QrMismatch):
        await qr.approve(phone, begun.id, wrong, now=NOON)
    with pytest.raises(QrNotFound):
        await qr.approve(phone, begun.id, begun.number, now=NOON)

    assert (await finish(begun)).state is QrState.REFUSED
    assert "session.qr_refuse" in [row["act"] for row in await fetch("SELECT act FROM audit_row")]


async def test_looking_again_shows_the_same_numbers():
    _, phone = await make_session()
    begun = await begin()

    assert (await look(phone, begun)).numbers == (await look(phone, begun)).numbers


async def test_it_belongs_to_whoever_read_it_first():
    _, first = await make_session()
    _, second = await make_session(WU)
    begun = await begin()
    await look(first, begun)

    for act in (
        look(second, begun),
        qr.approve(second, begun.id, begun.number, now=NOON),
        qr.refuse(second, begun.id, now=NOON),
    ):
        with pytest.raises(QrNotFound):
            await act
    assert (await finish(begun)).state is QrState.SEEN


async def test_nothing_is_approved_unseen():
    _, phone = await make_session()
    begun = await begin()

    with pytest.raises(QrNotFound):
        await qr.approve(phone, begun.id, begun.number, now=NOON)


async def test_who_refuses_keeps_the_device_out():
    _, phone = await make_session()
    begun = await begin()
    await look(phone, begun)
    await qr.refuse(phone, begun.id, now=NOON)

    with pytest.raises(QrNotFound):
        await qr.approve(phone, begun.id, begun.number, now=NOON)
    assert (await finish(begun)).state is QrState.REFUSED


async def test_of_yes_and_no_at_once_one_counts():
    _, phone = await make_session()
    begun = await begin()
    await look(phone, begun)

    found = await asyncio.gather(
        qr.approve(phone, begun.id, begun.number, now=NOON),
        qr.refuse(phone, begun.id, now=NOON),
        return_exceptions=True,
    )

    assert [type(each) for each in found].count(QrNotFound) == 1


async def test_after_two_minutes_it_is_over_for_everybody():
    phone, begun = await approved()
    unseen = await begin()

    with pytest.raises(QrNotFound):
        await finish(begun, now=LATER)
    with pytest.raises(QrNotFound):
        await look(phone, unseen, now=LATER)
    await qr.sweep(now=LATER)
    assert await fetch("SELECT 1 FROM qr_sign_in") == []


async def test_a_phone_that_signed_out_meanwhile_lets_nobody_in():
    phone, begun = await approved()
    await sessions.revoke(phone, phone.session_id, now=NOON)

    with pytest.raises(QrNotFound):
        await finish(begun)

    assert await fetch("SELECT 1 FROM session WHERE method = 'qr'") == []
    [refusal] = await fetch("SELECT basis FROM audit_row WHERE act = 'session.refuse'")
    assert refusal["basis"] == "method qr: QR_NOT_FOUND"


async def test_visitors_and_mini_apps_let_nobody_in():
    _, phone = await make_session()
    begun = await begin()

    for actor in (ANONYMOUS, replace(phone, app_id=APP)):
        with pytest.raises(NotSignedIn):
            await look(actor, begun)
        with pytest.raises(NotSignedIn):
            await qr.approve(actor, begun.id, begun.number, now=NOON)


async def test_the_phone_learns_whether_the_device_is_near():
    _, phone = await make_session()
    near, far = await begin(address="192.0.2.1"), await begin(address="198.51.100.7")

    assert (await look(phone, near)).is_near
    assert not (await look(phone, far)).is_near


async def test_a_desktop_that_asks_too_often_waits():
    begun = await begin()
    for _ in range(5):
        await finish(begun)

    with pytest.raises(RateLimited):
        await finish(begun)


async def test_somebody_who_saw_the_code_cannot_use_up_the_desktops_questions():
    begun = await begin()
    for _ in range(12):
        with pytest.raises(QrNotFound):
            await finish(begun, secret="0" * 64)

    assert (await finish(begun)).state is QrState.WAITING


async def test_an_address_begins_so_many(monkeypatch):
    monkeypatch.setattr(qr, "BEGUN_AT_ONCE", 2)
    for _ in range(2):
        await begin(address="192.0.2.9")

    with pytest.raises(RateLimited):
        await begin(address="192.0.2.9")


async def test_a_level_that_fell_is_not_carried_to_the_desktop():
    phone, begun = await approved()
    await execute("UPDATE session SET level = 1 WHERE id = $1", phone.session_id)

    _, session, *_ = (await finish(begun)).entered

    assert session.level == 1
    assert levels.LOWEST == 1


async def test_an_unknown_request_looks_like_one_that_is_over():
    _, phone = await make_session()

    with pytest.raises(QrNotFound):
        await qr.look(phone, new_id(), address="192.0.2.1", now=NOON)
