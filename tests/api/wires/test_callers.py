"""Callers of the personal wire: signatures, their time, their replays, secrets, and patience."""

from datetime import timedelta
from uuid import UUID

import pytest

from identity.actor import WORKER
from identity.sandbox import BY_KEY
from identity.wires import clients
from identity.wires.tables import Wire
from storage import clock
from storage.db import fetch
from tests.api.wires.speaking import VALIDATION_ANSWER, a_ticket, acts, at, enabled, repeats

WANG = BY_KEY["wang_fang"]


@pytest.mark.parametrize(
    "changed",
    [
        {"servicecode": "nobody"},
        {"servicecode": ""},
        {"sign": "0" * 32},
        {"sign": ""},
        {"time": "20211109164920"},
        {"time": ""},
        {"method": "idValidation"},
        {"method": ""},
    ],
)
async def test_who_is_unknown_and_who_signs_wrongly_get_the_same_answer(client, changed):
    app = await enabled(client)
    ticket = await a_ticket(client)
    form = {**await app.sign(), "method": "ticketValidation", "st": ticket, **changed}

    answer = (await client.post("/sso/servlet/simpleauth", data=form)).json()

    assert answer == {
        **dict.fromkeys(VALIDATION_ANSWER, ""),
        "result": "6099",
        "errmsg": "请求无法通过校验",
    }
    assert (await app.validate(ticket))["result"] == "0"


@pytest.mark.parametrize(("minutes", "result"), [(-6, "6099"), (-4, "0"), (4, "0"), (6, "6099")])
async def test_a_signature_counts_for_five_minutes_about_its_time(client, minutes, result):
    app = await enabled(client)
    ticket = await a_ticket(client)
    signed = await app.sign(await clock.now() + timedelta(minutes=minutes))

    assert (await app.validate(ticket, **signed))["result"] == result


async def test_a_signature_overheard_is_worth_nothing_elsewhere(client):
    app = await enabled(client)
    first, second = await a_ticket(client), await a_ticket(client, "li_wei")
    form = {**await app.sign(), "method": "ticketValidation"}
    await client.post("/sso/servlet/simpleauth", data={**form, "st": first})

    async with at(client, "203.0.113.9") as thief:
        stolen = await thief.post("/sso/servlet/simpleauth", data={**form, "st": second})
    again = await client.post("/sso/servlet/simpleauth", data={**form, "st": second})

    assert stolen.json()["result"] == "6099"
    assert again.json()["result"] == "0"
    [row] = await fetch("SELECT party_id FROM audit_row WHERE act = 'wire.replay'")
    persons = await fetch("SELECT party_id FROM wire_pass ORDER BY id")
    assert row["party_id"] == persons[1]["party_id"]


async def test_a_profile_is_repeated_to_the_same_caller_and_refused_to_another(client):
    app = await enabled(client)
    token = (await app.validate(await a_ticket(client)))["token"]
    form = {**await app.sign(), "method": "getUserInfo", "token": token}

    retried = [await client.post("/sso/servlet/simpleauth", data=form) for _ in range(2)]
    async with at(client, "203.0.113.9") as thief:
        replayed = await thief.post("/sso/servlet/simpleauth", data=form)

    assert [each.json()["result"] for each in retried] == ["0", "0"]
    assert replayed.json()["result"] == "6599"
    assert (await acts()).count("wire.replay") == 1


async def test_a_signature_that_comes_again_from_the_same_caller_is_answered_and_recorded(client):
    """Whoever repeats it inside the client's own network is let through, and seen."""
    app = await enabled(client)
    first, second = await a_ticket(client), await a_ticket(client, "li_wei")
    owners = [row["party_id"] for row in await fetch("SELECT party_id FROM wire_pass ORDER BY id")]
    form = {**await app.sign(), "method": "ticketValidation"}
    path = "/sso/servlet/simpleauth"

    answers = [(await client.post(path, data={**form, "st": first})).json()]
    assert await repeats() == []
    answers += [(await client.post(path, data={**form, "st": shown})).json() for shown in (first, second)]

    assert [each["result"] for each in answers] == ["0", "6001", "0"]
    [wire] = await fetch("SELECT id FROM wire_client")
    assert await repeats() == [(owner, f"wire/{wire['id']}") for owner in owners]
    later = await app.sign(await clock.now() + timedelta(seconds=5))
    await client.post(path, data={**later, "method": "ticketValidation", "st": first})
    assert len(await repeats()) == 2


async def test_a_client_may_say_from_where_its_servers_call(client):
    app = await enabled(client, callers=["198.51.100.0/24", "127.0.0.0/8"])
    form = {**await app.sign(), "method": "getUserInfo", "token": "0" * 32}

    results = []
    for address in ("198.51.100.7", "198.51.100.8", "203.0.113.9"):
        async with at(client, address) as caller:
            answer = await caller.post("/sso/servlet/simpleauth", data=form)
            results.append(answer.json()["result"])

    assert results == ["6502", "6502", "6599"]


async def test_secrets_overlap_while_one_is_rotated(client):
    app = await enabled(client)
    old = app.secret
    new = await clients.rotate(
        WORKER, "rent-app", Wire.TICKET, "rentapp", overlap=timedelta(hours=1), now=await clock.now()
    )

    async def result(secret: str) -> str:
        app.secret = secret
        return (await app.user_info("0" * 32))["result"]

    assert [await result(old), await result(new)] == ["6502", "6502"]
    await clock.shift(timedelta(hours=1, seconds=1))
    assert [await result(old), await result(new)] == ["6599", "6502"]


async def test_who_is_refused_too_often_must_wait(client):
    await enabled(client)
    form = {"method": "ticketValidation", "servicecode": "rentapp", "time": "1", "sign": "x"}

    statuses = [(await client.post("/sso/servlet/simpleauth", data=form)).status_code for _ in range(140)]

    assert set(statuses) == {200, 429}
    assert statuses[:100] == [200] * 100


async def test_nothing_of_an_address_is_logged(client, capsys):
    app = await enabled(client)
    ticket = await a_ticket(client)
    form = {**await app.sign(), "method": "ticketValidation", "st": ticket}
    token = (await client.get("/sso/servlet/simpleauth", params=form)).json()["token"]
    await app.user_info(token)

    written = capsys.readouterr()
    said = written.out + written.err
    assert '"/sso/servlet/simpleauth"' in said
    for secret in (ticket, token, app.secret, form["sign"], WANG.number, WANG.name, WANG.phone):
        assert secret not in said


async def test_every_refusal_is_noted_for_the_citizen_whose_ticket_it_was(client):
    app = await enabled(client)
    ticket = await a_ticket(client)
    token = (await app.validate(ticket))["token"]
    await app.validate(ticket)
    await clock.shift(timedelta(minutes=6))
    await app.user_info(token)
    await app.user_info("0" * 32)
    await app.validate("made up")

    rows = await fetch("SELECT party_id, basis FROM audit_row WHERE act = 'wire.refuse' ORDER BY id")
    [person] = await fetch("SELECT party_id FROM wire_pass")
    nobody = UUID(int=0)
    assert [(row["party_id"], row["basis"]) for row in rows] == [
        (person["party_id"], "expired"), (person["party_id"], "expired"), (nobody, "unknown"),
        (nobody, "malformed"),
    ]  # fmt: skip


async def test_a_stranger_who_makes_tokens_up_must_wait(client):
    statuses = [
        (await client.post("/uc/sso/getUserInfo", json={"token": f"{number:032x}"})).status_code
        for number in range(140)
    ]

    assert statuses[:100] == [200] * 100
    assert 429 in statuses
