"""A phone lets a screen in: two browsers, one number."""

import re

import httpx
import pytest

from identity import sessions
from storage import clock
from storage.db import fetch
from tests.api.conftest import serving
from tests.api.pages.browsing import send, signed_in, text_of

SESSION = "banshi_session"


@pytest.fixture
async def phone(client, settings):
    """A second browser, signed in."""
    async with serving(settings) as made:
        await signed_in(made)
        yield made


async def waiting_screen(client: httpx.AsyncClient, **query: str) -> httpx.Response:
    begun = await client.get("/sign-in", params={"method": "qr", **query})
    assert begun.status_code == 303
    return await client.get(begun.headers["location"])


def number_on(screen: httpx.Response) -> str:
    [number] = re.findall(r'class="number">(\d\d)<', screen.text)
    return number


async def request_id() -> str:
    from_table = await fetch("SELECT id FROM qr_sign_in ORDER BY id DESC LIMIT 1")
    return str(from_table[0]["id"])


async def test_a_screen_is_let_in_by_the_number_it_shows(client: httpx.AsyncClient, phone: httpx.AsyncClient):
    screen = await waiting_screen(client, next="/account/sessions")
    asked = await phone.get(f"/qr/{await request_id()}")
    seen = await client.get(screen.url)
    answered = await send(phone, asked, number=number_on(screen))
    entered = await client.get(screen.url)

    assert "<svg" in screen.text and 'http-equiv="refresh"' in screen.text
    assert "正在等待手机扫码" in screen.text
    assert "请在手机上点选" in seen.text
    assert "已同意" in answered.text
    assert (entered.status_code, entered.headers["location"]) == (303, "/account/sessions")
    actor = await sessions.actor_of(client.cookies[SESSION], now=await clock.now())
    assert actor is not None and actor.level == 3
    assert "banshi_qr" not in client.cookies


async def test_a_wrong_number_and_a_refusal_let_nobody_in(
    client: httpx.AsyncClient, phone: httpx.AsyncClient
):
    for answer in ({"number": "0"}, {"answer": "refuse"}):
        screen = await waiting_screen(client)
        await send(phone, await phone.get(f"/qr/{await request_id()}"), **answer)
        after = await client.get(screen.url)

        assert "手机上没有同意" in text_of(after.text)
        assert 'id="state"' not in after.text
        assert SESSION not in client.cookies


async def test_the_screens_secret_is_in_no_page_and_another_browser_gets_nothing(
    client: httpx.AsyncClient, phone: httpx.AsyncClient
):
    screen = await waiting_screen(client)
    id_, secret, _ = client.cookies["banshi_qr"].split(".")
    await send(phone, await phone.get(f"/qr/{id_}"), number=number_on(screen))
    cookie = f"banshi_qr={id_}.{'0' * 64}.{number_on(screen)}"
    thief = await phone.get("/sign-in/qr", params={"prompt": "login"}, headers={"cookie": cookie})

    assert secret not in screen.text and id_ not in screen.text
    assert "二维码已失效" in thief.text
    assert (await client.get(screen.url)).status_code == 303


async def test_without_its_cookie_a_screen_says_that_the_code_is_over(client: httpx.AsyncClient):
    page = await client.get("/sign-in/qr")
    nonsense = await client.get("/sign-in/qr", headers={"cookie": "banshi_qr=a.b.c"})

    assert "二维码已失效" in page.text and "二维码已失效" in nonsense.text


async def test_a_phone_that_is_not_signed_in_signs_in_first_and_comes_back(client: httpx.AsyncClient, phone):
    await waiting_screen(client)
    path = f"/qr/{await request_id()}"
    client.cookies.clear()
    answer = await client.get(path)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?next={path.replace('/', '%2F')}"
