"""`ssoTicket` of the citizens' host: the question first, then a ticket that is redeemed once."""

import re

import httpx
import pytest

from identity.roles import Role
from identity.wires.clients import Terms, disable, enable
from identity.wires.tables import Wire
from storage import clock
from tests.api.conftest import an_actor, as_operator
from tests.api.pages.browsing import forms_of, signed_in
from tests.miniapps.catalog.factories import make_released

APP = "/apps/rent-app"
TICKET = f"{APP}/ticket"
ORIGIN = {"origin": "http://127.0.0.1:8000"}


@pytest.fixture
async def word(client: httpx.AsyncClient) -> str:
    """A citizen is signed in, and has the word of his forms."""
    await make_released(an_actor(Role.DEVELOPER), as_operator(), await clock.now())
    await signed_in(client)
    sheet = await client.get(APP)
    return str(dict(forms_of(sheet.text))[f"{APP}/consent"]["form_word"])


async def wired(*, trial: bool = False) -> None:
    terms = Terms(
        client_id="rent-app", wire=Wire.UNIFIED, code="2001833", name="租房补贴", operator="杭州市住房保障局",
        test_users_only=trial,
    )  # fmt: skip
    await enable(as_operator(), terms, now=await clock.now())


async def asked(client: httpx.AsyncClient, word: str, **more: str) -> dict:
    answer = await client.post(TICKET, data={"form_word": word, **more}, headers=ORIGIN)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_mini_app_that_does_not_speak_the_wire_gets_none(client: httpx.AsyncClient, word: str):
    assert await asked(client, word, decision="yes") == {"result": False}


async def test_the_citizen_reads_what_is_told_and_his_word_gives_the_ticket(
    client: httpx.AsyncClient, word: str
):
    await wired(trial=True)
    question = (await asked(client, word))["question"]
    assert (await asked(client, word, decision="no"))["question"] == question
    told = await asked(client, word, decision="yes")
    again = await asked(client, word)

    assert {key: question[key] for key in ("name", "operator", "isTrial")} == {
        "name": "租房补贴", "operator": "杭州市住房保障局", "isTrial": True,
    }  # fmt: skip
    assert "证件类型和号码" in question["told"]
    assert told["result"] is again["result"] is True and told["ticketId"] != again["ticketId"]
    redeemed = {"ticketId": told["ticketId"], "appId": "2001833"}
    first, second = [(await client.post("/uc/sso/access_token", json=redeemed)).json() for _ in range(2)]
    assert re.fullmatch("[0-9a-f]{32}", first["data"]["accessToken"])
    assert second["errorCode"] == "C-USER-SSO-TICKET-INVALID"


async def test_nobody_else_has_tickets_made(client: httpx.AsyncClient, word: str):
    await wired()
    await asked(client, word, decision="yes")

    alien = await client.post(TICKET, data={"form_word": word}, headers={"origin": "https://evil.example"})
    wordless = await client.post(TICKET, data={"form_word": "x"}, headers=ORIGIN)
    assert (alien.status_code, wordless.status_code) == (403, 403)
    await disable(as_operator(), "rent-app", Wire.UNIFIED, "2001833", now=await clock.now())
    assert await asked(client, word) == {"result": False}
