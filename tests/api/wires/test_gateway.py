"""The gateway: AK and SK, its four messages, its six routes."""

import hmac
from base64 import b64encode
from datetime import timedelta

import httpx
import msgspec
import pytest

from api.http.wires import gateway
from identity.sandbox import BY_KEY
from identity.wires.tables import Wire
from storage import clock
from storage.db import fetch
from tests.api.pages.browsing import signed_in
from tests.api.wires.speaking import AREA, CALLBACK, OldApp, a_ticket, along, at, consented, enabled, repeats

WANG = BY_KEY["wang_fang"]
AK = "AK_TEST"
VALIDATION = "/IC33000020220228000002/sso/servlet/simpleauth"
PERSON_INFO = "/IC33000020220228000004/sso/servlet/simpleauth"
ACCESS_TOKEN = "/IC33000020220329000007/uc/sso/access_token"
USER_INFO = "/IC33000020220329000008/uc/sso/getUserInfo"
USER_QUERY = "/IC33000020220309000001/rest/user/query"
CALLBACK_URL = "/IC33000020220309000002/rest/callbackUrl"


@pytest.fixture
async def app(client: httpx.AsyncClient) -> OldApp:
    return await enabled(client, Wire.BCDSG, code=AK)


def test_the_routes_are_those_of_the_gateway():
    routes = (VALIDATION, PERSON_INFO, ACCESS_TOKEN, USER_INFO, USER_QUERY, CALLBACK_URL)

    assert {AREA + route for route in routes} == set(gateway.NEEDED)


async def test_a_citizen_is_told_of_through_the_gateway(client, app):
    ticket = await a_ticket(client, code=AK)

    valid = await app.through_gateway(
        VALIDATION, data={**await app.sign(), "method": "ticketValidation", "st": ticket}
    )
    told = await app.through_gateway(
        PERSON_INFO, data={**await app.sign(), "method": "getUserInfo", "token": valid.json()["token"]}
    )

    assert (valid.json()["result"], told.json()["result"]) == ("0", "0")
    assert told.json()["idnum"] == WANG.number


async def test_the_route_says_the_method_when_the_form_does_not(client, app):
    ticket = await a_ticket(client, code=AK)

    wrong = await app.through_gateway(
        VALIDATION, data={**await app.sign(), "method": "getUserInfo", "st": ticket}
    )
    valid = await app.through_gateway(VALIDATION, data={**await app.sign(), "st": ticket})

    assert (wrong.json()["result"], valid.json()["result"]) == ("6099", "0")


async def test_the_service_code_is_the_ak(client, app):
    ticket = await a_ticket(client, code=AK)

    answer = await app.through_gateway(
        VALIDATION, data={**await app.sign(), "servicecode": "rentapp", "st": ticket}
    )

    assert answer.json()["result"] == "6099"


async def test_what_the_gateway_signs_opens_no_direct_door(client, app):
    ticket = await a_ticket(client, code=AK)

    assert (await app.validate(ticket))["result"] == "6099"


def refusal(answer: httpx.Response) -> tuple[int, dict[str, str]]:
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"x-bg-hmac-access-key": "nobody"}, "Invalid access key"),
        ({"x-bg-hmac-access-key": ""}, "Invalid access key"),
        ({"x-bg-hmac-signature": "AAAA"}, "Invalid signature"),
        ({"x-bg-hmac-signature": ""}, "Invalid signature"),
        ({"x-bg-hmac-algorithm": "hmac-sha1"}, "Invalid signature"),
        ({"x-bg-date-time": "Tue, 09 Nov 2021 08:49:20 GMT"}, "Clock skew exceeded"),
        ({"x-bg-date-time": "yesterday"}, "Clock skew exceeded"),
        ({"x-bg-date-time": ""}, "Clock skew exceeded"),
    ],
)
@pytest.mark.parametrize(
    "route", [VALIDATION, PERSON_INFO, ACCESS_TOKEN, USER_INFO, USER_QUERY, CALLBACK_URL]
)
async def test_the_gateway_refuses_in_its_own_words(client, app, route, headers, message):
    answer = await app.through_gateway(route, headers=headers)

    assert refusal(answer) == (401, {"message": message})


async def test_a_call_without_headers_is_refused(client):
    answers = [await client.post(AREA + route) for route in (VALIDATION, USER_QUERY)]

    assert [refusal(each) for each in answers] == [(401, {"message": "Invalid access key"})] * 2


@pytest.mark.parametrize(("seconds", "status"), [(-92, 401), (-85, 200), (85, 200), (92, 401)])
async def test_the_clock_of_a_client_may_be_off_by_ninety_seconds(client, app, seconds, status):
    date = (await clock.now() + timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    text = f"POST\n{AREA}{VALIDATION}\n\n{AK}\n{date}\n"
    sign = b64encode(hmac.digest(app.secret.encode(), text.encode(), "sha256")).decode()

    answer = await app.through_gateway(
        VALIDATION, headers={"x-bg-hmac-signature": sign, "x-bg-date-time": date}
    )

    assert answer.status_code == status
    if status == 401:
        assert answer.json() == {"message": "Clock skew exceeded"}


@pytest.mark.parametrize("route", [ACCESS_TOKEN, USER_INFO, USER_QUERY, CALLBACK_URL])
async def test_a_route_whose_wire_is_off_is_forbidden(client, app, route):
    assert refusal(await app.through_gateway(route, json={})) == (
        401,
        {"message": "The route_id is forbidden."},
    )


@pytest.mark.parametrize(
    ("signed", "status"),
    [("b=2&a=1", 200), ("a=1&b=2", 200), ("", 401), ("a=1", 401)],
)
async def test_the_query_is_signed_as_sent_or_sorted(client, app, signed, status):
    answer = await app.through_gateway(VALIDATION, query="b=2&a=1", signed=signed)

    assert answer.status_code == status


async def test_headers_overheard_are_worth_nothing_elsewhere(client, app):
    here = await app.through_gateway(VALIDATION, data={})
    headers = {name: value for name, value in here.request.headers.items() if name.startswith("x-bg-")}

    again = await client.post(AREA + VALIDATION, headers=headers)
    async with at(client, "203.0.113.9") as thief:
        stolen = await thief.post(AREA + VALIDATION, headers=headers)

    assert again.status_code == 200
    assert len(await repeats()) == 1
    assert refusal(stolen) == (401, {"message": "Invalid signature"})
    assert len(await fetch("SELECT 1 FROM audit_row WHERE act = 'wire.replay'")) == 1


@pytest.mark.parametrize("named", [{"appId": "2001000001"}, {}])
async def test_the_unified_wire_behind_the_gateway(client, app, named):
    await enabled(client, Wire.UNIFIED, code="2001000001")
    await signed_in(client)
    ticket = along(await consented(client, "/uc/sso/login?appId=2001000001&sp="))["ticketId"]

    given = await app.through_gateway(ACCESS_TOKEN, json={"ticketId": ticket, **named})
    told = await app.through_gateway(USER_INFO, json={"token": given.json()["data"]["accessToken"]})

    assert told.json()["data"]["personInfo"]["idNo"] == WANG.number


async def test_a_signed_call_may_also_come_directly(client, app):
    await enabled(client, Wire.UNIFIED, code="2001000001")
    await signed_in(client)
    ticket = along(await consented(client, "/uc/sso/login?appId=2001000001"))["ticketId"]
    date = (await clock.now()).strftime("%a, %d %b %Y %H:%M:%S GMT")
    text = f"POST\n/uc/sso/access_token\n\n{AK}\n{date}\n"
    headers = {
        "x-bg-hmac-signature": b64encode(hmac.digest(app.secret.encode(), text.encode(), "sha256")).decode(),
        "x-bg-hmac-algorithm": "hmac-sha256", "x-bg-hmac-access-key": AK, "x-bg-date-time": date,
    }  # fmt: skip

    answer = await client.post("/uc/sso/access_token", json={"ticketId": ticket}, headers=headers)
    wrong = await client.post(
        "/uc/sso/getUserInfo", json={"token": "0" * 32}, headers=headers | {"x-bg-hmac-signature": "AAAA"}
    )

    assert answer.json()["success"] is True
    assert refusal(wrong) == (401, {"message": "Invalid signature"})


async def test_another_clients_ak_gets_nothing(client, app):
    await enabled(client, Wire.UNIFIED, code="2001000001", client_id="other-app")
    await enabled(client, Wire.UNIFIED, code="2001000002")
    await signed_in(client)
    ticket = along(await consented(client, "/uc/sso/login?appId=2001000001"))["ticketId"]

    answers = [
        await app.through_gateway(ACCESS_TOKEN, json={"ticketId": ticket, "appId": app_id})
        for app_id in ("2001000001", "2001000002", "")
    ]

    assert {answer.json()["errorCode"] for answer in answers} == {"C-USER-SSO-TICKET-INVALID"}


async def test_callbacks_are_told(client, app):
    await enabled(client, Wire.LEGAL, code="project-1")

    answer = await app.through_gateway(CALLBACK_URL, json={})

    assert (answer.json()["success"], answer.json()["errCode"]) == (True, 0)
    assert msgspec.json.decode(answer.json()["info"]) == [CALLBACK]
