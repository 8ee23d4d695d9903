"""The unified wire: PC entry, the bridge's ssoTicket, accessToken, user; signed by AK or not."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest

from banshi.scopes import Scope
from identity import halts
from identity.sandbox import BY_KEY
from identity.wires.tables import Wire
from storage import clock
from storage.db import fetch
from tests.api.pages.browsing import signed_in
from tests.api.wires.speaking import CALLBACK, along, at, consented, enabled

WANG = BY_KEY["wang_fang"]
APP_ID = "2001000001"
PORTAL = f"/uc/sso/login?appId={APP_ID}"
BAD_TICKET = {
    "success": False, "errorCode": "C-USER-SSO-TICKET-INVALID", "errorMsg": "ticket非法", "data": None,
}  # fmt: skip
BAD_TOKEN = {
    "success": False, "errorCode": "C-USER-SSO-TOKEN-INVALID", "errorMsg": "token非法", "data": None,
}  # fmt: skip


@pytest.fixture
async def app(client: httpx.AsyncClient):
    return await enabled(client, Wire.UNIFIED, code=APP_ID)


async def a_ticket(client: httpx.AsyncClient) -> str:
    client.cookies.clear()
    await signed_in(client)
    return along(await consented(client, PORTAL))["ticketId"]


async def token_for(client: httpx.AsyncClient, ticket: str, app_id: str = APP_ID) -> dict:
    return (await client.post("/uc/sso/access_token", json={"ticketId": ticket, "appId": app_id})).json()


async def user_of(client: httpx.AsyncClient, token: str) -> dict:
    return (await client.post("/uc/sso/getUserInfo", json={"token": token})).json()


async def test_the_portal_sends_back_a_ticket_and_the_address(client, app):
    await signed_in(client)

    answer = await consented(client, f"{PORTAL}&sp=https%3A%2F%2Frent.example.cn%2Fa%3Fb%3D1%23c")

    assert answer.headers["location"].startswith(f"{CALLBACK}?ticketId=")
    assert re.fullmatch("[0-9a-f]{32}", along(answer)["ticketId"])
    assert along(answer)["redirectUrl"] == "https://rent.example.cn/a?b=1#c"


async def test_the_user_is_told_in_the_envelope(client, app):
    given = await token_for(client, await a_ticket(client))

    told = await user_of(client, given["data"]["accessToken"])

    assert (given["success"], given["errorCode"], given["errorMsg"]) == (True, "", "")
    assert told == {
        "success": True, "errorCode": "", "errorMsg": "",
        "data": {
            "userType": "PERSON",
            "personInfo": {
                "userId": told["data"]["personInfo"]["userId"], "userName": "王芳", "idType": "ID_CARD",
                "outerIdType": "111", "idNo": WANG.number, "attnUserType": "", "phone": WANG.phone,
                "email": "", "nation": "", "gender": "2", "birthday": "1990-04-12", "certKey": "",
                "attributes": {},
            },
            "legalPersonInfo": None,
            "organizationInfoList": [],
        },
    }  # fmt: skip


async def test_the_host_app_asks_for_a_ticket(client, app, sign_in):
    bearer = {"authorization": f"Bearer {await sign_in('wang_fang')}"}

    async def asked(**wish) -> httpx.Response:
        return await client.post("/uc/sso/ticket", json=wish, headers=bearer)

    before = await asked(appId=APP_ID)
    given = await asked(appId=APP_ID, consent=True)
    again = await asked(appId=APP_ID)
    unknown = await asked(appId="nobody")
    await halts.halt_scope(Scope.PROFILE_READ, now=await clock.now())
    paused = await asked(appId=APP_ID, consent=True)
    kept = await token_for(client, given.json()["ticketId"])
    await halts.free_scope(Scope.PROFILE_READ)

    assert before.status_code == 403
    assert before.json()["errors"][0]["extensions"]["code"] == "WIRE_CONSENT_NEEDED"
    assert given.json()["result"] is True
    assert again.json()["result"] is True
    assert unknown.json() == {"result": False}
    assert paused.json()["errors"][0]["extensions"]["code"] == "WIRE_PAUSED"
    assert kept == BAD_TICKET
    assert (await token_for(client, given.json()["ticketId"]))["success"]


async def test_a_browsers_cookie_gets_no_ticket_of_the_bridge(client, app):
    await signed_in(client)

    assert (await client.post("/uc/sso/ticket", json={"appId": APP_ID})).status_code == 401


async def test_a_ticket_is_good_once(client, app):
    ticket = await a_ticket(client)

    assert (await token_for(client, ticket))["success"]
    assert await token_for(client, ticket) == BAD_TICKET


@pytest.mark.parametrize("ticket", ["", "0" * 32, "0" * 32 + "-ticket", "票"])
async def test_what_is_no_ticket(client, app, ticket):
    assert await token_for(client, ticket) == BAD_TICKET


@pytest.mark.parametrize("token", ["", "0" * 32, "x"])
async def test_what_is_no_token(client, app, token):
    assert await user_of(client, token) == BAD_TOKEN


@pytest.mark.parametrize("app_id", ["", "nobody", "2001000002"])
async def test_a_ticket_belongs_to_its_app(client, app, app_id):
    await enabled(client, Wire.UNIFIED, client_id="other-app", code="2001000002")
    ticket = await a_ticket(client)

    assert await token_for(client, ticket, app_id) == BAD_TICKET


async def test_tickets_and_tokens_end(client, app):
    ticket, token = await a_ticket(client), (await token_for(client, await a_ticket(client)))["data"]
    await clock.shift(timedelta(seconds=61))
    assert await token_for(client, ticket) == BAD_TICKET
    assert (await user_of(client, token["accessToken"]))["success"]
    await clock.shift(timedelta(minutes=5))
    assert await user_of(client, token["accessToken"]) == BAD_TOKEN


async def test_a_consent_withdrawn_leaves_no_user(client, app):
    token = (await token_for(client, await a_ticket(client)))["data"]["accessToken"]
    await fetch("UPDATE consent SET withdrawn_at = now()")

    told = await user_of(client, token)

    assert (told["success"], told["errorCode"]) == (False, "C-USER-SSO-USER-EMPTY")


async def test_a_token_that_is_shown_from_elsewhere_is_refused(client, app):
    token = (await token_for(client, await a_ticket(client)))["data"]["accessToken"]
    mine = [(await user_of(client, token))["success"] for _ in range(2)]

    async with at(client, "203.0.113.9") as thief:
        theirs = await user_of(thief, token)

    assert mine == [True, True]
    assert theirs == BAD_TOKEN
    assert len(await fetch("SELECT 1 FROM audit_row WHERE act = 'wire.replay'")) == 1


async def test_a_token_of_another_wire_is_dead_when_shown_here(client, app):
    old = await enabled(client)
    client.cookies.clear()
    await signed_in(client)
    ticket = along(await consented(client, "/sso/mobile.do?action=oauth&servicecode=rentapp"))["ticket"]
    token = (await old.validate(ticket))["token"]

    assert await user_of(client, token) == BAD_TOKEN
    assert (await old.user_info(token))["result"] == "6501"


async def test_nobody_speaks_unsigned_for_a_client_that_has_an_ak(client, app):
    await enabled(client, Wire.BCDSG, code="AK_TEST")
    ticket = await a_ticket(client)

    assert await token_for(client, ticket) == BAD_TICKET


async def test_before_listing_it_is_an_invented_person(client):
    await enabled(client, Wire.UNIFIED, code=APP_ID, test_users_only=True)

    token = (await token_for(client, await a_ticket(client)))["data"]["accessToken"]
    person = (await user_of(client, token))["data"]["personInfo"]

    assert person["idNo"][4:6] == "99"
    assert person["userName"] != WANG.name


async def test_leaving_ends_session_and_tickets(client, app):
    ticket = await a_ticket(client)

    left = await client.get("/uc/unifiedLogout")

    assert left.status_code == 200
    assert "banshi_session" not in client.cookies
    assert await token_for(client, ticket) == BAD_TICKET
    assert (await client.get(PORTAL)).headers["location"].startswith("/sign-in?")


async def test_many_who_redeem_one_ticket_at_once_get_one_token(client, app):
    won = []
    await a_ticket(client)
    for _ in range(50):
        ticket = along(await client.get(PORTAL))["ticketId"]
        answers = await asyncio.gather(*(token_for(client, ticket) for _ in range(8)))
        won.append(sum(answer["success"] for answer in answers))
        await fetch("DELETE FROM wire_seen")

    assert won == [1] * 50
