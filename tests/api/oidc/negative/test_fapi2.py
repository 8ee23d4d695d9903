"""The FAPI 2.0 profile: each of its rules broken in turn, and the answer names the rule."""

import base64
import json
import secrets
import time

import pytest

from identity.clients import AuthMethod, Profile
from identity.errors import ClientInvalid
from tests.api.oidc.negative.answers import ids, refused, sent_back, shown
from tests.api.oidc.negative.forging import RSA, forged
from tests.api.oidc.relying import ASSERTION, CALLBACK, ISSUER, add, basic, challenge_of

PAR = f"{ISSUER}/oauth/par"


def assertion(me, header=None, **changes):
    """Return a signed assertion; `iat` and `nbf` are given as seconds from now."""
    now = int(time.time())
    changes |= {claim: now + changes[claim] for claim in ("iat", "nbf") if claim in changes}
    payload = {
        "iss": me.client_id, "sub": me.client_id, "aud": ISSUER, "jti": secrets.token_hex(8), "exp": now + 60,
    }  # fmt: skip
    made = {k: v for k, v in (payload | changes).items() if v is not None}
    return forged(me.key, {"alg": "ES256", "kid": "k1"} | (header or {}), made)


ASSERTIONS = [
    ("aud the PAR endpoint", {"aud": PAR}, "FAPI 2.0: aud must be the issuer"),
    ("aud the token endpoint", {"aud": f"{ISSUER}/oauth/token"}, "FAPI 2.0: aud must be the issuer"),
    ("aud a list", {"aud": [ISSUER]}, "FAPI 2.0: aud must be the issuer"),
    (
        "aud the issuer and another",
        {"aud": [ISSUER, "https://evil.example"]},
        "FAPI 2.0: aud must be the issuer",
    ),
    ("jti missing", {"jti": None}, "jti"),
    ("exp missing", {"exp": None}, "exp"),
    ("iat minutes ahead", {"iat": 365}, "iat"),
    ("nbf minutes ahead", {"nbf": 365}, "nbf"),
]
PUSHES = [
    ("a redirect URI not registered", {"redirect_uri": CALLBACK + "/x"}, "invalid_request", "redirect_uri"),
    ("no redirect URI", {"redirect_uri": None}, "invalid_request", "redirect_uri"),
    ("no PKCE", {"code_challenge": None}, "invalid_request", "PKCE"),
    ("PKCE plain", {"code_challenge_method": "plain"}, "invalid_request", "S256"),
    ("the implicit flow", {"response_type": "token"}, "unsupported_response_type", "code"),
    ("the hybrid flow", {"response_type": "code id_token"}, "unsupported_response_type", "code"),
    ("a request object", {"request": "a.b.c"}, "request_not_supported", "request objects"),
    ("a pushed request_uri", {"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request",
     "request_uri"),
]  # fmt: skip


async def test_the_request_must_be_pushed(world):
    async with world.unwritten():
        answer = await world.browser.get("/oauth/authorize", world["fapi2"].request())

    sent_back(answer, "invalid_request", says="FAPI 2.0: this client must push its requests")


@pytest.mark.parametrize(("_case", "changes", "error", "says"), PUSHES, ids=ids(PUSHES))
async def test_what_is_pushed_keeps_the_rules(world, _case, changes, error, says):
    rp = world["fapi2"]

    async with world.unwritten("oidc_replay"):
        answer = await rp.call("par", rp.request(**changes))

    refused(answer, 400, error, says)


@pytest.mark.parametrize(("_case", "changes", "says"), ASSERTIONS, ids=ids(ASSERTIONS))
async def test_the_assertion_keeps_the_rules(world, _case, changes, says):
    rp = world["fapi2"]
    body = rp.request() | {"client_assertion_type": ASSERTION, "client_assertion": assertion(rp, **changes)}

    async with world.unwritten():
        answer = await world.http.post("/oauth/par", data=body)

    refused(answer, 401, "invalid_client", says)


async def test_the_endpoint_as_audience_is_taken_of_clients_without_the_profile(world):
    """The positive twin: RFC 7523 allows it."""
    rp = world["key"]
    body = rp.request() | {
        "client_assertion_type": ASSERTION, "client_assertion": assertion(rp, aud=PAR)
    }  # fmt: skip

    assert (await world.http.post("/oauth/par", data=body)).status_code == 201


@pytest.mark.parametrize("ahead", [8, 10])
async def test_a_clock_a_few_seconds_ahead_is_forgiven(world, ahead):
    """The positive twin, as the conformance suite asks it."""
    rp = world["fapi2"]
    body = rp.request() | {
        "client_assertion_type": ASSERTION, "client_assertion": assertion(rp, iat=ahead, nbf=ahead)
    }  # fmt: skip

    assert (await world.http.post("/oauth/par", data=body)).status_code == 201


async def test_rs256_is_refused_by_name(world):
    rp = world["fapi2"]
    made = forged(RSA, {"alg": "RS256", "kid": "k1"}, {"iss": rp.client_id, "sub": rp.client_id}, "RS256")
    body = rp.request() | {"client_assertion_type": ASSERTION, "client_assertion": made}

    async with world.unwritten():
        answer = await world.http.post("/oauth/par", data=body)

    refused(answer, 401, "invalid_client", "alg")


@pytest.mark.parametrize("how", ["basic", "body", "nothing"])
async def test_nothing_but_a_key_proves_the_client(world, how):
    rp = world["fapi2"]
    code = await world.code(rp)
    headers = {"authorization": basic(rp.client_id, "x")} if how == "basic" else {}
    body = {"client_id": rp.client_id} | ({"client_secret": "x"} if how == "body" else {})
    body |= {
        "grant_type": "authorization_code", "code": code, "code_verifier": rp.verifier,
        "redirect_uri": CALLBACK,
    }  # fmt: skip

    async with world.unwritten():
        answer = await world.http.post("/oauth/token", data=body, headers=headers)

    refused(answer, 401, "invalid_client", "FAPI 2.0: this client must prove itself by private_key_jwt")
    assert ("www-authenticate" in answer.headers) == (how == "basic")


@pytest.mark.parametrize("endpoint", ["par", "token", "revoke", "introspect"])
@pytest.mark.parametrize("how", ["basic", "body", "nothing"])
async def test_every_endpoint_names_the_rule_of_the_key(world, endpoint, how):
    rp = world["fapi2"]
    headers = {"authorization": basic(rp.client_id, "x")} if how == "basic" else {}
    body = rp.request() | ({"client_secret": "x"} if how == "body" else {})

    async with world.unwritten():
        answer = await world.http.post(f"/oauth/{endpoint}", data=body, headers=headers)

    refused(answer, 401, "invalid_client", "FAPI 2.0: this client must prove itself by private_key_jwt")


async def test_a_secret_in_the_body_tells_nobody_which_clients_there_are(world):
    """Without the profile the answer is one, whether there is such a client or not."""
    answers = [
        await world.http.post("/oauth/token", data={"client_id": client_id, "client_secret": "x"})
        for client_id in (world["basic"].client_id, world["key"].client_id, "rp_nobody")
    ]

    refused(answers[0], 401, "invalid_client", "client_secret_post is not supported")
    assert {answer.text for answer in answers} == {answers[0].text}


@pytest.mark.parametrize("grant", ["authorization_code", "refresh_token"])
async def test_tokens_are_bound_to_a_key(world, grant):
    rp = world["fapi2"]
    mine, given = rp.dpop, await world.given(rp)
    code = await world.code(rp)
    rp.dpop = None

    try:
        async with world.unwritten("oidc_replay"):
            answer = await (
                rp.redeem(code) if grant == "authorization_code" else rp.refresh(given["refresh_token"])
            )
    finally:
        rp.dpop = mine

    refused(answer, 400, "invalid_request", "FAPI 2.0: this client must send a DPoP proof")


async def test_a_pushed_name_without_its_client_goes_nowhere(world):
    name = await world["fapi2"].push()

    async with world.unwritten():
        answer = await world.browser.get("/oauth/authorize", {"request_uri": name})

    shown(answer, "invalid_request_uri")


async def test_a_verifier_of_another_request_does_not_redeem(world):
    rp = world["fapi2"]
    code = await world.code(rp, code_challenge=challenge_of("v" * 43))

    async with world.unwritten("oidc_replay"):
        answer = await rp.redeem(code)

    refused(answer, 400, "invalid_grant", "code_verifier")


async def test_the_token_in_the_query_is_no_token(world):
    token = (await world.given(world["fapi2"]))["access_token"]

    async with world.unwritten():
        answer = await world.http.get("/oauth/userinfo", params={"access_token": token})

    refused(answer, 401, "invalid_token")
    assert answer.headers["www-authenticate"] == 'Bearer realm="banshi", DPoP algs="ES256"'


async def test_the_redirect_is_a_303_and_names_who_answers(world):
    """The positive twin: FAPI 2.0 5.3.2.2 and RFC 9207."""
    answer = await world.ask(world["fapi2"])

    assert answer.status_code == 303
    assert f"iss={ISSUER.replace(':', '%3A').replace('/', '%2F')}" in answer.headers["location"]


@pytest.mark.parametrize("method", [AuthMethod.BASIC, AuthMethod.NONE])
async def test_the_profile_is_not_registered_with_less_than_a_key(world, method):
    async with world.unwritten():
        with pytest.raises(ClientInvalid, match="private_key_jwt"):
            await add(world.http, "basic", auth_method=method, profile=Profile.FAPI2)


async def test_a_secret_key_is_not_registered(world):
    key = base64.urlsafe_b64encode(b"k" * 32).decode()

    async with world.unwritten():
        with pytest.raises(ClientInvalid):
            await add(world.http, "fapi2", jwks=json.loads(f'{{"keys": [{{"kty": "oct", "k": "{key}"}}]}}'))
