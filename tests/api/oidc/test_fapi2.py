"""FAPI 2.0: pushed requests, bound tokens and signed assertions, enforced wherever the client comes."""

import asyncio
import time
from datetime import timedelta

import pytest
from joserfc.jwk import ECKey

from storage import clock
from storage.db import fetch
from tests.api.oidc.relying import ASSERTION, ISSUER, Rp, add, query_of, signed


async def test_a_request_that_was_not_pushed_is_refused_by_name(client, browser):
    rp = await add(client, "fapi2")

    told = query_of(await browser.get("/oauth/authorize", rp.request()))

    assert (told["error"], "FAPI 2.0" in told["error_description"]) == ("invalid_request", True)


async def test_a_code_without_a_proof_is_refused_by_name(client, code_for):
    rp = await add(client, "fapi2")
    code = await code_for(rp)
    mine, rp.dpop = rp.dpop, None

    answer = await rp.redeem(code)

    assert answer.status_code == 400
    assert "FAPI 2.0" in answer.json()["error_description"]
    rp.dpop = mine
    assert (await rp.redeem(code)).status_code == 200


async def test_an_assertion_is_for_the_issuer_alone(client):
    rp, plain = await add(client, "fapi2"), await add(client, "key")
    endpoint = f"{ISSUER}/oauth/par"

    for aud in (endpoint, f"{ISSUER}/oauth/token", [ISSUER], f"{ISSUER}/"):
        body = rp.request() | {"client_assertion": rp.assertion(aud=aud)}
        answer = await rp.call("par", body)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), aud
    loose = await plain.call("par", plain.request() | {"client_assertion": plain.assertion(aud=[endpoint])})
    assert loose.status_code == 201


async def test_a_pushed_request_is_used_once_by_its_client_within_a_minute(client, browser):
    rp, other = await add(client, "fapi2"), await add(client, "fapi2")
    name = await rp.push()

    foreign = await browser.get("/oauth/authorize", {"client_id": other.client_id, "request_uri": name})
    nobody = await browser.get("/oauth/authorize", {"request_uri": name})
    first = await browser.get("/oauth/authorize", {"client_id": rp.client_id, "request_uri": name})
    again = await browser.get("/oauth/authorize", {"client_id": rp.client_id, "request_uri": name})

    assert [answer.status_code for answer in (foreign, nobody, first, again)] == [400, 400, 303, 400]
    late = await rp.push()
    await clock.shift(timedelta(seconds=61))
    answer = await browser.get("/oauth/authorize", {"client_id": rp.client_id, "request_uri": late})
    assert answer.status_code == 400


async def test_of_eight_browsers_with_one_pushed_request_one_goes_on(client, browser):
    rp = await add(client, "fapi2")
    asked = {"client_id": rp.client_id, "request_uri": await rp.push()}

    answers = await asyncio.gather(*(browser.get("/oauth/authorize", asked) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [303] + [400] * 7


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uri": "https://evil.example"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
        ({"scope": "openid idcard.number"}, "invalid_scope"),
        ({"dpop_jkt": "A" * 43}, "invalid_dpop_proof"),
        ({"client_id": "rp_other"}, "invalid_client"),
    ],
)
async def test_a_request_that_would_be_refused_is_refused_when_it_is_pushed(client, changes, error):
    rp = await add(client, "fapi2")

    answer = await rp.call("par", rp.request(**changes))

    assert answer.json()["error"] == error
    assert await fetch("SELECT 1 FROM oidc_pushed") == []


NOW = int(time.time())  # the run may last long after it: what is yet to come comes tomorrow
ASSERTIONS = {
    "expired": {"exp": NOW - 60},
    "no exp": {"exp": None},
    "a text as exp": {"exp": "soon"},
    "too far away": {"exp": NOW + 86_400},
    "yet to come": {"nbf": NOW + 86_400},
    "made in the future": {"iat": NOW + 86_400},
    "no jti": {"jti": None},
    "another issuer": {"iss": "rp_other"},
    "another subject": {"sub": "rp_other"},
    "no audience": {"aud": None},
    "another audience": {"aud": "https://evil.example"},
}


@pytest.mark.parametrize("name", ASSERTIONS)
async def test_an_assertion_that_says_something_else_is_refused(client, name):
    rp = await add(client, "key")

    answer = await rp.call("par", rp.request() | {"client_assertion": rp.assertion(**ASSERTIONS[name])})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert await fetch("SELECT 1 FROM oidc_pushed") == []


async def test_an_assertion_counts_once(client):
    rp = await add(client, "key")
    body = rp.request() | {"client_assertion": rp.assertion()}

    statuses = [(await rp.call("par", body)).status_code for _ in range(2)]

    assert statuses == [201, 401]


async def test_an_assertion_is_signed_with_a_registered_key(client):
    rp = await add(client, "key")
    claims = {
        "iss": rp.client_id,
        "sub": rp.client_id,
        "aud": ISSUER,
        "jti": "a",
        "exp": int(time.time()) + 60,
    }
    stranger = ECKey.generate_key("P-256")
    whole = stranger.as_dict(private=False)

    for key, header in (
        (stranger, {"alg": "ES256", "kid": "k1"}),
        (rp.key, {"alg": "ES256", "kid": "k2"}),
        (stranger, {"alg": "ES256", "jwk": whole}),
        (rp.key, {"alg": "ES256", "kid": "k1", "jku": "https://evil.example"}),
        (rp.key, {"alg": "ES256", "kid": "k1", "typ": "dpop+jwt"}),
        (rp.key, {"alg": "ES256", "kid": "k1", "crit": ["b64"], "b64": False}),
    ):
        answer = await rp.call("par", rp.request() | {"client_assertion": signed(key, header, claims)})
        assert answer.status_code == 401, header
    none = "eyJhbGciOiJub25lIn0." + signed(rp.key, {"alg": "ES256"}, claims).split(".")[1] + "."
    assert (await rp.call("par", rp.request() | {"client_assertion": none})).status_code == 401
    kind = {"client_assertion_type": "other"}
    assert (await rp.call("par", rp.request() | kind)).status_code == 401
    assert (await Rp(client, rp.client_id).call("par", rp.request())).status_code == 401
    assert ASSERTION.endswith("jwt-bearer")
