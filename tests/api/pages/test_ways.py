"""网证 and passkeys on pages, as far as no authenticator is needed (tests/browser has one)."""

from datetime import timedelta

import httpx
import pytest

from identity import sessions
from storage import clock
from storage.db import execute, fetch
from tests.api.pages.browsing import card, forms_of, send, signed_in, text_of

SESSION = "banshi_session"


async def me(client: httpx.AsyncClient):
    actor = await sessions.actor_of(client.cookies[SESSION], now=await clock.now())
    assert actor is not None
    return actor


async def by_network_id(client: httpx.AsyncClient, credential: str) -> httpx.Response:
    page = await client.get("/sign-in", params={"method": "network_id", "prompt": "login"})
    return await send(client, page, credential=credential)


async def test_a_network_identity_is_a_pseudonym_until_it_is_linked(client: httpx.AsyncClient):
    await by_network_id(client, "wz-wang_fang")
    stranger = (await me(client)).person_id
    account = text_of((await client.get("/account")).text)
    await signed_in(client, prompt="login")
    person = (await me(client)).person_id
    page = await client.get("/account/network-identity")
    linked = await send(client, page, credential="wz-wang_fang")
    await by_network_id(client, "wz-wang_fang")

    assert "王" not in account and "未登记" in account
    assert "已关联" in text_of((await client.get(linked.headers["location"])).text)
    assert stranger != person == (await me(client)).person_id


async def test_a_bad_network_credential_is_refused_beside_nothing_known(client: httpx.AsyncClient):
    answer = await by_network_id(client, "wz-nobody")

    assert answer.status_code == 401
    assert "未能核实" in text_of(answer.text)
    assert "wz-nobody" not in answer.text


async def test_adding_a_passkey_asks_for_a_fresh_proof_and_comes_back(client: httpx.AsyncClient):
    await signed_in(client)
    fresh = await client.get("/account/passkeys/add")
    await execute("UPDATE session SET authenticated_at = authenticated_at - $1::interval", timedelta(hours=1))
    stale = await client.get("/account/passkeys/add")
    page = await client.get(stale.headers["location"])
    before = client.cookies[SESSION]
    back = await send(client, page, **card("wang_fang"), face="ok")

    assert fresh.status_code == 200
    assert "在最近 10 分钟内核验过身份" in text_of(page.text)
    assert back.headers["location"] == "/account/passkeys/add"
    assert len(await fetch("SELECT 1 FROM session WHERE ended_at IS NULL")) == 1, (
        "stepped up, not opened anew"
    )
    assert client.cookies[SESSION] != before
    assert await sessions.actor_of(before, now=await clock.now()) is None


@pytest.mark.parametrize(
    "credential", ["", "{}", "null", '{"id": "a", "rawId": "a", "response": {}}', "汉字"]
)
async def test_what_no_authenticator_made_signs_nobody_in(client: httpx.AsyncClient, credential):
    page = await client.get("/sign-in", params={"method": "passkey"})
    answer = await send(client, page, credential=credential)

    assert answer.status_code == 401
    assert SESSION not in client.cookies
    again = forms_of(answer.text)[0][1]
    assert again["challenge"] != forms_of(page.text)[0][1]["challenge"]


async def test_what_no_authenticator_made_is_not_added(client: httpx.AsyncClient):
    await signed_in(client)
    page = await client.get("/account/passkeys/add")
    answer = await send(client, page, credential="{}")

    assert answer.status_code == 422
    assert "重新添加" in text_of(answer.text)
    assert "还没有通行密钥" in text_of((await client.get("/account/passkeys")).text)


async def test_a_device_gets_a_name_that_stays(client: httpx.AsyncClient):
    await signed_in(client)
    page = await client.get("/account/sessions")
    await send(client, page, name="厨房的平板<script>")
    empty = await send(client, page, name=" ")
    left = await client.get("/sign-out")
    await send(client, left)
    await signed_in(client)

    assert empty.status_code == 422
    assert "厨房的平板&lt;script&gt;" in (await client.get("/account/sessions")).text
