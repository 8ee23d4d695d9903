"""Entries of the personal wire: where they lead, what a citizen is asked, and what leads nowhere."""

import re

import pytest

from identity import consents, people
from identity.actor import WORKER
from identity.sandbox import BY_KEY
from identity.wires import clients
from identity.wires.tables import Wire
from storage import clock
from storage.db import fetch
from tests.api.pages.browsing import send, signed_in, text_of
from tests.api.wires.speaking import CALLBACK, a_ticket, along, consented, enabled, entry_of

WANG = BY_KEY["wang_fang"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/sso/mobile.do", "action=oauth&scope=1&servicecode=rentapp"),
        ("/sso/newusp.do", "action=ssoLogin&servicecode=rentapp"),
        ("/sso/alipay.do", "action=ssoLogin&servicecode=rentapp"),
    ],
)
async def test_each_entry_leads_back(client, path, query):
    await enabled(client)
    await signed_in(client)

    plain = await consented(client, f"{path}?{query}")
    named = await client.get(f"{path}?{query}&redirectUrl={CALLBACK}?from=qr&goto=epsoft=1|aga001=7;no")

    assert along(plain).keys() == {"ticket"}
    assert along(named).keys() == {"ticket", "sp", "from"}
    assert along(named)["sp"] == "epsoft=1|aga001=7;no"
    assert named.headers["referrer-policy"] == "no-referrer"
    assert named.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("action=oauth&servicecode=nobody", 404),
        ("action=oauth&servicecode=rentapp%00", 404),
        ("action=oauth", 404),
        ("action=ssoLogin&servicecode=rentapp", 404),
        ("servicecode=rentapp", 404),
        (f"action=oauth&servicecode=rentapp&redirectUrl={CALLBACK}/more", 400),
        (f"action=oauth&servicecode=rentapp&redirectUrl={CALLBACK}%23part", 400),
        ("action=oauth&servicecode=rentapp&redirectUrl=https://evil.example/", 400),
        ("action=oauth&servicecode=rentapp&redirectUrl=//rent.example.cn/callback", 400),
        ("action=oauth&servicecode=rentapp&redirectUrl=https://rent.example.cn@evil.example/callback", 400),
        ("action=oauth&servicecode=rentapp&redirectUrl=https://rent.example.cn/callback%0d%0ax:y", 400),
        ("action=oauth&servicecode=rentapp&redirectUrl=https://rent.example.cn/callback%5c%5cx", 400),
        ("action=oauth&servicecode=rentapp&redirectUrl=https://rent.example.cn/callback?a%0d%0ax:y", 400),
        ("action=oauth&servicecode=rentapp&goto=" + "x" * 2000, 400),
    ],
)
async def test_an_entry_that_leads_nowhere_is_a_page(client, query, status):
    await enabled(client)

    answer = await client.get(f"/sso/mobile.do?{query}")

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "location" not in answer.headers
    assert await fetch("SELECT 1 FROM wire_pass") == []


async def test_who_says_no_gives_nothing_and_is_asked_again(client):
    await enabled(client)
    await signed_in(client)

    refused = await send(client, await client.get(entry_of()), decision="no")

    assert refused.status_code == 200
    assert (await client.get(entry_of())).status_code == 200
    assert await fetch("SELECT 1 FROM wire_pass") + await fetch("SELECT 1 FROM consent") == []


async def test_a_consent_is_taken_from_our_own_page_only(client):
    await enabled(client)
    await signed_in(client)
    page = await client.get(entry_of())

    forged = await client.post(entry_of(), data={"decision": "yes"})
    foreign = await client.post(
        entry_of(), data={"decision": "yes"}, headers={"origin": "https://evil.example"}
    )

    assert page.status_code == 200
    assert (forged.status_code, foreign.status_code) == (403, 403)
    assert await fetch("SELECT 1 FROM consent") == []


async def test_staff_sign_in_as_themselves_only(client, sign_in):
    await enabled(client)
    client.cookies.set("banshi_session", await sign_in("clerk_public_security"))

    assert (await client.get(entry_of())).status_code == 403


async def test_a_wire_that_is_off_is_as_unknown_as_any_code(client):
    await enabled(client)
    await clients.disable(WORKER, "rent-app", Wire.TICKET, "rentapp", now=await clock.now())

    pages = [await client.get(entry_of(code)) for code in ("rentapp", "nobody")]

    said = [re.sub(r"[0-9a-f]{32}|nobody|rentapp", "", page.text) for page in pages]
    assert [page.status_code for page in pages] == [404, 404]
    assert said[0] == said[1]


async def test_consents_of_the_citizen_name_the_wire(client):
    await enabled(client)
    await a_ticket(client)
    person = await people.find(WANG.number)

    assert [each.app_id for each in await consents.of(person.id)] == ["wires:ticket:rent-app"]


@pytest.mark.parametrize(
    ("_case", "query", "named"),
    [
        ("a client", "action=oauth&scope=1&servicecode=rentapp", True),
        ("nobody", "action=oauth&servicecode=nobody", False),
        ("elsewhere", "action=oauth&servicecode=rentapp&redirectUrl=https://evil.example/", False),
    ],
)
async def test_the_form_to_sign_in_may_lead_to_the_mini_app_and_nowhere_else(client, _case, query, named):
    await enabled(client)
    page = await client.get("/sign-in", params={"next": f"/sso/mobile.do?{query}"})
    [allowed] = re.findall(r"form-action ([^;]+);", page.headers["content-security-policy"])

    assert allowed == ("'self' https://rent.example.cn" if named else "'self'")


async def test_the_account_names_the_app_what_it_was_told_and_ends_it(client):
    app = await enabled(client)
    token = (await app.validate(await a_ticket(client)))["token"]

    page = await client.get("/account/consents")
    accesses = await client.get("/account/accesses")
    await send(client, page, nth=0)

    assert "租房补贴" in text_of(page.text)
    assert "证件类型和号码" in text_of(page.text)
    assert "登录老应用" in text_of(accesses.text)
    assert "rent-app" not in text_of(accesses.text)
    assert (await app.user_info(token))["result"] == "6505"
