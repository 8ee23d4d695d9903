"""The wire of legal persons: entry by callback, ssotoken, both forms of the answer, leaving."""

from dataclasses import replace
from datetime import timedelta

import httpx
import msgspec
import pytest

from identity import accounts, firms
from identity.actor import Actor
from identity.registries import FirmFacts, FirmKind
from identity.sandbox import BY_KEY
from identity.wires import clients, consent, passes
from identity.wires.errors import WireForCitizens, WireForFirms
from identity.wires.tables import Wire
from storage import clock
from storage.db import fetch
from tests.api.pages.browsing import signed_in
from tests.api.wires.speaking import CALLBACK, at, enabled
from tests.api.wires.test_gateway import USER_QUERY

WANG = BY_KEY["wang_fang"]
CODE = "11330105002500287C"
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
async def handler(client: httpx.AsyncClient, sign_in) -> Actor:
    """Somebody who acts for a firm."""
    now = await clock.now()
    actor = await accounts.actor_of(await sign_in("wang_fang"), now=now)
    facts = FirmFacts(code=CODE, name="杭州市样品有限公司", kind=FirmKind.COMPANY, region="330105")
    firm = await firms.ensure(facts, now=now)
    return replace(actor, acting_for=firm.id)


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
        "OrganizationNumber": "002500287", "CompanyName": "杭州市样品有限公司", "OrgType": "企业",
        "CompanyType": "企业", "userId": info["userId"], "username": "杭州市样品有限公司",
        "loginType": "Password", "realLevel": "3", "xzqh": "330105", "uniscid": CODE,
        "attnPhone": WANG.phone, "attnName": WANG.name, "attnIDType": "111", "attnIDNo": WANG.number,
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
        "name": "杭州市样品有限公司", "unifiedSocialId": CODE, "orgType": "企业", "attnName": WANG.name,
        "attnPhone": WANG.phone, "attnIdType": "111", "attnIdNo": WANG.number, "attnUserType": "3",
        "principal": "", "gender": None, "nation": None, "idType": None, "outerIdType": "", "idNo": "",
        "principalUserId": "", "corpId": data["legalPersonInfo"]["corpId"], "attributes": {},
    }  # fmt: skip


async def test_before_listing_the_firm_is_invented_too(client, handler):
    await enabled(client, Wire.LEGAL, code="project-1", test_users_only=True)

    info = msgspec.json.decode((await queried(client, await a_token(handler)))["info"])

    assert info["uniscid"].startswith("91330199")
    assert info["CompanyName"].startswith("测试企业")
    assert WANG.number not in info.values()


async def test_a_person_is_no_firm_and_a_firm_no_person(client, app, handler):
    await enabled(client)
    person = replace(handler, acting_for=handler.person_id)

    with pytest.raises(WireForFirms):
        await a_token(person)
    with pytest.raises(WireForCitizens):
        await a_token(handler, Wire.TICKET, "rentapp")


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
