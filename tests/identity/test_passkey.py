"""Passkeys: registered after real-name proof, bound to our origin, kept by their owner."""

from dataclasses import replace
from datetime import timedelta

import pytest

from banshi.errors import InvalidInput
from identity import accounts, opening
from identity.errors import NotVerified, PasskeyNotFound, PasskeyRefused, StepUpNeeded
from identity.methods import credentials, passkey
from identity.verifier import Evidence
from storage.db import fetch
from storage.ids import new_id
from tests.identity.authenticator import PRESENT, VERIFIED, Authenticator
from tests.identity.factories import NOON, WANG, WU, make_person, make_session
from tests.identity.methods_door import a_caller, door  # noqa: F401
from tests.identity.test_tokens import APP

pytestmark = pytest.mark.usefixtures("door", "db")

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


async def register(actor, device: Authenticator | None = None, *, now=NOON, name: str = ""):
    device = device or Authenticator()
    begun = await passkey.begin_registration(actor, now=now)
    made = device.create(begun.options)
    return device, await passkey.finish_registration(actor, begun.id, made, name=name, now=now)


async def enter(device: Authenticator, *, now=NOON, number: str = "", **caller: str):
    begun = await passkey.begin_sign_in({"id_number": number}, address="192.0.2.1", now=now)
    answer = device.get(begun.options)
    return (await passkey.finish_sign_in(begun.id, answer, caller=a_caller(**caller), now=now))[:2]


async def test_a_passkey_signs_in_as_the_one_who_was_verified():
    _, actor = await make_session()
    device, row = await register(actor)

    token, session = await enter(device, now=NOON + DAY)

    again = await accounts.actor_of(token, now=NOON + DAY)
    assert again.person_id == actor.person_id
    assert (session.level, session.method, session.authenticated_at) == (3, "passkey", NOON + DAY)
    assert session.evidence_id == f"passkey-{row.id.hex}"
    acts = [row["act"] for row in await fetch("SELECT act FROM audit_row ORDER BY id")]
    assert acts == ["session.open", "passkey.add", "session.open"]


async def test_options_ask_for_a_discoverable_key_and_a_verified_user():
    _, actor = await make_session()
    new = (await passkey.begin_registration(actor, now=NOON)).options
    known = (await passkey.begin_sign_in(address="192.0.2.1", now=NOON)).options

    assert new["rp"] == {"name": passkey.RP_NAME, "id": "localhost"}
    assert new["authenticatorSelection"]["residentKey"] == "required"
    assert new["authenticatorSelection"]["userVerification"] == "required"
    assert new["attestation"] == "none"
    assert known["userVerification"] == "required" and known["rpId"] == "localhost"
    assert not known.get("allowCredentials")
    assert WANG.name not in str(new) and WANG.number not in str(new)
    assert str(actor.person_id) not in str(new) and actor.person_id.hex not in str(new)


@pytest.mark.parametrize("number", ["", WANG.number, WU.number])
async def test_options_are_alike_for_those_who_have_passkeys_and_those_who_have_none(number):
    _, actor = await make_session()
    await register(actor)

    begun = await passkey.begin_sign_in({"id_number": number}, address="192.0.2.1", now=NOON)

    del begun.options["challenge"]
    assert begun.options == {
        "timeout": 60000, "rpId": "localhost", "allowCredentials": [], "userVerification": "required"
    }  # fmt: skip


async def test_with_a_number_typed_only_its_bearers_passkey_is_good():
    _, actor = await make_session()
    device, _ = await register(actor)

    await enter(device, number=WANG.number)
    with pytest.raises(NotVerified):
        await enter(device, number=WU.number)


@pytest.mark.parametrize("minutes", [0, 9])
async def test_registration_needs_a_fresh_proof(minutes):
    _, actor = await make_session()

    await passkey.begin_registration(actor, now=NOON + minutes * MINUTE)
    with pytest.raises(StepUpNeeded) as refused:
        await passkey.begin_registration(actor, now=NOON + 11 * MINUTE)
    assert refused.value.data == {"acr_values": "urn:banshi:level:2", "max_age": "600"}


@pytest.mark.parametrize("method", ["qr", "passkey", "network_id"])
async def test_registration_needs_a_proof_by_id_card(method):
    person = await make_person()
    evidence = Evidence(level=3, method=method, at=NOON, evidence_id="e")
    token, *_ = await opening.open(evidence, person, acting_as="citizen", device="电话", now=NOON)
    actor = await accounts.actor_of(token, now=NOON)

    with pytest.raises(StepUpNeeded):
        await passkey.begin_registration(actor, now=NOON)


async def test_registration_needs_level_two_and_no_mini_app():
    _, actor = await make_session()

    for worse in (replace(actor, level=1), replace(actor, app_id=APP)):
        with pytest.raises(StepUpNeeded):
            await passkey.begin_registration(worse, now=NOON)


async def test_a_registration_is_finished_by_the_session_that_began_it():
    _, first = await make_session()
    _, second = await make_session()
    _, other = await make_session(WU)
    begun = await passkey.begin_registration(first, now=NOON)
    made = Authenticator().create(begun.options)

    for actor in (second, other):
        with pytest.raises(PasskeyRefused):
            await passkey.finish_registration(actor, begun.id, made, now=NOON)
    await passkey.finish_registration(first, begun.id, made, now=NOON)


async def test_a_challenge_is_good_once_and_for_five_minutes():
    _, actor = await make_session()
    begun = await passkey.begin_registration(actor, now=NOON)
    made = Authenticator().create(begun.options)
    late = await passkey.begin_registration(actor, now=NOON)

    await passkey.finish_registration(actor, begun.id, made, now=NOON)
    with pytest.raises(PasskeyRefused):
        await passkey.finish_registration(actor, begun.id, made, now=NOON)
    with pytest.raises(PasskeyRefused):
        await passkey.finish_registration(
            actor, late.id, Authenticator().create(late.options), now=NOON + 5 * MINUTE
        )


BAD_DEVICES = [
    pytest.param({"origin": "http://localhost.evil.example"}, id="origin"),
    pytest.param({"origin": "http://localhost:8001"}, id="port"),
    pytest.param({"origin": "https://localhost:8000"}, id="scheme"),
    pytest.param({"rp_id": "evil.example"}, id="rp id"),
    pytest.param({"flags": PRESENT}, id="user not verified"),
    pytest.param({"flags": VERIFIED}, id="user not present"),
]


@pytest.mark.parametrize("changes", BAD_DEVICES)
async def test_what_was_made_elsewhere_or_by_nobody_is_not_registered(changes):
    _, actor = await make_session()

    with pytest.raises(PasskeyRefused):
        await register(actor, Authenticator(**changes))
    assert await fetch("SELECT 1 FROM passkey") == []


@pytest.mark.parametrize("changes", BAD_DEVICES)
async def test_what_was_signed_elsewhere_or_by_nobody_does_not_sign_in(changes):
    _, actor = await make_session()
    device, _ = await register(actor)
    for name, value in changes.items():
        setattr(device, name, value)

    with pytest.raises(NotVerified):
        await enter(device)
    [row] = await fetch("SELECT basis FROM audit_row WHERE act = 'session.refuse'")
    assert row["basis"] == "method passkey: NOT_VERIFIED"


async def test_an_answer_of_the_other_kind_is_no_answer():
    _, actor = await make_session()
    device, _ = await register(actor)
    begun = await passkey.begin_sign_in(address="192.0.2.1", now=NOON)
    crossed = device.get(begun.options, kind="webauthn.create")

    with pytest.raises(NotVerified):
        await passkey.finish_sign_in(begun.id, crossed, caller=a_caller(), now=NOON)
    new = await passkey.begin_registration(actor, now=NOON)
    with pytest.raises(PasskeyRefused):
        await passkey.finish_registration(
            actor, new.id, Authenticator().create(new.options, kind="webauthn.get"), now=NOON
        )


async def test_a_challenge_for_registering_signs_nobody_in():
    _, actor = await make_session()
    device, _ = await register(actor)
    begun = await passkey.begin_registration(actor, now=NOON)

    with pytest.raises(NotVerified):
        await passkey.finish_sign_in(begun.id, device.get(begun.options), caller=a_caller(), now=NOON)


async def test_a_person_has_several_names_them_and_removes_them():
    _, actor = await make_session()
    first, one = await register(actor, name=" 我的手机 ")
    _, two = await register(actor)

    renamed = await passkey.rename(actor, two.id, "书房电脑", now=NOON)
    await passkey.remove(actor, one.id, now=NOON)

    assert one.name == "我的手机" and renamed.name == "书房电脑"
    assert two.name.startswith("通行密钥 2026-11-20")
    assert [row.id for row in await passkey.list_(actor)] == [two.id]
    with pytest.raises(NotVerified):
        await enter(first)


async def test_others_passkeys_are_not_there():
    _, actor = await make_session()
    _, other = await make_session(WU)
    _, row = await register(actor)

    assert await passkey.list_(other) == []
    for id in (row.id, new_id()):
        with pytest.raises(PasskeyNotFound):
            await passkey.rename(other, id, "x", now=NOON)
        with pytest.raises(PasskeyNotFound):
            await passkey.remove(other, id, now=NOON)


async def test_removing_needs_a_fresh_proof():
    _, actor = await make_session()
    _, row = await register(actor)

    with pytest.raises(StepUpNeeded):
        await passkey.remove(actor, row.id, now=NOON + 11 * MINUTE)


@pytest.mark.parametrize("name", ["长" * 41, "a\0b", "a\nb"])
async def test_a_name_fits_the_list(name):
    _, actor = await make_session()
    _, row = await register(actor)

    with pytest.raises(InvalidInput):
        await passkey.rename(actor, row.id, name, now=NOON)


async def test_ten_are_enough():
    _, actor = await make_session()
    for _ in range(credentials.MOST):
        await register(actor)

    with pytest.raises(PasskeyRefused):
        await passkey.begin_registration(actor, now=NOON)


async def test_the_same_key_is_registered_once():
    _, actor = await make_session()
    _, other = await make_session(WU)
    device, _ = await register(actor)

    for again in (actor, other):
        with pytest.raises(PasskeyRefused):
            await register(again, device)


async def test_adding_and_removing_are_told():
    _, actor = await make_session()
    _, row = await register(actor)
    await passkey.remove(actor, row.id, now=NOON)

    rows = await fetch("SELECT type, party_id FROM outbox ORDER BY seq")
    assert [each["type"] for each in rows] == ["passkey.added", "passkey.removed"]
    assert {str(each["party_id"]) for each in rows} == {str(actor.person_id)}


async def test_unanswered_challenges_are_swept():
    await passkey.begin_sign_in(address="192.0.2.1", now=NOON)

    await credentials.sweep(now=NOON + 5 * MINUTE)

    assert await fetch("SELECT 1 FROM passkey_challenge") == []
