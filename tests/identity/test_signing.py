"""Signing: our own statements verify, for their purpose only, also after a rotation."""

import asyncio
import base64
import json

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from identity import signing
from identity.signing import BadSignature, Purpose
from storage.db import execute, fetch
from storage.seal import Tampered
from tests.identity.factories import NOON

PAYLOAD = {"case": "0193", "granted": True, "name": "出生医学证明"}


async def test_signed_payload_verifies(db):
    token = await signing.sign(Purpose.CERTIFICATE, PAYLOAD, now=NOON)

    assert await signing.verify(Purpose.CERTIFICATE, token) == PAYLOAD


async def test_outsider_verifies_with_the_public_keys_alone(db):
    token = await signing.sign(Purpose.ID_TOKEN, PAYLOAD, now=NOON)
    (public,) = await signing.public_keys(Purpose.ID_TOKEN)

    found = jws.deserialize_compact(token, ECKey.import_key(public), algorithms=["ES256"])

    assert found.headers() == {"alg": "ES256", "kid": public["kid"], "typ": "JWT"}
    assert "d" not in public


async def test_signature_for_one_purpose_is_worth_nothing_for_another(db):
    token = await signing.sign(Purpose.PREDICATE, PAYLOAD, now=NOON)
    await signing.sign(Purpose.CERTIFICATE, PAYLOAD, now=NOON)

    with pytest.raises(BadSignature):
        await signing.verify(Purpose.CERTIFICATE, token)


@pytest.mark.parametrize("place", [0, 5, -1])
async def test_changed_token_is_refused(db, place):
    token = await signing.sign(Purpose.CERTIFICATE, PAYLOAD, now=NOON)
    head, body, signature = token.split(".")
    flipped = {0: ("A" + head[1:], body, signature), 5: (head, body[:-2] + "AA", signature)}
    changed = flipped.get(place, (head, body, "A" * len(signature)))

    with pytest.raises(BadSignature):
        await signing.verify(Purpose.CERTIFICATE, ".".join(changed))


@pytest.mark.parametrize("token", ["", "a.b.c", "....", "eyJhbGciOiJub25lIn0.e30."])
async def test_nonsense_is_refused(db, token):
    with pytest.raises(BadSignature):
        await signing.verify(Purpose.CERTIFICATE, token)


async def test_key_chosen_by_the_forger_is_refused(db):
    await signing.sign(Purpose.CERTIFICATE, PAYLOAD, now=NOON)
    (public,) = await signing.public_keys(Purpose.CERTIFICATE)
    own = ECKey.generate_key("P-256")
    header = {
        "alg": "ES256",
        "kid": public["kid"],
        "typ": "certificate+jws",
        "jwk": own.as_dict(private=False),
    }

    forged = jws.serialize_compact(header, b"{}", own, algorithms=["ES256"])

    with pytest.raises(BadSignature):
        await signing.verify(Purpose.CERTIFICATE, forged)


async def test_rotation_signs_with_a_new_key_and_keeps_the_old_valid(db):
    before = await signing.sign(Purpose.AUDIT_HEAD, PAYLOAD, now=NOON)

    await signing.rotate(Purpose.AUDIT_HEAD, now=NOON)
    after = await signing.sign(Purpose.AUDIT_HEAD, PAYLOAD, now=NOON)

    for token in (before, after):
        assert await signing.verify(Purpose.AUDIT_HEAD, token) == PAYLOAD
    assert len(await signing.public_keys(Purpose.AUDIT_HEAD)) == 2
    assert before.split(".")[0] != after.split(".")[0]


async def test_first_uses_at_once_make_one_key(db):
    await asyncio.gather(*(signing.sign(Purpose.ID_TOKEN, {}, now=NOON) for _ in range(4)))

    assert len(await signing.public_keys(Purpose.ID_TOKEN)) == 1


async def test_private_key_is_wrapped_and_bound_to_its_purpose(db):
    await signing.sign(Purpose.ID_TOKEN, {}, now=NOON)

    (row,) = await fetch("SELECT wrapped FROM signing_key")
    await execute("UPDATE signing_key SET purpose = 'predicate'")

    assert b"EC PRIVATE" not in row["wrapped"]
    with pytest.raises(Tampered):
        await signing.sign(Purpose.PREDICATE, {}, now=NOON)


@pytest.fixture
def national():
    signing.configure("sm2")
    yield
    signing.configure("es256")


def header(token: str) -> dict:
    part = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


async def test_with_national_algorithms_all_but_jwts_are_signed_with_sm2(db, national):
    for purpose in Purpose:
        token = await signing.sign(purpose, {"n": 1}, now=NOON)

        assert header(token)["alg"] == ("ES256" if purpose in signing.JWTS else "SGD_SM3_SM2")
        assert await signing.verify(purpose, token) == {"n": 1}


async def test_a_change_of_the_setting_makes_new_keys_and_keeps_old_signatures_good(db):
    old = await signing.sign(Purpose.CERTIFICATE, {"n": 1}, now=NOON)
    signing.configure("sm2")
    new = await signing.sign(Purpose.CERTIFICATE, {"n": 2}, now=NOON)
    again = await signing.sign(Purpose.CERTIFICATE, {"n": 3}, now=NOON)
    signing.configure("es256")
    back = await signing.sign(Purpose.CERTIFICATE, {"n": 4}, now=NOON)

    assert [header(token)["alg"] for token in (old, new, back)] == ["ES256", "SGD_SM3_SM2", "ES256"]
    assert header(new)["kid"] == header(again)["kid"]
    for number, token in enumerate((old, new, again, back), start=1):
        assert await signing.verify(Purpose.CERTIFICATE, token) == {"n": number}
    kinds = [key["crv"] for key in await signing.public_keys(Purpose.CERTIFICATE)]
    assert kinds == ["P-256", "SM2", "P-256"]


async def test_a_token_of_sm2_is_refused_when_a_character_of_it_changes(db, national):
    token = await signing.sign(Purpose.AUDIT_HEAD, {"n": 1}, now=NOON)

    for place in range(0, len(token), 7):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(BadSignature):
            await signing.verify(Purpose.AUDIT_HEAD, token[:place] + other + token[place + 1 :])
    with pytest.raises(BadSignature):
        await signing.verify(Purpose.CERTIFICATE, token)
