"""Tickets and tokens of the personal wire: how long they live, with what they die, whose they are."""

import asyncio
from datetime import timedelta

import pytest

from identity import people
from identity.actor import WORKER
from identity.sandbox import BY_KEY
from identity.wires import clients
from identity.wires.tables import Wire
from miniapps.release import service as release
from miniapps.release.rules.switches import SwitchKind
from storage import clock
from storage.db import fetch
from tests.api.conftest import as_operator
from tests.api.pages.browsing import signed_in
from tests.api.wires.speaking import VALIDATION_ANSWER, a_ticket, acts, along, consented, enabled, entry_of

WANG = BY_KEY["wang_fang"]


async def test_a_ticket_is_good_once(client):
    app = await enabled(client)
    ticket = await a_ticket(client)

    results = [(await app.validate(ticket))["result"] for _ in range(2)]

    assert results == ["0", "6001"]


async def test_a_ticket_lives_a_minute(client):
    app = await enabled(client)
    young, ticket = await a_ticket(client), await a_ticket(client)
    rows = await fetch("SELECT expires_at - issued_at AS life FROM wire_pass")
    await fetch("UPDATE wire_pass SET issued_at = now(), expires_at = now() + (expires_at - issued_at)")
    await clock.shift(timedelta(seconds=59))
    assert [row["life"] for row in rows] == [timedelta(seconds=60)] * 2
    assert (await app.validate(young))["result"] == "0"
    await clock.shift(timedelta(seconds=2))

    answer = await app.validate(ticket)

    assert answer["result"] == "6001"
    assert {name for name, value in answer.items() if value} == {"result", "errmsg"}
    assert list(answer) == VALIDATION_ANSWER


async def test_a_token_lives_five_minutes_and_may_be_asked_again_until_then(client):
    app = await enabled(client)
    token = (await app.validate(await a_ticket(client)))["token"]

    again = [(await app.user_info(token))["result"] for _ in range(2)]
    await clock.shift(timedelta(minutes=5, seconds=1))

    assert again == ["0", "0"]
    assert (await app.user_info(token))["result"] == "6501"


@pytest.mark.parametrize(
    ("ticket", "result"),
    [
        ("0" * 32 + "-ticket", "6002"),
        ("", "6004"),
        ("0" * 32, "6004"),
        ("0" * 31 + "-ticket", "6004"),
        ("0" * 32 + "-TICKET", "6004"),
        ("0" * 32 + "-ticket\n", "6004"),
        ("票" * 32 + "-ticket", "6004"),
        ("\0" * 32 + "-ticket", "6099"),
        ("0" * 5000, "6099"),
    ],
)
async def test_what_is_no_ticket(client, ticket, result):
    app = await enabled(client)

    assert (await app.validate(ticket))["result"] == result


@pytest.mark.parametrize(
    ("token", "result"), [("0" * 32, "6502"), ("", "6504"), ("0" * 33, "6504"), ("0" * 31 + "G", "6504")]
)
async def test_what_is_no_token(client, token, result):
    app = await enabled(client)

    assert (await app.user_info(token))["result"] == result


async def test_a_ticket_that_another_service_shows_is_dead(client):
    app = await enabled(client)
    other = await enabled(client, client_id="other-app", code="otherapp")
    ticket = await a_ticket(client)

    assert (await other.validate(ticket))["result"] == "6003"
    assert (await app.validate(ticket))["result"] == "6001"
    assert "wire.refuse" in await acts()


async def test_a_token_that_another_service_shows_is_dead(client):
    app = await enabled(client)
    other = await enabled(client, code="rentapp2")  # another code of the very client
    token = (await app.validate(await a_ticket(client)))["token"]

    assert (await other.user_info(token))["result"] == "6503"
    assert (await app.user_info(token))["result"] == "6501"


async def test_a_consent_withdrawn_kills_ticket_and_token_at_once(client, sign_in):
    app = await enabled(client)
    ticket = await a_ticket(client)
    token = (await app.validate(await a_ticket(client)))["token"]
    [consent] = await fetch("SELECT app_id FROM consent WHERE withdrawn_at IS NULL")

    answer = await client.post(
        "/graphql",
        json={"query": "mutation($a: String!) { withdrawConsent(appId: $a) { appId } }",
              "variables": {"a": consent["app_id"]}},
        headers={"authorization": f"Bearer {await sign_in('wang_fang')}"},
    )  # fmt: skip

    assert consent["app_id"] == "wires:ticket:rent-app"
    assert "errors" not in answer.json()
    assert (await app.validate(ticket))["result"] == "6001"
    assert (await app.user_info(token))["result"] == "6505"
    assert (await client.get(entry_of())).status_code == 200  # asked anew


@pytest.mark.parametrize("end", ["session", "wire", "halt", "person"])
async def test_a_pass_dies_with_what_it_hangs_on(client, end):
    app = await enabled(client)
    ticket = await a_ticket(client)
    token = (await app.validate(await a_ticket(client)))["token"]
    now = await clock.now()
    person = (await people.find(WANG.number)).id

    match end:
        case "session":
            await fetch("UPDATE session SET ended_at = $1", now)
        case "wire":
            await clients.disable(WORKER, "rent-app", Wire.TICKET, "rentapp", now=now)
        case "halt":
            await fetch(
                "INSERT INTO app_halt (app_id, until) VALUES ('rent-app', $1)", now + timedelta(hours=1)
            )
        case _:
            await people.erase(person, now=now)
    results = [(await app.validate(ticket))["result"], (await app.user_info(token))["result"]]

    assert results == {
        "session": ["6001", "6501"], "wire": ["6099", "6599"], "halt": ["6001", "6501"],
        "person": ["6001", "6505"],
    }[end]  # fmt: skip


@pytest.mark.parametrize("stops", ["profile:read", "idcard.number"])
async def test_nothing_is_told_while_its_scope_is_switched_off_and_again_after(client, stops):
    app = await enabled(client)
    ticket = await a_ticket(client)
    token = (await app.validate(await a_ticket(client)))["token"]
    now = await clock.now()
    for scope in ("cases:read", stops):
        assert (await app.user_info(token))["result"] == "0"
        await release.switch_off(
            as_operator(), SwitchKind.SCOPE, scope, reason="核查", notice="暂停提供资料", now=now
        )

    results = [(await app.validate(ticket))["result"], (await app.user_info(token))["result"]]
    page = await client.get(entry_of())
    await release.switch_on(as_operator(), SwitchKind.SCOPE, stops, reason="核查完毕", now=now)

    assert results == ["6001", "6501"]
    assert (page.status_code, "暂时停止向应用提供身份信息" in page.text) == (403, True)
    assert (await app.user_info(token))["result"] == (await app.validate(ticket))["result"] == "0"
    assert (await client.get(entry_of())).status_code == 303


async def test_many_who_redeem_one_ticket_at_once_get_one_token(client):
    app = await enabled(client)
    await signed_in(client)
    await consented(client, entry_of())
    won = []
    for _ in range(50):
        ticket = along(await client.get(entry_of()))["ticket"]
        results = [each["result"] for each in await asyncio.gather(*(app.validate(ticket) for _ in range(8)))]
        won.append((results.count("0"), results.count("6001")))

    assert won == [(1, 7)] * 50
    assert len(await fetch("SELECT 1 FROM wire_pass WHERE token_hash IS NOT NULL")) == 50


async def test_what_is_stored_is_neither_ticket_nor_secret(client):
    app = await enabled(client)
    ticket = await a_ticket(client)
    token = (await app.validate(ticket))["token"]
    tables = ("wire_client", "wire_secret", "wire_pass", "wire_seen", "audit_row", "consent")

    stored = [str(await fetch(f"SELECT t::text AS row FROM {name} t")) for name in tables]

    for secret in (ticket, token, app.secret, WANG.number, app.secret.encode().hex()):
        assert not any(secret in rows for rows in stored)
