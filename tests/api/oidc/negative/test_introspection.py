"""Introspection and revocation: of one's own tokens; nobody learns of others (RFC 7662, 7009)."""

import pytest

from tests.api.oidc.negative.answers import ids, refused
from tests.api.oidc.relying import add

API = "https://api.example/"
UNKNOWN = [
    ("never made", "a" + "0" * 64),
    ("a refresh token never made", "r" + "0" * 64),
    ("garbage", "'; --"),
    ("not ASCII", "令牌"),
    ("very long", "a" * 9_000),
    ("the prefix alone", "a"),
]


@pytest.mark.parametrize(("_case", "token"), UNKNOWN, ids=ids(UNKNOWN))
async def test_of_what_never_was_nothing_is_said(world, _case, token):
    async with world.unwritten():
        told = await world["basic"].call("introspect", {"token": token})
        revoked = await world["basic"].call("revoke", {"token": token})

    assert (told.status_code, told.json()) == (200, {"active": False})
    assert (revoked.status_code, revoked.content) == (200, b"")


@pytest.mark.parametrize("asker", ["other", "key", "fapi2"])
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
async def test_of_another_clients_token_nothing_is_said_and_nothing_revoked(world, asker, kind):
    token = (await world.given(world["basic"]))[kind]

    async with world.unwritten("oidc_replay"):
        told = await world[asker].call("introspect", {"token": token})
        revoked = await world[asker].call("revoke", {"token": token})

    assert told.json() == {"active": False}
    assert revoked.status_code == 200
    assert (await world["basic"].call("introspect", {"token": token})).json()["active"] is True


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "nonsense"])
async def test_a_wrong_hint_does_not_hide_a_token(world, hint):
    token = (await world.given(world["basic"]))["access_token"]

    answer = await world["basic"].call("introspect", {"token": token, "token_type_hint": hint})

    assert answer.json()["active"] is True


@pytest.mark.parametrize("endpoint", ["introspect", "revoke"])
async def test_the_token_is_said(world, endpoint):
    async with world.unwritten():
        missing = await world["basic"].call(endpoint, {"token_type_hint": "access_token"})
        twice = await world["basic"].call(endpoint, {"token": ["a", "b"]})

    refused(missing, 400, "invalid_request", "token is missing")
    refused(twice, 400, "invalid_request", "more than once")


@pytest.mark.parametrize("kind", ["public", "dpop"])
async def test_a_public_client_cannot_prove_that_it_may_ask(world, kind):
    token = (await world.given(world[kind]))["access_token"]

    async with world.unwritten():
        answer = await world[kind].call("introspect", {"token": token})

    refused(answer, 401, "invalid_client")


async def test_a_bearer_token_is_no_proof_of_a_client(world):
    token = (await world.given(world["basic"]))["access_token"]

    async with world.unwritten():
        answer = await world.http.post(
            "/oauth/introspect", data={"token": token}, headers={"authorization": f"Bearer {token}"}
        )

    refused(answer, 401, "invalid_client")


async def test_a_resource_server_learns_of_tokens_for_itself_alone(world):
    rp = await add(world.http, resources=[API, "https://more.example/"])
    await world.agree(rp, world.browser)
    mine = await world.given(rp, resource=[API, "https://more.example/"])
    others = await world.given(rp, resource="https://more.example/")
    server = await add(world.http, serves=[API])

    async with world.unwritten():
        told = (await server.call("introspect", {"token": mine["access_token"]})).json()
        of_others = await server.call("introspect", {"token": others["access_token"]})
        of_refresh = await server.call("introspect", {"token": mine["refresh_token"]})

    assert told["aud"] == [API]  # and not where else it is good
    assert of_others.json() == of_refresh.json() == {"active": False}


async def test_an_id_token_is_no_access_token(world):
    token = (await world.given(world["basic"]))["id_token"]

    async with world.unwritten():
        answer = await world["basic"].call("introspect", {"token": token})

    assert answer.json() == {"active": False}


async def test_a_used_refresh_token_is_not_active(world):
    token = (await world.given(world["basic"]))["refresh_token"]
    await world["basic"].refresh(token)

    async with world.unwritten():
        answer = await world["basic"].call("introspect", {"token": token})

    assert answer.json() == {"active": False}
