"""The personal wire end to end: entry, callback, ticket, token, profile, and every way to be refused."""

import re

import httpx
import pytest

from identity.sandbox import BY_KEY
from storage.db import fetch
from tests.api.pages.browsing import send
from tests.api.wires.speaking import (
    CALLBACK,
    PROFILE_ANSWER,
    VALIDATION_ANSWER,
    a_ticket,
    acts,
    along,
    consented,
    enabled,
    entry_of,
)

WANG = BY_KEY["wang_fang"]


async def test_a_citizen_comes_from_an_old_app_and_it_learns_who_he_is(client: httpx.AsyncClient):
    app = await enabled(client)
    entry = entry_of(goto="home%3Fa%3D1")

    first = await client.get(entry)
    assert first.status_code == 303
    assert first.headers["location"].startswith("/sign-in?next=%2Fsso%2Fmobile.do")
    page = await client.get(first.headers["location"])
    who = {"id_number": WANG.number, "name": WANG.name, "face": "ok"}
    came_back = await send(client, page, **who)
    assert came_back.headers["location"] == entry
    asked = await client.get(entry)
    assert "租房补贴" in asked.text
    assert "杭州市住房保障局" in asked.text
    assert "https://rent.example.cn" in asked.headers["content-security-policy"]
    answer = await consented(client, entry)

    assert answer.headers["location"].startswith(f"{CALLBACK}?ticket=")
    assert along(answer)["sp"] == "home?a=1"
    assert re.fullmatch("[0-9a-f]{32}-ticket", along(answer)["ticket"])
    valid = await app.validate(along(answer)["ticket"])
    assert list(valid) == VALIDATION_ANSWER
    assert (valid["result"], valid["username"]) == ("0", "王芳")
    assert re.fullmatch("[0-9a-f]{32}", valid["userid"])
    told = await app.user_info(valid["token"])
    assert list(told) == PROFILE_ANSWER
    assert {name: value for name, value in told.items() if value} == {
        "result": "0", "userid": valid["userid"], "authlevel": "3", "idtype": "1", "username": "王芳",
        "idnum": WANG.number, "sex": "2", "mobile": WANG.phone, "birthday": "1990-04-12", "useable": "1",
    }  # fmt: skip
    assert all(isinstance(value, str) for value in told.values())
    assert await acts() == ["wire.enable", "wire.sign_in", "wire.redeem", "claim.release", "claim.release"]


async def given_as(client: httpx.AsyncClient, way: str, form: dict[str, str]) -> httpx.Response:
    path = "/sso/servlet/simpleauth"
    method = {"method": form["method"]}
    rest = {name: value for name, value in form.items() if name != "method"}
    match way:
        case "get":
            return await client.get(path, params=form)
        case "post form":
            return await client.post(path, data=form)
        case "post json":
            return await client.post(path, json=form)
        case "post query":
            return await client.post(path, params=form)
        case "post query, empty multipart":
            kind = {"content-type": "multipart/form-data; boundary=x"}
            return await client.post(path, params=form, content=b"--x--\r\n", headers=kind)
    return await client.post(path, params=method, data=rest)


@pytest.mark.parametrize(
    "way",
    [
        "get",
        "post form",
        "post json",
        "post query",
        "post query, empty multipart",
        "method in query, rest in form",
    ],
)
async def test_parameters_come_in_any_way_that_clients_send_them(client, way):
    app = await enabled(client)
    ticket = await a_ticket(client)

    form = {**await app.sign(), "method": "ticketValidation", "st": ticket}
    valid = (await given_as(client, way, form)).json()
    form = {**await app.sign(), "method": "getUserInfo", "token": valid["token"]}
    told = await given_as(client, way, form)

    assert (valid["result"], told.json()["result"]) == ("0", "0")
    assert told.json()["idnum"] == WANG.number
    assert told.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in told.headers


async def test_one_signature_serves_for_ticket_and_profile(client):
    """A Java client keeps its map: the same time and sign, the ticket beside the token."""
    app = await enabled(client)
    form = {**await app.sign(), "st": await a_ticket(client)}

    valid = (await client.post("/sso/servlet/simpleauth?method=ticketValidation", data=form)).json()
    form["token"] = valid["token"]
    told = (await client.post("/sso/servlet/simpleauth?method=getUserInfo", data=form)).json()

    assert told["result"] == "0"


async def test_two_things_said_of_one_parameter_are_none(client):
    app = await enabled(client)
    form = {**await app.sign(), "method": "ticketValidation", "st": await a_ticket(client)}

    answer = await client.post("/sso/servlet/simpleauth?st=other", data=form)

    assert answer.json()["result"] == "6099"


async def test_before_listing_an_app_gets_invented_persons(client):
    app = await enabled(client, test_users_only=True)
    token = (await app.validate(await a_ticket(client)))["token"]

    one, again = await app.user_info(token), await app.user_info(token)

    assert one == again
    assert one["result"] == "0"
    assert one["idnum"][4:6] == "99"  # a county that no number was ever issued in
    assert WANG.number not in one.values()
    assert WANG.name not in one.values()


@pytest.mark.parametrize(
    ("persona", "idtype", "greencard"),
    [("ouyang_jiaxin", "1", ""), ("anna_lindqvist", "6", BY_KEY["anna_lindqvist"].number)],
)
async def test_kinds_of_documents_are_mapped(client, persona, idtype, greencard):
    app = await enabled(client)
    token = (await app.validate(await a_ticket(client, persona)))["token"]

    told = await app.user_info(token)

    assert (told["idtype"], told["greencard"]) == (idtype, greencard)
    assert told["idnum"] == BY_KEY[persona].number


async def test_a_lower_level_is_told_as_it_is(client):
    app = await enabled(client)
    ticket = await a_ticket(client)
    await fetch("UPDATE wire_pass SET level = 2")
    level_2 = await app.user_info((await app.validate(ticket))["token"])
    ticket = await a_ticket(client)
    await fetch("UPDATE wire_pass SET level = 1")
    level_1 = await app.user_info((await app.validate(ticket))["token"])

    assert (level_2["authlevel"], level_2["idnum"]) == ("2", WANG.number)
    assert {name: value for name, value in level_1.items() if value} == {
        "result": "0", "authlevel": "1", "mobile": WANG.phone, "useable": "1", "userid": level_2["userid"],
    }  # fmt: skip


async def test_two_clients_cannot_compare_notes(client):
    app, other = await enabled(client), await enabled(client, client_id="other-app", code="otherapp")

    ids = [
        (await app.validate(await a_ticket(client)))["userid"],
        (await other.validate(await a_ticket(client, code="otherapp")))["userid"],
        (await app.validate(await a_ticket(client)))["userid"],
    ]

    assert ids[0] == ids[2] != ids[1]


async def test_a_pseudonym_is_told_as_somebody_at_level_one(client):
    app = await enabled(client)
    ticket = await a_ticket(client)
    await fetch("UPDATE person SET number_kind = NULL, number_sealed = ''")

    valid = await app.validate(ticket)
    told = await app.user_info(valid["token"])

    assert (valid["result"], valid["username"]) == ("0", "")
    assert (told["result"], told["authlevel"], told["username"], told["idnum"]) == ("0", "1", "", "")
