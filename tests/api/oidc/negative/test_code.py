"""Authorization codes: once, at once, by the client and for the redirect URI they were made for."""

from datetime import timedelta

import pytest

from tests.api.oidc.negative.answers import ids, refused
from tests.api.oidc.relying import CALLBACK

REUSED = ("oidc_grant", "audit_row")  # the second use ends what the first gave, and is noted
NOT_A_CODE = [
    ("missing", None, "invalid_request"),
    ("empty", "", "invalid_request"),
    ("never made", "c" + "0" * 64, "invalid_grant"),
    ("of odd letters", "' OR 1=1 --", "invalid_grant"),
    ("not ASCII", "码" * 20, "invalid_grant"),
    ("very long", "c" * 9_000, "invalid_grant"),
    ("a percent sign", "%00", "invalid_grant"),
]
WRONG_REDIRECT = [
    ("another one", "https://evil.example/callback", "invalid_grant"),
    ("with a slash", CALLBACK + "/", "invalid_grant"),
    ("in other case", CALLBACK.upper(), "invalid_grant"),
    ("missing", None, "invalid_request"),
    ("empty", "", "invalid_request"),
]
SECONDS_LEFT = [
    ("at 60 s exactly", 60, "invalid_grant"),
    ("a second later", 61, "invalid_grant"),
    ("a day later", 86_400, "invalid_grant"),
    ("after 1 s", 1, None),
    ("after 30 s", 30, None),
    ("a millisecond before", 59.999, None),
]


@pytest.mark.parametrize(("_case", "code", "error"), NOT_A_CODE, ids=ids(NOT_A_CODE))
async def test_what_is_no_code_gives_nothing(world, _case, code, error):
    async with world.unwritten():
        answer = await world["basic"].redeem(code)

    refused(answer, 400, error)


@pytest.mark.parametrize(("_case", "uri", "error"), WRONG_REDIRECT, ids=ids(WRONG_REDIRECT))
async def test_a_code_is_for_the_redirect_uri_it_went_to(world, _case, uri, error):
    code = await world.code(world["basic"])

    async with world.unwritten():
        answer = await world["basic"].redeem(code, redirect_uri=uri)

    refused(answer, 400, error, "redirect_uri")


@pytest.mark.parametrize(("_case", "seconds", "error"), SECONDS_LEFT, ids=ids(SECONDS_LEFT))
async def test_a_code_lives_sixty_seconds(world, _case, seconds, error):
    world.time.still = world.time.now()
    code = await world.code(world["basic"])
    world.time.still += timedelta(seconds=seconds)

    if error is None:
        assert (await world["basic"].redeem(code)).status_code == 200
        return
    async with world.unwritten():
        answer = await world["basic"].redeem(code)
    refused(answer, 400, error, "expired")


@pytest.mark.parametrize("kind", ["basic", "public", "dpop", "key", "fapi2"])
async def test_a_code_that_comes_twice_ends_what_it_gave(world, kind):
    rp = world[kind]
    code = await world.code(rp)
    given = (await rp.redeem(code)).json()
    fresh = (await rp.refresh(given["refresh_token"])).json()

    async with world.unwritten(*REUSED, "oidc_replay"):
        answer = await rp.redeem(code)

    refused(answer, 400, "invalid_grant", "used before")
    async with world.unwritten("oidc_replay"):
        for token in (given["access_token"], fresh["access_token"]):
            refused(await rp.userinfo(token), 401, "invalid_token")
        refused(await rp.refresh(fresh["refresh_token"]), 400, "invalid_grant")


async def test_a_code_that_comes_twice_with_a_wrong_verifier_was_stolen_all_the_same(world):
    code = await world.code(world["basic"])
    given = (await world["basic"].redeem(code)).json()

    async with world.unwritten(*REUSED):
        answer = await world["basic"].redeem(code, code_verifier="x" * 43)

    refused(answer, 400, "invalid_grant", "used before")
    refused(await world["basic"].userinfo(given["access_token"]), 401, "invalid_token")


@pytest.mark.parametrize("thief", ["other", "public", "key", "fapi2"])
async def test_another_client_cannot_redeem_a_code_nor_spoil_it(world, thief):
    code = await world.code(world["basic"])

    async with world.unwritten("oidc_replay"):
        answer = await world[thief].redeem(code, code_verifier=world["basic"].verifier)

    refused(answer, 400, "invalid_grant", "not one that we gave this client")
    assert (await world["basic"].redeem(code)).status_code == 200


async def test_another_client_cannot_end_a_grant_by_showing_its_used_code(world):
    code = await world.code(world["basic"])
    given = (await world["basic"].redeem(code)).json()

    async with world.unwritten():
        answer = await world["other"].redeem(code, code_verifier=world["basic"].verifier)

    refused(answer, 400, "invalid_grant")
    assert (await world["basic"].userinfo(given["access_token"])).status_code == 200


@pytest.mark.parametrize("kind", ["access_token", "refresh_token", "id_token"])
async def test_no_token_passes_for_a_code(world, kind):
    given = await world.given(world["basic"])

    async with world.unwritten():
        answer = await world["basic"].redeem(given[kind])

    refused(answer, 400, "invalid_grant")


@pytest.mark.parametrize("kind", ["access_token", "id_token", "code"])
async def test_nothing_else_passes_for_a_refresh_token(world, kind):
    given = await world.given(world["basic"])
    given["code"] = await world.code(world["basic"])

    async with world.unwritten():
        answer = await world["basic"].refresh(given[kind])

    refused(answer, 400, "invalid_grant")


async def test_the_name_of_a_pushed_request_is_no_code(world):
    name = await world["fapi2"].push()

    async with world.unwritten("oidc_replay"):
        answer = await world["fapi2"].redeem(name)

    refused(answer, 400, "invalid_grant")
