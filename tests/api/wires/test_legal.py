"""The wire of legal persons: entry by callback, ssotoken, both forms of the answer, leaving."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import httpx
import msgspec
import pytest

from banshi.scopes import Scope
from identity import accounts, mandates
from identity.actor import Actor
from identity.numbers import Sex
from identity.sandbox import BY_KEY, FIRM_BY_KEY
from identity.wires import clients, consent, passes
from identity.wires.errors import WireForCitizens, WireForFirms
from identity.wires.tables import Wire
from storage import clock
from storage.db import fetch
from tests.api.pages.browsing import signed_in
from tests.api.wires.speaking import CALLBACK, along, at, consented, enabled
from tests.api.wires.test_gateway import USER_QUERY
from tests.identity.mandated import CASES, a_proposal, act_by, agree, enter, link

LIN = BY_KEY["lin_hai"]
FIRM = FIRM_BY_KEY["qingshan"].facts
CODE = FIRM.code
KEYS = {
    "CompanyRegNumber", "OrganizationNumber", "CompanyName", "OrgType", "CompanyType", "CompanyAddress",
    "telephoneNumber", "CompanyScope", "CompanyRegOrg", "CompanySerialNumber", "userId", "username",
    "certName", "certNbxh", "certRegNo", "certHxbh", "certSn", "certDecSn", "certBase64", "loginType",
    "realLevel", "xzqh", "uniscid", "CompanyLegRep", "status", "attnPhone", "attnName", "attnIDType",
    "attnIDNo", "attnLandLinePhone",
}  # fmt: skip


@pytest.fixture
async def app(client: httpx.AsyncClient):
    return await enabled(client, Wire.LEGAL, code="project-1")


@pytest.fixture
async def token(client: httpx.AsyncClient) -> str:
    """The session of a firm's legal representative, in the firm's context."""
    now = await clock.now()
    mandate = await link("lin_hai", "qingshan", now=now)
    return (await act_by(mandate, "lin_hai", now=now))[0]


@pytest.fixture
async def handler(token: str) -> Actor:
    actor = await accounts.actor_of(token, now=await clock.now())
    assert actor is not None
    return actor


async def a_token(handler: Actor, wire: Wire = Wire.LEGAL, code: str = "project-1") -> str:
    now = await clock.now()
    client = await clients.find(code, [wire], now=now)
    await consent.give(handler, client, now=now)
    return await passes.issue(handler, client, now=now)


async def queried(client: httpx.AsyncClient, token: str) -> dict:
    return (await client.post("/rest/user/query", json={"token": token})).json()


async def test_the_firm_and_its_handler_are_told_in_a_string(client, app, handler):
    answer = await queried(client, await a_token(handler))

    info = msgspec.json.decode(answer["info"])
    assert (answer["success"], answer["errCode"], answer["msg"]) == (True, 0, "")
    assert info.keys() == KEYS
    assert {name: value for name, value in info.items() if value} == {
        "OrganizationNumber": CODE[8:17], "CompanyName": FIRM.name, "OrgType": "企业",
        "CompanyType": "企业", "userId": info["userId"], "username": FIRM.name,
        "loginType": "Password", "realLevel": "3", "xzqh": FIRM.region, "CompanyLegRep": LIN.name,
        "uniscid": CODE,
        "attnPhone": LIN.phone, "attnName": LIN.name, "attnIDType": "111", "attnIDNo": LIN.number,
    }  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_older_call_answers_an_object(client, app, handler, method):
    token = await a_token(handler)

    answer = (await client.request(method, f"/tgssocheck/getLoginInfo?ssotoken={token}")).json()

    assert answer["errCode"] == 0
    assert answer["info"]["uniscid"] == CODE


async def test_the_same_caller_may_repeat_the_call_and_nobody_else(client, app, handler):
    token = await a_token(handler)
    mine = [(await queried(client, token))["success"] for _ in range(2)]

    async with at(client, "203.0.113.9") as thief:
        theirs = await queried(thief, token)

    assert mine == [True, True]
    assert theirs == {"success": False, "errCode": 1, "msg": "ssotoken无效或已过期", "info": ""}


async def test_the_first_call_comes_within_a_minute_the_last_within_five(client, app, handler):
    late, used = await a_token(handler), await a_token(handler)
    await queried(client, used)
    await clock.shift(timedelta(seconds=61))
    assert not (await queried(client, late))["success"]
    assert (await queried(client, used))["success"]
    await clock.shift(timedelta(minutes=4))
    assert not (await queried(client, used))["success"]


@pytest.mark.parametrize("token", ["", "0" * 32, "x"])
async def test_what_is_no_ssotoken(client, app, token):
    answer = await client.get(f"/tgssocheck/getLoginInfo?ssotoken={token}")

    assert answer.json() == {"success": False, "errCode": 1, "msg": "ssotoken无效或已过期", "info": {}}


async def test_behind_the_gateway_and_then_nowhere_else(client, app, handler):
    signed = await enabled(client, Wire.BCDSG, code="AK_TEST")
    token = await a_token(handler)

    direct = await queried(client, token)
    through = await signed.through_gateway(USER_QUERY, json={"token": token})

    assert not direct["success"]
    assert msgspec.json.decode(through.json()["info"])["uniscid"] == CODE


async def test_a_firm_is_told_on_the_unified_wire_too(client, handler):
    await enabled(client, Wire.UNIFIED, code="2001000001")
    ticket = await a_token(handler, Wire.UNIFIED, "2001000001")

    given = await client.post("/uc/sso/access_token", json={"ticketId": ticket, "appId": "2001000001"})
    token = given.json()["data"]["accessToken"]
    data = (await client.post("/uc/sso/getUserInfo", json={"token": token})).json()["data"]

    assert data["userType"] == "LEGAL_PERSON"
    assert data["personInfo"]["attnUserType"] == "3"
    assert data["legalPersonInfo"] == {
        "name": FIRM.name, "unifiedSocialId": CODE, "orgType": "企业", "attnName": LIN.name,
        "attnPhone": LIN.phone, "attnIdType": "111", "attnIdNo": LIN.number, "attnUserType": "3",
        "principal": LIN.name, "gender": 1 if LIN.sex is Sex.MALE else 2, "nation": None, "idType": None,
        "outerIdType": "111", "idNo": LIN.number,
        "principalUserId": data["personInfo"]["userId"],
        "corpId": data["legalPersonInfo"]["corpId"], "attributes": {},
    }  # fmt: skip


async def test_before_listing_the_firm_is_invented_too(client, handler):
    await enabled(client, Wire.LEGAL, code="project-1", test_users_only=True)

    info = msgspec.json.decode((await queried(client, await a_token(handler)))["info"])

    assert info["uniscid"].startswith("91330199")
    assert info["CompanyName"].startswith("测试企业")
    assert LIN.number not in info.values()


async def test_a_person_is_no_firm_and_a_firm_no_person(client, app, handler):
    await enabled(client)
    person = replace(handler, acting_for=handler.person_id, delegation_id=None, mandate_kind=None)

    with pytest.raises(WireForFirms):
        await a_token(person)
    with pytest.raises(WireForCitizens):
        await a_token(handler, Wire.TICKET, "rentapp")


async def test_somebody_who_acts_for_a_firm_comes_and_goes(client, app, token):
    client.cookies.set("banshi_session", token)

    asked = await client.get(f"{ENTRY}?spappurl={CALLBACK}?goto=1")
    answer = await consented(client, f"{ENTRY}?spappurl={CALLBACK}?goto=1")

    assert "统一社会信用代码" in asked.text
    assert answer.headers["location"].startswith(f"{CALLBACK}?goto=1&ssotoken=")
    told = await queried(client, along(answer)["ssotoken"])
    assert msgspec.json.decode(told["info"])["uniscid"] == CODE
    rows = await fetch("SELECT party_id, acting_for, delegation_id, act FROM audit_row ORDER BY id")
    released = [row for row in rows if row["act"] == "claim.release"]
    assert len({row["party_id"] for row in released}) == len(released) == 2  # he and the firm see it once
    assert all(row["delegation_id"] is not None for row in released)
    assert {row["party_id"] for row in rows if row["act"] == "consent.grant"} == {
        row["party_id"] for row in released if row["party_id"] != row["acting_for"]
    }


async def test_what_came_bare_survives_the_change_to_large_letters(client, app, token):
    client.cookies.set("banshi_session", token)
    bare = f"{CALLBACK}?goto=index&userType=2"

    page = await client.get(f"{ENTRY}?spappurl={bare}")
    switch = unescape(re.findall(r'class="switch" href="([^"]+)"', page.text)[0])
    answer = await consented(client, switch)

    assert "ui_style=elder" in switch
    assert answer.headers["location"].startswith(f"{bare}&ssotoken=")


async def test_a_mandate_that_ends_ends_its_tokens(client, app, handler):
    unused, used = await a_token(handler), await a_token(handler)
    assert (await queried(client, used))["success"]

    myself = await enter("lin_hai", now=await clock.now())
    await mandates.revoke(myself, handler.delegation_id, now=await clock.now())

    assert not (await queried(client, used))["success"]
    assert not (await queried(client, unused))["success"]


@pytest.mark.parametrize(("scopes", "status"), [(CASES, 403), (CASES | {Scope.APPS_OPEN}, 200)])
async def test_an_agent_signs_in_for_the_firm_if_it_lets_him_open_apps(client, app, handler, scopes, status):
    now = await clock.now()
    agent = await enter("shen_yun", now=now)
    made = await mandates.appoint(handler, a_proposal("shen_yun", now=now, scopes=scopes), now=now)
    token, acting = await act_by(await mandates.accept(agent, made.id, now=now), now=now)
    client.cookies.set("banshi_session", token)

    assert (await client.get(f"{ENTRY}?spappurl={CALLBACK}")).status_code == status
    if status == 200:
        info = msgspec.json.decode((await queried(client, await a_token(acting)))["info"])
        assert (info["CompanyLegRep"], info["attnName"]) == ("", BY_KEY["shen_yun"].name)


async def test_whoever_acts_for_a_person_signs_nobody_in(client, app):
    await enabled(client)
    await enabled(client, Wire.UNIFIED, code="2001000001")
    now = await clock.now()
    held = await agree(now=now, scopes=CASES | {Scope.APPS_OPEN})
    client.cookies.set("banshi_session", (await act_by(held, now=now))[0])

    entries = ("/sso/mobile.do?action=oauth&servicecode=rentapp", "/uc/sso/login?appId=2001000001")
    pages = [await client.get(entry) for entry in (*entries, f"{ENTRY}?spappurl={CALLBACK}")]

    assert [page.status_code for page in pages] == [403] * 3
    assert all("/sign-in/context?next=" in page.text for page in pages)
    assert await fetch("SELECT 1 FROM wire_pass") == []


ENTRY = "/opensso/spsaehandler/metaAlias/sp"


@pytest.mark.parametrize(
    "query",
    [
        f"spappurl={CALLBACK}",
        f"spappurl={CALLBACK}?goto=indexInfoList?epsoft=1&userType=2&type=a|b",
        "spappurl=https%3A%2F%2Frent.example.cn%2Fcallback%3Fgoto%3D1",
    ],
)
async def test_the_entry_knows_the_client_by_its_callback(client, app, query):
    visitor = await client.get(f"{ENTRY}?{query}")
    await signed_in(client)
    citizen = await client.get(f"{ENTRY}?{query}")

    assert visitor.headers["location"].startswith("/sign-in?next=%2Fopensso")
    assert citizen.status_code == 403
    assert "法人" in citizen.text


@pytest.mark.parametrize(
    "query", ["", "spappurl=", "spappurl=https://evil.example/", f"spappurl={CALLBACK}/x"]
)
async def test_an_entry_that_leads_nowhere_is_a_page(client, app, query):
    assert (await client.get(f"{ENTRY}?{query}")).status_code == 404


@pytest.mark.parametrize(
    ("query", "there"),
    [
        (f"goto=https://oauth.zjzwfw.gov.cn/oauth/logout.do?redirect={CALLBACK}", CALLBACK),
        (f"goto={CALLBACK}?left=1", f"{CALLBACK}?left=1"),
        ("goto=https://oauth.zjzwfw.gov.cn/oauth/logout.do?redirect=https://evil.example/", None),
        ("goto=//evil.example", None),
        ("", None),
    ],
)
async def test_leaving_leads_back_only_where_somebody_registered(client, app, query, there):
    await signed_in(client)

    left = await client.get(f"/opensso/UI/Logout?{query}")

    assert left.headers.get("location") == there
    assert "banshi_session" not in client.cookies
    assert await fetch("SELECT 1 FROM session WHERE ended_at IS NULL") == []
