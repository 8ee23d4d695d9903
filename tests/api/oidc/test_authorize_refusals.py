"""Authorization requests that are refused: shown while the way back is not sure, else taken to the client."""

import json

import pytest

from identity.oidc import requests
from identity.oidc.errors import RequestUnknown
from storage import clock
from storage.db import fetch
from tests.api.oidc.conftest import actor_of
from tests.api.oidc.relying import CALLBACK, ISSUER, Browser, add, query_of

SHOWN = {
    "no client": {"client_id": None},
    "an unknown client": {"client_id": "rp_nobody"},
    "no redirect_uri": {"redirect_uri": None},
    "a longer redirect_uri": {"redirect_uri": f"{CALLBACK}/more"},
    "another query": {"redirect_uri": f"{CALLBACK}?a=b"},
    "another case": {"redirect_uri": CALLBACK.upper()},
    "another port": {"redirect_uri": CALLBACK.replace("example", "example:444")},
    "a user": {"redirect_uri": CALLBACK.replace("rp.", "me@rp.")},
    "a step upwards": {"redirect_uri": f"{CALLBACK}/../callback"},
    "a fragment": {"redirect_uri": f"{CALLBACK}#a"},
    "a slash": {"redirect_uri": f"{CALLBACK}/"},
    "another scheme": {"redirect_uri": CALLBACK.replace("https", "http")},
    "an expired request_uri": {"request_uri": "urn:ietf:params:oauth:request_uri:x"},
}
TAKEN = {
    "no response_type": ({"response_type": None}, "invalid_request"),
    "a token at once": ({"response_type": "token"}, "unsupported_response_type"),
    "hybrid": ({"response_type": "code id_token"}, "unsupported_response_type"),
    "a fragment as answer": ({"response_mode": "fragment"}, "invalid_request"),
    "no openid": ({"scope": "profile.name"}, "invalid_scope"),
    "no scope": ({"scope": None}, "invalid_scope"),
    "an unregistered scope": ({"scope": "openid idcard.number"}, "invalid_scope"),
    "no challenge": ({"code_challenge": None}, "invalid_request"),
    "no method": ({"code_challenge_method": None}, "invalid_request"),
    "plain": ({"code_challenge_method": "plain"}, "invalid_request"),
    "a short challenge": ({"code_challenge": "abc"}, "invalid_request"),
    "none with login": ({"prompt": "none login"}, "invalid_request"),
    "an unknown prompt": ({"prompt": "create"}, "invalid_request"),
    "a negative age": ({"max_age": "-1"}, "invalid_request"),
    "a request object": ({"request": "e30.e30."}, "request_not_supported"),
    "a fetched request": ({"request_uri": "https://rp.example/r"}, "request_uri_not_supported"),
    "a registration": ({"registration": "{}"}, "registration_not_supported"),
    "a strange resource": ({"resource": "https://api.example"}, "invalid_target"),
    "broken claims": ({"claims": "{"}, "invalid_request"),
    "claims twice": ({"claims": '{"userinfo": {}, "userinfo": {}}'}, "invalid_request"),
    "claims as list": ({"claims": "[]"}, "invalid_request"),
    "an impossible acr": (
        {"claims": json.dumps({"id_token": {"acr": {"essential": True, "value": "gold"}}})},
        "unmet_authentication_requirements",
    ),
    "a forged hint": ({"id_token_hint": "e30.e30.e30"}, "invalid_request"),
    "a bad thumbprint": ({"dpop_jkt": "x"}, "invalid_request"),
    "a comparison in the address": (
        {"claims": json.dumps({"userinfo": {"same_person": {"value": "0" * 64}}})},
        "invalid_request",
    ),
    "no region": ({"claims": json.dumps({"userinfo": {"resident_of": None}})}, "invalid_request"),
    "a long state": ({"state": "s" * 1001}, "invalid_request"),
    "a silent sign-in without consent": ({"prompt": "none"}, "consent_required"),
}


async def nothing_written() -> bool:
    [row] = await fetch(
        "SELECT (SELECT count(*) FROM oidc_grant) + (SELECT count(*) FROM oidc_request)"
        " + (SELECT count(*) FROM consent) AS count"
    )
    return bool(row["count"] == 0)


@pytest.mark.parametrize("name", SHOWN)
async def test_a_request_without_a_sure_way_back_is_shown_and_taken_nowhere(client, browser, name):
    rp = await add(client)

    answer = await browser.get("/oauth/authorize", rp.request(**SHOWN[name]))

    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert answer.headers["content-type"].startswith("text/html")
    assert await nothing_written()


@pytest.mark.parametrize("name", ["redirect_uri", "client_id", "state", "scope"])
async def test_a_parameter_that_stands_twice_is_shown_and_taken_nowhere(client, browser, name):
    rp = await add(client)
    asked = rp.request()

    answer = await browser.get("/oauth/authorize", [*asked.items(), (name, asked[name])])

    assert (answer.status_code, answer.headers.get("location")) == (400, None)
    assert await nothing_written()


@pytest.mark.parametrize("name", TAKEN)
async def test_other_refusals_are_taken_to_the_client_with_state_and_issuer(client, browser, name):
    changes, error = TAKEN[name]
    rp = await add(client)
    asked = rp.request(**changes)

    answer = await browser.get("/oauth/authorize", asked)

    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(f"{CALLBACK}?")
    told = query_of(answer)
    assert (told["error"], told["iss"], told["state"]) == (error, ISSUER, asked["state"])
    assert await nothing_written()


async def test_silence_needs_a_session(client):
    rp = await add(client)

    told = query_of(await Browser(client).get("/oauth/authorize", rp.request(prompt="none")))

    assert told["error"] == "login_required"


async def test_a_sign_in_that_is_too_old_is_repeated(client, browser, agree):
    rp = await add(client)
    await agree(rp.request())

    for changes in ({"max_age": "0"}, {"prompt": "login"}, {"prompt": "select_account"}):
        away = await browser.get("/oauth/authorize", rp.request(**changes))
        assert away.headers["location"].startswith("/sign-in?"), changes
        again = await browser.get(query_of(away)["next"])
        assert again.headers["location"].startswith("/sign-in?"), "the same sign-in is still too old"
    silent = await browser.get("/oauth/authorize", rp.request(prompt="none", max_age="0"))
    assert query_of(silent)["error"] == "login_required"
    fresh = await browser.get("/oauth/authorize", rp.request(max_age="600"))
    assert "code" in query_of(fresh)


async def test_a_hint_of_somebody_else_asks_for_that_person(client, browser, agree, sign_in, token):
    rp = await add(client)
    given = (await rp.redeem((await agree(rp.request()))["code"])).json()
    other = Browser(client, await sign_in("li_wei"))
    asked = rp.request(id_token_hint=given["id_token"])

    silent = await other.get("/oauth/authorize", asked | {"prompt": "none"})
    away = await other.get("/oauth/authorize", asked)
    back = await other.get(query_of(away)["next"])

    assert query_of(silent)["error"] == "login_required"
    assert query_of(away)["prompt"] == "login"
    assert query_of(back)["error"] == "login_required"
    assert "code" in query_of(await browser.get("/oauth/authorize", asked))


async def test_staff_in_their_post_sign_in_as_themselves_first(client, sign_in):
    rp, browser = await add(client), Browser(client, await sign_in("clerk_public_security"))

    away = await browser.get("/oauth/authorize", rp.request())

    assert away.headers["location"].startswith("/sign-in?")
    assert query_of(away)["prompt"] == "login"


async def test_nobody_goes_past_the_sign_in_by_way_of_the_consent(client, browser, token):
    rp, actor = await add(client), await actor_of(token)

    for changes in ({"prompt": "login"}, {"max_age": "0"}):
        away = await browser.get("/oauth/authorize", rp.request(**changes))
        waiting = query_of(away)["next"].split("request=")[1]
        told = {"visitor": browser.visitor, "now": await clock.now()}
        with pytest.raises(RequestUnknown):
            await requests.look(actor, waiting, **told)
        with pytest.raises(RequestUnknown):
            await requests.grant(actor, waiting, ["phone"], **told)
    assert await fetch("SELECT 1 FROM consent") == []
