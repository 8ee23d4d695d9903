"""Signing in at clients of every kind, from the browser's first step to the last token."""

from urllib.parse import urlsplit

import httpx
import pytest

from tests.api.oidc.relying import BYE, CALLBACK, ISSUER, Browser, add, header_of, payload_of, query_of

KINDS = ("basic", "key", "public", "dpop", "fapi2")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_client_of_every_kind_signs_a_citizen_in_refreshes_and_reads_userinfo(client, code_for, kind):
    rp = await add(client, kind)

    answer = await rp.redeem(await code_for(rp))

    assert answer.status_code == 200, answer.text
    given = answer.json()
    assert given["token_type"] == ("DPoP" if rp.dpop else "Bearer")
    assert 0 < given["expires_in"] <= 600
    told = await rp.userinfo(given["access_token"])
    assert told.status_code == 200, told.text
    assert told.json()["name"] == "王*"
    refreshed = await rp.refresh(given["refresh_token"])
    assert refreshed.status_code == 200, refreshed.text
    fresh = refreshed.json()
    assert (await rp.userinfo(fresh["access_token"])).json() == told.json()
    assert payload_of(fresh["id_token"])["sub"] == payload_of(given["id_token"])["sub"] == told.json()["sub"]


async def test_the_id_token_says_who_signed_in_when_and_how(client, code_for):
    rp = await add(client)

    given = (await rp.redeem(await code_for(rp, acr_values="urn:banshi:level:3"))).json()

    header, payload = header_of(given["id_token"]), payload_of(given["id_token"])
    [key] = (await client.get("/oauth/jwks")).json()["keys"]
    assert header == {"alg": "ES256", "typ": "JWT", "kid": key["kid"]}
    assert payload["iss"] == ISSUER
    assert payload["aud"] == payload["azp"] == rp.client_id
    assert payload["nonce"] == "no"
    assert payload["acr"] == "urn:banshi:level:3"
    assert payload["amr"] == ["face"]
    assert payload["exp"] - payload["iat"] == 600
    assert {"auth_time", "at_hash", "sid"} <= payload.keys()


async def test_who_is_not_signed_in_is_sent_to_sign_in_and_comes_back(client, sign_in):
    rp, browser = await add(client), Browser(client)

    away = await browser.get("/oauth/authorize", rp.request(login_hint="someone"))

    assert away.status_code == 303
    assert urlsplit(away.headers["location"]).path == "/sign-in"
    told = query_of(away)
    assert told["login_hint"] == "someone"
    browser.cookies.set("banshi_session", await sign_in("wang_fang"))
    back = await browser.get(told["next"])
    assert urlsplit(back.headers["location"]).path == "/consent"


async def test_another_browser_cannot_go_on_with_a_request(client, sign_in):
    rp, browser = await add(client), Browser(client)
    away = await browser.get("/oauth/authorize", rp.request())

    other = Browser(client, await sign_in("li_wei"))
    answer = await other.get(query_of(away)["next"])

    assert answer.status_code == 404


async def test_a_consent_is_remembered_and_narrowed_claim_by_claim(client, browser, code_for):
    rp = await add(client)
    given = (await rp.redeem(await code_for(rp, keys={"profile.name"}))).json()
    assert given["scope"] == "openid profile.name"
    assert (await rp.userinfo(given["access_token"])).json().keys() == {"sub", "name"}

    again = await browser.get("/oauth/authorize", rp.request())

    assert again.headers["location"].startswith(f"{CALLBACK}?code=")
    assert query_of(again)["iss"] == ISSUER
    wider = await browser.get("/oauth/authorize", rp.request(scope="openid profile.name.full"))
    assert wider.headers["location"].startswith("/consent?request=")


async def test_a_form_of_another_site_comes_for_its_request_with_its_cookies(client, browser):
    rp = await add(client)

    parked = await client.post("/oauth/authorize", data=rp.request())

    assert parked.headers["location"].startswith("/oauth/continue?request=")
    client.cookies.clear()
    direct = await browser.post("/oauth/authorize", rp.request())
    assert direct.headers["location"].startswith("/consent?request=")


async def test_signing_out_at_a_clients_wish_ends_session_and_tokens(client, browser, code_for):
    rp = await add(client)
    given = (await rp.redeem(await code_for(rp))).json()

    bye = await browser.get(
        "/oauth/logout",
        {"id_token_hint": given["id_token"], "post_logout_redirect_uri": BYE, "state": "x y"},
    )

    assert (bye.status_code, bye.headers["location"]) == (303, f"{BYE}?state=x+y")
    assert (await rp.userinfo(given["access_token"])).status_code == 401
    assert (await rp.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"
    silent = await browser.get("/oauth/authorize", rp.request(prompt="none"))
    assert query_of(silent)["error"] == "login_required"


async def test_without_a_hint_the_citizen_is_asked_before_he_is_signed_out(client, browser, token):
    rp = await add(client)

    page = await browser.get("/oauth/logout", {"client_id": rp.client_id})

    assert page.status_code == 200
    assert "要退出登录吗" in page.text
    assert (
        (await browser.get("/oauth/authorize", rp.request(prompt="none")))
        .headers["location"]
        .startswith(CALLBACK)
    )
    word = page.text.split('name="form_word" value="')[1].split('"')[0]
    done = await browser.post("/oauth/logout", {"form_word": word, "client_id": rp.client_id})
    assert done.status_code == 200
    assert httpx.URL(str(done.url)).path == "/oauth/logout"


async def test_offline_access_outlives_the_session_and_nothing_else_does(client, browser, code_for):
    rp = await add(client)
    offline = (await rp.redeem(await code_for(rp, scope="openid offline_access"))).json()
    bound = (await rp.redeem(await code_for(rp, scope="openid"))).json()

    await browser.get("/oauth/logout", {"id_token_hint": offline["id_token"]})

    assert (await rp.refresh(offline["refresh_token"])).status_code == 200
    assert (await rp.refresh(bound["refresh_token"])).json()["error"] == "invalid_grant"
