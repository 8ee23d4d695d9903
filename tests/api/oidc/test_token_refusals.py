"""Codes and refresh tokens that are refused, and what else ends with them."""

import asyncio
from datetime import timedelta

import pytest

from identity import clients, consents
from storage import clock
from storage.db import fetch
from tests.api.oidc.conftest import actor_of
from tests.api.oidc.relying import BYE, ISSUER, Rp, add, basic, challenge_of


async def written() -> tuple[int, int]:
    [row] = await fetch(
        "SELECT (SELECT count(*) FROM app_token) AS access, (SELECT count(*) FROM oidc_refresh) AS refresh"
    )
    return row["access"], row["refresh"]


CODES = {
    "no verifier": ({"code_verifier": None}, "invalid_request"),
    "a wrong verifier": ({"code_verifier": "v" * 43}, "invalid_grant"),
    "a short verifier": ({"code_verifier": "v"}, "invalid_grant"),
    "no redirect_uri": ({"redirect_uri": None}, "invalid_request"),
    "another redirect_uri": ({"redirect_uri": BYE}, "invalid_grant"),
    "no code": ({"code": None}, "invalid_request"),
    "a made-up code": ({"code": "c" + "0" * 64}, "invalid_grant"),
    "another grant type": ({"grant_type": "password"}, "unsupported_grant_type"),
    "client credentials": ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    "no grant type": ({"grant_type": None}, "invalid_request"),
    "a resource not asked for": ({"resource": f"{ISSUER}/graphql"}, "invalid_target"),
}


@pytest.mark.parametrize("name", CODES)
async def test_a_code_shown_wrongly_is_refused_writes_nothing_and_is_still_good(client, code_for, name):
    changes, error = CODES[name]
    rp = await add(client)
    code = await code_for(rp)

    answer = await rp.redeem(**({"code": code} | changes))

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert await written() == (0, 0)
    assert (await rp.redeem(code)).status_code == 200


async def test_a_code_is_worth_nothing_to_another_client(client, code_for):
    rp, other = await add(client), await add(client)
    code = await code_for(rp)

    answer = await other.redeem(code, code_verifier=rp.verifier)

    assert answer.json()["error"] == "invalid_grant"
    assert (await rp.redeem(code)).status_code == 200


async def test_a_code_lives_a_minute(client, code_for):
    rp = await add(client)
    code = await code_for(rp)

    await clock.shift(timedelta(seconds=61))

    assert "expired" in (await rp.redeem(code)).json()["error_description"]
    assert await written() == (0, 0)


async def test_the_second_use_of_a_code_revokes_what_the_first_gave(client, code_for):
    rp = await add(client)
    code = await code_for(rp)
    given = (await rp.redeem(code)).json()

    again = await rp.redeem(code)

    assert again.json()["error"] == "invalid_grant"
    assert (await rp.userinfo(given["access_token"])).status_code == 401
    assert (await rp.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"
    rows = await fetch("SELECT act FROM audit_row WHERE act LIKE 'oidc.%' ORDER BY id")
    assert [row["act"] for row in rows] == ["oidc.code", "oidc.token", "oidc.code_reused"]


async def test_of_eight_uses_of_a_code_at_once_one_wins(client, code_for):
    rp = await add(client)
    code = await code_for(rp)

    answers = await asyncio.gather(*(rp.redeem(code) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    assert await written() == (1, 1)


@pytest.mark.parametrize("kind", ["basic", "key", "public", "dpop"])
async def test_a_refresh_token_that_comes_again_ends_its_family(client, code_for, kind):
    rp = await add(client, kind)
    first = (await rp.redeem(await code_for(rp))).json()
    second = (await rp.refresh(first["refresh_token"])).json()

    again = await rp.refresh(first["refresh_token"])

    assert again.json()["error"] == "invalid_grant"
    assert (await rp.refresh(second["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await rp.userinfo(second["access_token"])).status_code == 401


async def test_of_eight_refreshes_at_once_one_wins_and_the_family_ends(client, code_for):
    rp = await add(client)
    first = (await rp.redeem(await code_for(rp))).json()

    answers = await asyncio.gather(*(rp.refresh(first["refresh_token"]) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    [won] = [answer.json() for answer in answers if answer.status_code == 200]
    assert (await rp.userinfo(won["access_token"])).status_code == 401


async def test_scope_may_be_narrowed_and_never_widened(client, code_for):
    rp = await add(client)
    first = (await rp.redeem(await code_for(rp, scope="openid profile.name"))).json()

    wider = await rp.refresh(first["refresh_token"], scope="openid phone")
    narrow = await rp.refresh(first["refresh_token"], scope="openid")

    assert wider.json()["error"] == "invalid_scope"
    assert narrow.json()["scope"] == "openid"
    assert (await rp.userinfo(narrow.json()["access_token"])).json().keys() == {"sub"}
    whole = (await rp.refresh(narrow.json()["refresh_token"])).json()
    assert whole["scope"] == "openid profile.name"


async def test_a_refresh_token_is_worth_nothing_to_another_client(client, code_for):
    rp, other = await add(client), await add(client)
    given = (await rp.redeem(await code_for(rp))).json()

    assert (await other.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await rp.refresh(given["refresh_token"])).status_code == 200


async def test_a_grant_ends_whatever_is_refreshed(client, code_for):
    rp = await add(client)
    given = (await rp.redeem(await code_for(rp, scope="openid offline_access"))).json()
    for _ in range(3):
        await clock.shift(timedelta(days=9))
        given = (await rp.refresh(given["refresh_token"])).json()

    await clock.shift(timedelta(days=4))

    assert (await rp.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"


async def test_a_withdrawn_consent_kills_every_token_and_is_told(client, code_for, token):
    rp = await add(client)
    given = (await rp.redeem(await code_for(rp, scope="openid offline_access"))).json()
    actor = await actor_of(token)

    await consents.withdraw(actor, rp.client_id, now=await clock.now())

    assert (await rp.userinfo(given["access_token"])).status_code == 401
    assert (await rp.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"
    rows = await fetch("SELECT type, app_id FROM outbox WHERE type = 'consent.withdrawn'")
    assert rows == [{"type": "consent.withdrawn", "app_id": rp.client_id}]


async def test_a_client_that_is_switched_off_is_nobody_at_once(client, browser, code_for):
    rp = await add(client)
    code = await code_for(rp)
    given = (await rp.redeem(await code_for(rp))).json()

    await clients.disable(rp.client_id, now=await clock.now())

    assert (await rp.userinfo(given["access_token"])).status_code == 401
    assert (await rp.redeem(code)).json()["error"] == "invalid_client"
    assert (await browser.get("/oauth/authorize", rp.request())).status_code == 400


async def test_revocation_takes_the_family_or_one_access_token_and_says_nothing(client, code_for):
    rp, other = await add(client), await add(client)
    one = (await rp.redeem(await code_for(rp))).json()
    two = (await rp.redeem(await code_for(rp))).json()

    answers = [
        await other.call("revoke", {"token": one["access_token"]}),
        await other.call("revoke", {"token": one["refresh_token"]}),
        await rp.call("revoke", {"token": "nothing"}),
    ]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert (await rp.userinfo(one["access_token"])).status_code == 200
    await rp.call("revoke", {"token": one["access_token"]})
    await rp.call("revoke", {"token": two["refresh_token"], "token_type_hint": "access_token"})

    assert (await rp.userinfo(one["access_token"])).status_code == 401
    assert (await rp.userinfo(two["access_token"])).status_code == 401
    assert (await rp.refresh(one["refresh_token"])).status_code == 200
    assert (await rp.refresh(two["refresh_token"])).status_code == 400


async def test_introspection_is_for_the_tokens_own_client(client, code_for):
    rp, other, public = await add(client), await add(client), await add(client, "public")
    given = (await rp.redeem(await code_for(rp))).json()

    own = (await rp.call("introspect", {"token": given["access_token"]})).json()
    refresh = (await rp.call("introspect", {"token": given["refresh_token"]})).json()
    foreign = (await other.call("introspect", {"token": given["access_token"]})).json()
    refused = await public.call("introspect", {"token": given["access_token"]})
    bare = await client.post("/oauth/introspect", data={"token": given["access_token"]})

    assert (own["active"], own["client_id"], own["scope"]) == (True, rp.client_id, given["scope"])
    assert own["exp"] - own["iat"] == 600
    assert refresh["active"]
    assert foreign == {"active": False}
    assert (refused.status_code, bare.status_code) == (401, 401)


WRONG_CLIENTS = {
    "a wrong secret": lambda rp: {"headers": {"authorization": basic(rp.client_id, "x")}},
    "an unknown client": lambda rp: {"headers": {"authorization": basic("rp_x", rp.secret)}},
    "no colon": lambda rp: {"headers": {"authorization": "Basic YWJj"}},
    "no base64": lambda rp: {"headers": {"authorization": "Basic %%%"}},
    "another scheme": lambda rp: {"headers": {"authorization": f"Bearer {rp.secret}"}},
    "a secret in the body": lambda rp: {"data": {"client_id": rp.client_id, "client_secret": rp.secret}},
    "nothing": lambda rp: {"data": {"client_id": rp.client_id}},
    "nobody": lambda rp: {},
}


@pytest.mark.parametrize("name", WRONG_CLIENTS)
async def test_a_client_that_does_not_prove_itself_gets_nothing(client, code_for, name):
    rp = await add(client)
    code = await code_for(rp)
    wrong = WRONG_CLIENTS[name](rp)
    body = {"grant_type": "authorization_code", "code": code, **wrong.get("data", {})}

    answer = await client.post("/oauth/token", data=body, headers=wrong.get("headers", {}))

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert ("www-authenticate" in answer.headers) == ("headers" in wrong)
    assert await written() == (0, 0)
    assert (await rp.redeem(code)).status_code == 200


async def test_two_ways_at_once_are_refused(client, code_for):
    rp = await add(client)
    body = {"grant_type": "authorization_code", "code": await code_for(rp), "client_secret": rp.secret}

    answer = await rp.call("token", body)

    assert answer.json()["error"] == "invalid_request"


async def test_secrets_overlap_while_they_change(client, code_for):
    rp = await add(client)
    old = rp.secret
    rp.secret = await clients.rotate_secret(rp.client_id, now=await clock.now())

    assert (await rp.redeem(await code_for(rp))).status_code == 200
    aged = Rp(client, rp.client_id, old, verifier=rp.verifier)
    assert (await aged.redeem(await code_for(rp))).status_code == 200
    await clock.shift(clients.OVERLAP)
    late = await aged.call("introspect", {"token": "x"})
    assert (late.status_code, late.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("body", [b"grant_type=a&grant_type=b", b"%ff=1", b"{}"])
async def test_a_body_that_is_not_understood_is_refused_in_oauths_shape(client, body):
    kind = "application/json" if body == b"{}" else "application/x-www-form-urlencoded"

    answer = await client.post("/oauth/token", content=body, headers={"content-type": kind})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert (await client.get("/oauth/token")).json()["error"] == "invalid_request"


def test_the_challenge_of_the_norm():
    assert (
        challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
