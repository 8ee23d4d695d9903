"""Signing out at a client's wish: nobody is signed out by a stranger, nor sent to one."""

import pytest

from api.http.browser import form_word
from tests.api.oidc.negative.answers import ids, shown
from tests.api.oidc.negative.world import session_of
from tests.api.oidc.relying import BYE, Browser

PLACES = [
    ("a suffix", BYE + "/x"),
    ("a query", BYE + "?x=1"),
    ("a fragment", BYE + "#x"),
    ("other case", BYE.upper()),
    ("another host", "https://evil.example/bye"),
    ("a user", "https://rp.example@evil.example/bye"),
    ("javascript", "javascript:alert(1)"),
    ("a path", "/account"),
    ("the redirect URI", "https://rp.example/callback"),
    ("twice", [BYE, BYE]),
]


async def is_in(browser) -> bool:
    return (await browser.get("/account")).status_code == 200


@pytest.mark.parametrize(("_case", "uri"), PLACES, ids=ids(PLACES))
async def test_the_browser_goes_to_a_registered_place_only(world, _case, uri):
    hint = (await world.given(world["basic"]))["id_token"]

    async with world.unwritten():
        answer = await world.browser.get(
            "/oauth/logout", {"id_token_hint": hint, "post_logout_redirect_uri": uri}
        )

    shown(answer, "invalid_request")
    assert await is_in(world.browser)


@pytest.mark.parametrize("besides", [{}, {"client_id": "rp_nobody"}], ids=str)
async def test_a_place_needs_its_client(world, besides):
    async with world.unwritten():
        answer = await world.browser.get("/oauth/logout", {"post_logout_redirect_uri": BYE} | besides)

    shown(answer, "invalid_request")


@pytest.mark.parametrize(
    "wrong", ["changed", "alg none", "garbage", "access token", "assertion", "other client"]
)
async def test_a_hint_that_is_none_signs_nobody_out(world, wrong):
    given = await world.given(world["basic"])
    head, body, tail = given["id_token"].split(".")
    asked = {
        "changed": {"id_token_hint": f"{head}.{body}.{tail[:-6]}AAAAAA"},
        "alg none": {"id_token_hint": f"eyJhbGciOiJub25lIn0.{body}."},
        "garbage": {"id_token_hint": "x"},
        "access token": {"id_token_hint": given["access_token"]},
        "assertion": {"id_token_hint": world["key"].assertion()},
        "other client": {"id_token_hint": given["id_token"], "client_id": world["other"].client_id},
    }[wrong]

    async with world.unwritten():
        answer = await world.browser.get("/oauth/logout", asked)

    shown(answer, "invalid_request")
    assert await is_in(world.browser)


@pytest.mark.parametrize("whose", ["another person's", "another session's"])
async def test_a_hint_of_another_sign_in_only_asks(world, whose):
    other = await world.enter("li_wei" if whose == "another person's" else "wang_fang")
    if whose == "another person's":
        await world.agree(world["basic"], other)
    hint = (await world.given(world["basic"], other))["id_token"]

    async with world.unwritten():
        answer = await world.browser.get(
            "/oauth/logout", {"id_token_hint": hint, "post_logout_redirect_uri": BYE}
        )

    assert (answer.status_code, "要退出登录吗" in answer.text) == (200, True)
    assert await is_in(world.browser)
    assert await is_in(other)


@pytest.mark.parametrize(
    "form", [{}, {"form_word": ""}, {"form_word": "0" * 32}, {"form_word": "stolen"}], ids=str
)
async def test_another_site_signs_nobody_out(world, form):
    """Logout CSRF: without the word of this very browser nothing ends."""
    other = await world.enter("li_wei")
    if form.get("form_word") == "stolen":
        form = {"form_word": form_word(session_of(other))}

    async with world.unwritten():
        answer = await world.browser.post("/oauth/logout", form | {"client_id": world["basic"].client_id})

    if form.get("form_word"):
        shown(answer, "页面已过期", status=403)
    else:
        shown(answer, "要退出登录吗", status=200)
    assert await is_in(world.browser)


async def test_a_form_of_another_origin_signs_nobody_out(world):
    form = {"form_word": form_word(session_of(world.browser))}
    world.http.headers["origin"] = "https://evil.example"

    try:
        async with world.unwritten():
            answer = await world.browser.post("/oauth/logout", form)
    finally:
        del world.http.headers["origin"]

    shown(answer, "页面已过期", status=403)
    assert await is_in(world.browser)


async def test_who_is_not_signed_in_is_sent_to_a_registered_place_only(world):
    hint = (await world.given(world["basic"]))["id_token"]
    nobody = Browser(world.http)

    async with world.unwritten():
        there = await nobody.get("/oauth/logout", {"id_token_hint": hint, "post_logout_redirect_uri": BYE})
        not_there = await nobody.get(
            "/oauth/logout", {"id_token_hint": hint, "post_logout_redirect_uri": "https://evil.example/"}
        )

    assert there.headers["location"] == BYE
    shown(not_there, "invalid_request")
