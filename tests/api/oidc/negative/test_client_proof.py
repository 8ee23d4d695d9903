"""How clients prove themselves: in the one way that is registered, or not at all (RFC 6749 2.3)."""

import base64
from datetime import timedelta

import pytest

from identity import clients
from storage import clock
from tests.api.oidc.negative.answers import ids, refused
from tests.api.oidc.relying import ASSERTION, CALLBACK, ISSUER, add, basic


def raw(text: bytes) -> str:
    return "Basic " + base64.b64encode(text).decode()


# what comes in the header and in the body besides a valid code, for the client `me`, whose secret is `key`
PROOFS = [
    ("a wrong secret", lambda me: ({"authorization": basic(me.client_id, "wrong")}, {})),
    ("an empty secret", lambda me: ({"authorization": basic(me.client_id, "")}, {})),
    ("the secret cut short", lambda me: ({"authorization": basic(me.client_id, me.secret[:-1])}, {})),
    ("the secret with a space", lambda me: ({"authorization": basic(me.client_id, me.secret + " ")}, {})),
    ("the secret in other case", lambda me: (
        {"authorization": basic(me.client_id, me.secret.swapcase())}, {})),
    ("a client that is not known", lambda me: ({"authorization": basic("rp_nobody", me.secret)}, {})),
    ("the id in other case", lambda me: ({"authorization": basic(me.client_id.upper(), me.secret)}, {})),
    ("no colon", lambda me: ({"authorization": raw(me.client_id.encode())}, {})),
    ("nothing but a colon", lambda me: ({"authorization": raw(b":")}, {})),
    ("no UTF-8", lambda me: ({"authorization": raw(b"\xff\xfe:\xff")}, {})),
    ("no Base64", lambda me: ({"authorization": "Basic {}"}, {})),
    ("a NUL in the id", lambda me: ({"authorization": raw(b"rp\0:x")}, {})),
    ("a NUL in the id, encoded", lambda me: ({"authorization": basic("rp%00", "x")}, {})),
    ("half a surrogate, encoded", lambda me: ({"authorization": basic("%ED%A0%80", "x")}, {})),
    ("a NUL in the secret", lambda me: ({"authorization": basic(me.client_id, "a%00b")}, {})),
    ("another scheme", lambda me: ({"authorization": f"Bearer {me.secret}"}, {})),
    ("Basic and nothing", lambda me: ({"authorization": "Basic"}, {})),
    ("another client's id in the body", lambda me: (
        {"authorization": basic(me.client_id, me.secret)}, {"client_id": "rp_other"})),
    ("the secret in the body", lambda me: ({}, {"client_id": me.client_id, "client_secret": me.secret})),
    ("no secret at all", lambda me: ({}, {"client_id": me.client_id})),
    ("nothing at all", lambda me: ({}, {})),
    ("the assertion's type alone", lambda me: (
        {}, {"client_id": me.client_id, "client_assertion_type": ASSERTION})),
    ("the assertion alone", lambda me: ({}, {"client_id": me.client_id, "client_assertion": "a.b.c"})),
]  # fmt: skip
TWO_WAYS = [
    ("header and body", lambda me: {"client_secret": me.secret}),
    ("header and assertion", lambda me: {"client_assertion_type": ASSERTION, "client_assertion": "a.b.c"}),
    ("header and the assertion's type", lambda me: {"client_assertion_type": ASSERTION}),
]


def redeeming(code, rp):
    return {
        "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK,
        "code_verifier": rp.verifier,
    }  # fmt: skip


@pytest.mark.parametrize(("_case", "proof"), PROOFS, ids=ids(PROOFS))
async def test_a_client_that_proves_nothing_gets_nothing(world, _case, proof):
    me = world["basic"]
    code = await world.code(me)
    headers, body = proof(me)

    async with world.unwritten():
        answer = await world.http.post("/oauth/token", data=redeeming(code, me) | body, headers=headers)

    refused(answer, 401, "invalid_client")
    assert ("www-authenticate" in answer.headers) == ("authorization" in headers)
    assert (await me.redeem(code)).status_code == 200


@pytest.mark.parametrize(("_case", "proof"), TWO_WAYS, ids=ids(TWO_WAYS))
async def test_a_client_proves_itself_in_one_way_only(world, _case, proof):
    me = world["basic"]
    code = await world.code(me)

    async with world.unwritten():
        answer = await me.redeem(code, **proof(me))

    refused(answer, 400, "invalid_request", "one way")


@pytest.mark.parametrize("endpoint", ["token", "par", "revoke", "introspect"])
async def test_every_endpoint_wants_a_proof(world, endpoint):
    me = world["basic"]
    body = me.request() | {"grant_type": "authorization_code", "token": "x", "code": "x"}

    async with world.unwritten():
        answer = await world.http.post(f"/oauth/{endpoint}", data=body)

    refused(answer, 401, "invalid_client")


async def test_the_secret_of_another_client_proves_nothing(world):
    code = await world.code(world["basic"])
    stolen = {"authorization": basic(world["basic"].client_id, world["other"].secret)}

    async with world.unwritten():
        answer = await world.http.post("/oauth/token", data=redeeming(code, world["basic"]), headers=stolen)

    refused(answer, 401, "invalid_client")


@pytest.mark.parametrize("kind", ["key", "fapi2", "public"])
async def test_a_client_registered_without_a_secret_is_not_let_in_by_one(world, kind):
    me = world[kind]
    code = await world.code(me)

    async with world.unwritten():
        answer = await world.http.post(
            "/oauth/token", data=redeeming(code, me), headers={"authorization": basic(me.client_id, "")}
        )

    refused(answer, 401, "invalid_client")


@pytest.mark.parametrize("kind", ["key", "fapi2"])
async def test_a_client_with_a_key_does_not_pass_for_a_public_one(world, kind):
    me = world[kind]
    code = await world.code(me)

    async with world.unwritten():
        answer = await world.http.post("/oauth/token", data=redeeming(code, me) | {"client_id": me.client_id})

    refused(answer, 401, "invalid_client")


async def test_a_disabled_client_is_answered_like_one_that_never_was(world):
    me = await add(world.http)
    code = await world.agree(me, world.browser)
    await clients.disable(me.client_id, now=await clock.now())

    async with world.unwritten():
        answer = await me.redeem(code)
        nobody = await world.http.post(
            "/oauth/token", data=redeeming(code, me), headers={"authorization": basic("rp_nobody", "x")}
        )

    refused(answer, 401, "invalid_client")
    assert answer.json() == nobody.json()


async def test_an_old_secret_ends_when_the_overlap_does(world):
    me = await add(world.http)
    old = me.secret
    me.secret = await clients.rotate_secret(me.client_id, now=await clock.now())
    body = {"token": "x"}
    both = [old, me.secret]

    during = [
        await world.http.post(
            "/oauth/introspect", data=body, headers={"authorization": basic(me.client_id, key)}
        )
        for key in both
    ]
    world.time.ahead = clients.OVERLAP + timedelta(seconds=1)
    async with world.unwritten():
        after = [
            await world.http.post(
                "/oauth/introspect", data=body, headers={"authorization": basic(me.client_id, key)}
            )
            for key in both
        ]

    assert [answer.status_code for answer in during] == [200, 200]
    refused(after[0], 401, "invalid_client")
    assert after[1].status_code == 200


async def test_a_secret_is_understood_form_urlencoded(world):
    """The positive twin: what RFC 6749 2.3.1 wants encoded is decoded."""
    me = world["basic"]
    encoded = "".join(f"%{byte:02X}" for byte in me.secret.encode())

    answer = await world.http.post(
        "/oauth/introspect", data={"token": "x"}, headers={"authorization": basic(me.client_id, encoded)}
    )

    assert answer.status_code == 200


async def test_who_guesses_secrets_is_stopped(world):
    me = world["other"]
    guess = {"authorization": basic(me.client_id, "guess")}

    async with world.unwritten():
        answers = [
            await world.http.post("/oauth/introspect", data={"token": "x"}, headers=guess) for _ in range(80)
        ]

    refused(answers[0], 401, "invalid_client")
    refused(answers[-1], 429, "temporarily_unavailable")
    assert int(answers[-1].headers["retry-after"]) > 0
    assert ISSUER not in answers[-1].text
