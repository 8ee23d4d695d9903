"""Pushed authorization requests: RFC 9126, each good once, for a minute, for the client that pushed it."""

from datetime import timedelta

import pytest

from identity import clients
from storage import clock
from tests.api.oidc.negative.answers import ids, refused, shown
from tests.api.oidc.relying import CALLBACK, add, query_of

# what is changed of a valid push, as the client gets it told at once
PUSHED = [
    ("redirect_uri not registered", {"redirect_uri": "https://evil.example/"}, "invalid_request"),
    ("redirect_uri missing", {"redirect_uri": None}, "invalid_request"),
    ("response_type token", {"response_type": "token"}, "unsupported_response_type"),
    ("response_type missing", {"response_type": None}, "invalid_request"),
    ("response_mode fragment", {"response_mode": "fragment"}, "invalid_request"),
    ("no challenge", {"code_challenge": None}, "invalid_request"),
    ("plain", {"code_challenge_method": "plain"}, "invalid_request"),
    ("a scope that is not registered", {"scope": "openid trips:read"}, "invalid_scope"),
    ("a resource of nobody", {"resource": "https://evil.example/"}, "invalid_target"),
    ("a request_uri in it", {"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
    ("a request_uri to fetch", {"request_uri": "http://127.0.0.1:1/"}, "invalid_request"),
    ("a request object", {"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
    ("another client_id", {"client_id": "rp_other"}, "invalid_client"),
    ("claims no JSON", {"claims": "{"}, "invalid_request"),
    ("max_age NaN", {"max_age": "NaN"}, "invalid_request"),
    ("a hint of nobody", {"id_token_hint": "a.b.c"}, "invalid_request"),
    ("state twice", {"state": ["a", "b"]}, "invalid_request"),
]


async def bring(world, rp, name, **changes):
    asked = {"client_id": rp.client_id, "request_uri": name} | changes
    return await world.browser.get("/oauth/authorize", {k: v for k, v in asked.items() if v is not None})


@pytest.mark.parametrize(("_case", "changes", "error"), PUSHED, ids=ids(PUSHED))
async def test_a_push_is_refused_as_the_request_would_be(world, _case, changes, error):
    rp = world["basic"]

    async with world.unwritten():
        answer = await rp.call("par", rp.request(**changes))

    refused(answer, 401 if error == "invalid_client" else 400, error)


@pytest.mark.parametrize("kind", ["basic", "key", "fapi2"])
async def test_a_push_wants_the_clients_proof(world, kind):
    async with world.unwritten():
        answer = await world.http.post("/oauth/par", data=world[kind].request())

    refused(answer, 401, "invalid_client")


@pytest.mark.parametrize("kind", ["basic", "fapi2"])
async def test_a_pushed_request_is_good_once(world, kind):
    rp = world[kind]
    name = await rp.push()
    assert "code" in query_of(await bring(world, rp, name))

    async with world.unwritten():
        answer = await bring(world, rp, name)

    shown(answer, "invalid_request_uri")


@pytest.mark.parametrize(("seconds", "taken"), [(59.9, True), (60, False), (3_600, False)])
async def test_a_pushed_request_waits_a_minute(world, seconds, taken):
    world.time.still = world.time.now()
    name = await world["basic"].push()
    world.time.still += timedelta(seconds=seconds)

    if taken:
        assert "code" in query_of(await bring(world, world["basic"], name))
        return
    async with world.unwritten():
        shown(await bring(world, world["basic"], name), "invalid_request_uri")


async def test_a_pushed_request_is_of_the_client_that_pushed_it(world):
    name = await world["basic"].push()

    async with world.unwritten():
        shown(await bring(world, world["other"], name), "invalid_request_uri")
        shown(await bring(world, world["basic"], name, client_id=None), "invalid_request_uri")

    assert "code" in query_of(await bring(world, world["basic"], name))  # nobody used it up


@pytest.mark.parametrize("name", ["", "never-made", "x" * 43, "'; --", "../x", "é"])
async def test_a_name_that_was_never_given_is_unknown(world, name):
    async with world.unwritten():
        answer = await bring(world, world["basic"], f"urn:ietf:params:oauth:request_uri:{name}")

    shown(answer, "invalid_request_uri")


async def test_what_stands_in_the_address_besides_changes_nothing(world):
    rp = world["basic"]
    name = await rp.push(state="pushed", scope="openid")

    answer = await bring(
        world, rp, name, redirect_uri="https://evil.example/", scope="openid phone", state="evil",
        code_challenge="x" * 43, response_type="token", prompt="login", nonce="evil",
    )  # fmt: skip

    assert answer.headers["location"].startswith(CALLBACK + "?")
    back = query_of(answer)
    assert back["state"] == "pushed"
    given = (await rp.redeem(back["code"])).json()
    assert given["scope"] == "openid"


async def test_a_request_pushed_by_a_client_that_is_disabled_since_is_dead(world):
    rp = await add(world.http)
    name = await rp.push()
    await clients.disable(rp.client_id, now=await clock.now())

    async with world.unwritten():
        shown(await bring(world, rp, name), "invalid_request_uri")


async def test_a_pushed_request_is_not_named_by_get(world):
    async with world.unwritten():
        answer = await world.http.get("/oauth/par", params=world["basic"].request())

    refused(answer, 405, "invalid_request", "this is not served")
