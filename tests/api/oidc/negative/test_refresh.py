"""Refresh tokens: once, by their client, for no more than was granted (RFC 6749 6, RFC 9700 4.14)."""

from datetime import timedelta

import pytest

from tests.api.oidc.negative.answers import ids, refused

ENDED = ("oidc_grant", "audit_row")
NOT_ONE = [
    ("missing", None, "invalid_request"),
    ("empty", "", "invalid_request"),
    ("never made", "r" + "0" * 64, "invalid_grant"),
    ("the prefix alone", "r", "invalid_grant"),
    ("garbage", "r' OR ''='", "invalid_grant"),
    ("not ASCII", "刷新" * 9, "invalid_grant"),
]
WIDER = [
    ("a scope more", {"scope": "openid profile.name phone cases:write"}, "invalid_scope"),
    ("another scope", {"scope": "materials:read"}, "invalid_scope"),
    ("a scope nobody knows", {"scope": "openid admin"}, "invalid_scope"),
    ("the whole name instead of a part", {"scope": "profile.name.full"}, "invalid_scope"),
    ("going on offline", {"scope": "openid offline_access"}, "invalid_scope"),
    ("a resource more", {"resource": "http://127.0.0.1:8000/graphql"}, "invalid_target"),
    ("a resource of others", {"resource": "https://other.example/api"}, "invalid_target"),
    ("one resource of ours and one of others", {
        "resource": ["http://127.0.0.1:8000", "https://other.example/api"]}, "invalid_target"),
]  # fmt: skip


@pytest.mark.parametrize(("_case", "token", "error"), NOT_ONE, ids=ids(NOT_ONE))
async def test_what_is_no_refresh_token_gives_nothing(world, _case, token, error):
    body = {"grant_type": "refresh_token"} | ({} if token is None else {"refresh_token": token})

    async with world.unwritten():
        answer = await world["basic"].call("token", body)

    refused(answer, 400, error, "refresh")


@pytest.mark.parametrize(("_case", "changes", "error"), WIDER, ids=ids(WIDER))
async def test_a_refresh_asks_for_no_more_than_was_granted(world, _case, changes, error):
    token = (await world.given(world["basic"]))["refresh_token"]

    async with world.unwritten():
        answer = await world["basic"].refresh(token, **changes)

    refused(answer, 400, error)
    assert (await world["basic"].refresh(token)).status_code == 200  # asking too much used nothing up


async def test_a_narrower_refresh_does_not_widen_again_in_its_access_token(world):
    token = (await world.given(world["basic"]))["refresh_token"]
    narrow = (await world["basic"].refresh(token, scope="openid")).json()

    async with world.unwritten():
        told = await world["basic"].userinfo(narrow["access_token"])

    assert told.json().keys() == {"sub"}


@pytest.mark.parametrize("kind", ["basic", "public", "dpop", "key", "fapi2"])
async def test_a_refresh_token_that_comes_twice_ends_its_family(world, kind):
    rp = world[kind]
    first = await world.given(rp)
    second = (await rp.refresh(first["refresh_token"])).json()
    third = (await rp.refresh(second["refresh_token"])).json()

    async with world.unwritten(*ENDED, "oidc_replay"):
        answer = await rp.refresh(first["refresh_token"])

    refused(answer, 400, "invalid_grant", "used before")
    async with world.unwritten("oidc_replay"):
        refused(await rp.refresh(third["refresh_token"]), 400, "invalid_grant")
        for given in (first, second, third):
            refused(await rp.userinfo(given["access_token"]), 401, "invalid_token")


async def test_a_stranger_who_shows_a_used_refresh_token_ends_nothing(world):
    first = await world.given(world["basic"])
    second = (await world["basic"].refresh(first["refresh_token"])).json()

    async with world.unwritten():
        answer = await world["other"].refresh(first["refresh_token"])

    refused(answer, 400, "invalid_grant", "not one that we gave this client")
    assert (await world["basic"].userinfo(second["access_token"])).status_code == 200


@pytest.mark.parametrize("thief", ["other", "public", "key", "fapi2"])
async def test_another_client_cannot_refresh(world, thief):
    token = (await world.given(world["basic"]))["refresh_token"]

    async with world.unwritten("oidc_replay"):
        answer = await world[thief].refresh(token)

    refused(answer, 400, "invalid_grant", "not one that we gave this client")
    assert (await world["basic"].refresh(token)).status_code == 200


@pytest.mark.parametrize("by", ["access_token", "refresh_token"])
async def test_a_revoked_token_is_dead(world, by):
    given = await world.given(world["basic"])
    assert (await world["basic"].call("revoke", {"token": given[by]})).status_code == 200

    async with world.unwritten():
        told = await world["basic"].userinfo(given["access_token"])
        if by == "refresh_token":
            refused(await world["basic"].refresh(given["refresh_token"]), 400, "invalid_grant")

    refused(told, 401, "invalid_token")


@pytest.mark.parametrize(("scope", "days"), [("openid offline_access", 30), ("openid", 1)])
async def test_refreshing_does_not_go_on_for_ever(world, scope, days):
    browser = await world.enter()
    given = await world.given(world["basic"], browser, scope=scope)
    for _ in range(3):  # none of these moves the end
        world.time.ahead += timedelta(days=days) / 5
        answer = await world["basic"].refresh(given["refresh_token"])
        if answer.status_code != 200:
            break
        given = answer.json()
    world.time.ahead = timedelta(days=days, seconds=1)

    async with world.unwritten():
        answer = await world["basic"].refresh(given["refresh_token"])

    refused(answer, 400, "invalid_grant")


@pytest.mark.parametrize("kind", ["dpop", "fapi2"])
async def test_a_bound_refresh_token_wants_its_key(world, kind):
    rp = world[kind]
    token = (await world.given(rp))["refresh_token"]
    mine, rp.dpop = rp.dpop, world["fapi2" if kind == "dpop" else "dpop"].dpop

    try:
        async with world.unwritten("oidc_replay"):
            answer = await rp.refresh(token)
    finally:
        rp.dpop = mine

    refused(answer, 400, "invalid_dpop_proof", "another DPoP key")
    assert (await rp.refresh(token)).status_code == 200


@pytest.mark.parametrize("kind", ["dpop", "fapi2"])
async def test_a_bound_refresh_token_wants_a_proof(world, kind):
    rp = world[kind]
    token = (await world.given(rp))["refresh_token"]
    mine, rp.dpop = rp.dpop, None

    try:
        async with world.unwritten("oidc_replay"):
            answer = await rp.refresh(token)
    finally:
        rp.dpop = mine

    refused(answer, 400, "invalid_request" if kind == "fapi2" else "invalid_dpop_proof", "DPoP")
