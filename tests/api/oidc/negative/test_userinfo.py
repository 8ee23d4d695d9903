"""UserInfo: for who bears a token for it, in the header, and with `openid` (RFC 6750)."""

from datetime import timedelta

import pytest

from tests.api.oidc.negative.answers import ids, not_signed_in, refused
from tests.api.oidc.relying import ISSUER, add

HEADERS = [
    ("none", {}),
    ("empty", {"authorization": ""}),
    ("only a scheme", {"authorization": "Bearer"}),
    ("only a scheme and a space", {"authorization": "Bearer "}),
    ("never made", {"authorization": "Bearer a" + "0" * 64}),
    ("garbage", {"authorization": "Bearer ' OR 1=1"}),
    ("not ASCII", {"authorization": "Bearer \u00e9\u00e9".encode("latin-1")}),
    ("very long", {"authorization": "Bearer " + "a" * 9_000}),
    ("Basic", {"authorization": "Basic YTpi"}),
    ("no scheme", {"authorization": "a" + "0" * 64}),
]
KINDS = ["refresh_token", "id_token"]


@pytest.mark.parametrize(("_case", "headers"), HEADERS, ids=ids(HEADERS))
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_who_bears_no_token_is_told_nothing(world, _case, headers, method):
    async with world.unwritten():
        answer = await world.http.request(method, "/oauth/userinfo", headers=headers)

    refused(answer, 401, "invalid_token")
    assert answer.headers["www-authenticate"].startswith(("Bearer", "DPoP"))


@pytest.mark.parametrize("kind", KINDS)
async def test_no_other_token_passes_for_an_access_token(world, kind):
    token = (await world.given(world["basic"]))[kind]

    async with world.unwritten():
        refused(await world["basic"].userinfo(token), 401, "invalid_token")


async def test_a_session_of_our_own_app_is_no_access_token(world):
    async with world.unwritten():
        answer = await world["basic"].userinfo(world.browser.cookies["banshi_session"])

    refused(answer, 401, "invalid_token")


async def test_a_token_in_address_or_body_is_none(world):
    token = (await world.given(world["basic"]))["access_token"]

    async with world.unwritten():
        address = await world.http.get("/oauth/userinfo", params={"access_token": token})
        body = await world.http.post("/oauth/userinfo", data={"access_token": token})

    refused(address, 401, "invalid_token")
    refused(body, 401, "invalid_token")


async def test_cookies_are_no_token(world):
    async with world.unwritten():
        answer = await world.browser.get("/oauth/userinfo")

    refused(answer, 401, "invalid_token")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_not_served(world, method):
    token = (await world.given(world["basic"]))["access_token"]

    async with world.unwritten():
        answer = await world.http.request(
            method, "/oauth/userinfo", headers={"authorization": f"Bearer {token}"}
        )

    refused(answer, 405, "invalid_request", "this is not served")


@pytest.mark.parametrize("resource", [f"{ISSUER}/graphql", "https://api.example/"])
async def test_a_token_for_another_audience_is_told_nothing(world, resource):
    rp = await add(world.http, resources=["https://api.example/"])
    await world.agree(rp, world.browser)
    token = (await world.given(rp, resource=resource))["access_token"]

    async with world.unwritten():
        answer = await rp.userinfo(token)

    refused(answer, 401, "invalid_token", "another resource")


async def test_a_token_for_userinfo_opens_nothing_of_our_api(world):
    token = (await world.given(world["basic"], scope="openid cases:read"))["access_token"]

    async with world.unwritten():
        answer = await world.http.post(
            "/graphql", json={"query": "{ requestId }"}, headers={"authorization": f"Bearer {token}"}
        )

    not_signed_in(answer)


async def test_without_openid_there_is_no_userinfo(world):
    given = await world.given(world["basic"])
    narrow = (await world["basic"].refresh(given["refresh_token"], scope="profile.name")).json()
    assert "id_token" not in narrow

    async with world.unwritten():
        answer = await world["basic"].userinfo(narrow["access_token"])

    refused(answer, 403, "insufficient_scope", "openid")
    assert 'scope="openid"' in answer.headers["www-authenticate"]


async def test_an_access_token_lives_ten_minutes(world):
    world.time.still = world.time.now()
    given = await world.given(world["basic"])
    world.time.still += timedelta(minutes=10)

    async with world.unwritten():
        answer = await world["basic"].userinfo(given["access_token"])

    assert given["expires_in"] <= 600
    refused(answer, 401, "invalid_token")
