"""Assertions of clients with keys: RFC 7523 3, RFC 8725, FAPI 2.0 5.3.2.1."""

import json
import secrets
import time

import pytest

from tests.api.oidc.negative.answers import ids, refused
from tests.api.oidc.negative.forging import LONG_LIST, OWN, RSA, as_secret, forged, part
from tests.api.oidc.relying import ASSERTION, CALLBACK, ISSUER, signed

HEADER = {"alg": "ES256", "kid": "k1"}


def claims(me, **changes):
    now = int(time.time())
    payload = {
        "iss": me.client_id, "sub": me.client_id, "aud": ISSUER, "jti": secrets.token_hex(8), "exp": now + 60,
        "iat": now,
    }  # fmt: skip
    return {name: value for name, value in (payload | changes).items() if value is not None}


def with_header(me, **changes) -> str:
    return forged(me.key, HEADER | changes, claims(me))


def with_text(me, payload: str) -> str:
    return forged(me.key, HEADER, payload)


def by(algorithm: str, key, me) -> str:
    return forged(key, HEADER | {"alg": algorithm}, claims(me), algorithm)


def twice(me) -> str:
    return with_text(me, json.dumps(claims(me))[:-1] + ', "sub": "rp_other"}')


NOW = time.time  # when tests are collected: half an hour before the last of them runs
CLAIMS = [
    ("aud of another server", {"aud": "https://evil.example"}, "aud"),
    ("aud missing", {"aud": None}, "aud"),
    ("aud with a slash", {"aud": ISSUER + "/"}, "aud"),
    ("aud an empty list", {"aud": []}, "aud"),
    ("aud a number", {"aud": 5}, "aud"),
    ("aud an object", {"aud": {"a": ISSUER}}, "aud"),
    ("iss of another client", {"iss": "rp_other"}, "iss and sub"),
    ("iss missing", {"iss": None}, "iss and sub"),
    ("iss our own", {"iss": ISSUER}, "iss and sub"),
    ("sub missing", {"sub": None}, "sub"),
    ("sub a list", {"sub": ["x"]}, "sub"),
    ("jti missing", {"jti": None}, "jti"),
    ("jti empty", {"jti": ""}, "jti"),
    ("jti a number", {"jti": 7}, "jti"),
    ("jti very long", {"jti": "x" * 300}, "jti"),
    ("jti with a NUL", {"jti": "a\0b"}, "jti"),
    ("expired", {"exp": int(NOW()) - 61}, "expired"),
    ("exp missing", {"exp": None}, "exp"),
    ("exp a text", {"exp": "9999999999"}, "exp"),
    ("exp true", {"exp": True}, "exp"),
    ("exp below nothing", {"exp": -1}, "exp"),
    ("exp far away", {"exp": int(NOW()) + 86_400}, "exp"),
    ("exp beyond all time", {"exp": 10**18}, "exp"),
    ("exp hours away", {"exp": int(NOW()) + 7_200}, "exp"),
    ("iat yet to come", {"iat": int(NOW()) + 7_200}, "iat"),
    ("nbf yet to come", {"nbf": int(NOW()) + 7_200}, "nbf"),
    ("iat a text", {"iat": "now"}, "iat"),
    ("nbf an object", {"nbf": {}}, "nbf"),
]
MADE = [
    ("alg none", lambda me: f"{part({'alg': 'none'})}.{part(claims(me))}."),
    ("alg None", lambda me: f"{part({'alg': 'None'})}.{part(claims(me))}."),
    ("alg missing", lambda me: forged(me.key, {"kid": "k1"}, claims(me))),
    ("alg a list", lambda me: forged(me.key, {"alg": ["ES256"], "kid": "k1"}, claims(me))),
    ("alg an object", lambda me: forged(me.key, {"alg": {}, "kid": "k1"}, claims(me))),
    ("RS256", lambda me: by("RS256", RSA, me)),
    ("PS256 of another key", lambda me: by("PS256", RSA, me)),
    ("HS256 with the public key", lambda me: by("HS256", as_secret(me.key), me)),
    ("signed by another key", lambda me: signed(OWN, {"alg": "ES256", "kid": "k1"}, claims(me))),
    ("a kid that is not registered", lambda me: with_header(me, kid="k2")),
    ("a kid that is a path", lambda me: with_header(me, kid="../../dev/null")),
    ("a kid that is SQL", lambda me: with_header(me, kid="k1' OR '1'='1")),
    ("a kid that is a list", lambda me: forged(me.key, {"alg": "ES256", "kid": ["k1"]}, claims(me))),
    ("a key that came along", lambda me: signed(
        OWN, {"alg": "ES256", "jwk": OWN.as_dict(private=False)}, claims(me))),
    ("a key to fetch", lambda me: with_header(me, jku="http://127.0.0.1:1/keys")),
    ("a certificate to fetch", lambda me: with_header(me, x5u="http://127.0.0.1:1/cert")),
    ("a certificate that came along", lambda me: with_header(me, x5c=["AAAA"])),
    ("crit of something unknown", lambda me: forged(
            me.key, {"alg": "ES256", "kid": "k1", "crit": ["exp"], "exp": 1}, claims(me))),
    ("b64 false", lambda me: with_header(me, b64=False, crit=["b64"])),
    ("zip", lambda me: forged(me.key, {"alg": "ES256", "kid": "k1", "zip": "DEF"}, claims(me))),
    ("typ of a DPoP proof", lambda me: with_header(me, typ="dpop+jwt")),
    ("typ of an access token", lambda me: with_header(me, typ="at+jwt")),
    ("typ of a logout token", lambda me: with_header(me, typ="logout+jwt")),
    ("typ a list", lambda me: forged(me.key, {"alg": "ES256", "kid": "k1", "typ": ["JWT"]}, claims(me))),
    ("a claim twice", twice),
    ("exp NaN", lambda me: forged(me.key, HEADER, claims(me, exp=float("nan")))),
    ("longer than 10 kB", lambda me: signed(me.key, {"alg": "ES256"}, claims(me, x="y" * 10_000))),
    ("a header of 7 kB", lambda me: forged(me.key, {"alg": "ES256", "kid": "k" * 4_000}, claims(me))),
    ("deeply nested", lambda me: forged(me.key, {"alg": "ES256"}, LONG_LIST)),
    ("payload a list", lambda me: with_text(me, "[]")),
    ("payload no JSON", lambda me: with_text(me, "hello")),
    ("half a surrogate as sub", lambda me: with_text(me, json.dumps(claims(me, sub="\ud800")))),
    ("half a surrogate as jti", lambda me: with_text(me, json.dumps(claims(me, jti="\ud800")))),
    ("five parts", lambda me: with_header(me) + ".a.b"),
    ("two parts", lambda me: with_header(me).rpartition(".")[0]),
    ("no signature", lambda me: with_header(me).rpartition(".")[0] + "."),
    ("another's payload", lambda me: ".".join(
        [with_header(me).split(".")[0], part(claims(me, x=1)), with_header(me).split(".")[2]])),
    ("garbage", lambda me: "garbage"),
    ("not ASCII", lambda me: "é.é.é"),
]  # fmt: skip


async def redeem(world, me, assertion, **besides):
    code = await world.code(me)
    body = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK,
        "code_verifier": me.verifier,
        "client_assertion_type": ASSERTION, "client_assertion": assertion,
    } | besides  # fmt: skip
    async with world.unwritten():
        answer = await world.http.post("/oauth/token", data=body)
    assert (await me.redeem(code)).status_code == 200
    return answer


@pytest.mark.parametrize(("_case", "changes", "says"), CLAIMS, ids=ids(CLAIMS))
async def test_an_assertion_with_a_wrong_claim_proves_nothing(world, _case, changes, says):
    me = world["key"]

    answer = await redeem(world, me, signed(me.key, {"alg": "ES256", "kid": "k1"}, claims(me, **changes)))

    refused(answer, 401, "invalid_client", says)


@pytest.mark.parametrize(("_case", "made"), MADE, ids=ids(MADE))
async def test_an_assertion_made_wrongly_proves_nothing(world, _case, made):
    me = world["key"]
    assertion = made(me)
    answer = await redeem(world, me, assertion)

    if len(assertion) > 10_000:
        refused(answer, 400, "invalid_request", "too long")
    else:
        refused(answer, 401, "invalid_client")


async def test_an_assertion_is_good_once_at_whichever_endpoint(world):
    me = world["key"]
    body = {"token": "x", "client_assertion_type": ASSERTION, "client_assertion": me.assertion()}
    assert (await world.http.post("/oauth/introspect", data=body)).status_code == 200

    async with world.unwritten():
        for endpoint in ("introspect", "revoke", "token", "par"):
            refused(
                await world.http.post(f"/oauth/{endpoint}", data=body), 401, "invalid_client", "seen before"
            )


async def test_another_clients_assertion_does_not_do_for_this_one(world):
    async with world.unwritten():
        answer = await world.http.post(
            "/oauth/introspect",
            data={
                "token": "x", "client_id": world["fapi2"].client_id, "client_assertion_type": ASSERTION,
                "client_assertion": world["key"].assertion(),
            },
        )  # fmt: skip

    refused(answer, 401, "invalid_client")


@pytest.mark.parametrize(
    "kind", ["", "jwt-bearer", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"]
)
async def test_the_assertions_type_is_said(world, kind):
    me = world["key"]

    answer = await redeem(world, me, me.assertion(), client_assertion_type=kind)

    refused(answer, 401, "invalid_client", "client_assertion_type")
