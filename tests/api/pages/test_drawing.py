"""Pages that are remembered: what each browser gets is as if it had been drawn for it alone."""

import re

import httpx
import pytest

from api.pages import drawing
from tests.api.oidc.relying import Browser, add
from tests.api.pages.test_consent import brought

WAYS = ["&ui_style=normal", "&method=sms", "&method=network_id", "&ui_style=elder"]
SOME_ID = "01a20382-fbd6-7ec7-8114-960cc9af2bb0"


async def seen_twice_and_anew(monkeypatch, ask) -> list[list[str]]:
    """Return what is answered at first, when all of it is remembered, and when every page is drawn anew."""
    first = await ask()
    before = drawing._remembered.cache_info()
    again = await ask()
    after = drawing._remembered.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + len(again))
    monkeypatch.setattr(drawing, "_remembered", drawing._rendered)
    return [first, again, await ask()]


async def test_a_remembered_form_is_to_the_byte_what_is_drawn_anew(client: httpx.AsyncClient, monkeypatch):
    rp, browser = await add(client), Browser(client)
    asked = await browser.get("/oauth/authorize", rp.request())

    async def ask() -> list[str]:
        return [(await browser.get(asked.headers["location"] + way)).text for way in WAYS]

    first, again, anew = await seen_twice_and_anew(monkeypatch, ask)

    assert first == again == anew
    assert len(set(first)) == len(WAYS)


async def test_a_remembered_consent_is_to_the_byte_what_is_drawn_anew(client: httpx.AsyncClient, monkeypatch):
    page = await brought(client, await add(client))

    async def ask() -> list[str]:
        return [(await client.get(page.url)).text]

    assert await seen_twice_and_anew(monkeypatch, ask) == [[page.text]] * 3


async def test_two_browsers_get_the_same_form_but_for_word_and_request(client: httpx.AsyncClient):
    rp, pages = await add(client), []
    for browser in (Browser(client), Browser(client)):
        asked = await browser.get("/oauth/authorize", rp.request())
        pages.append((await browser.get(asked.headers["location"])).text)
    [word], [other] = [re.findall(r'name="form_word" value="([0-9a-f]{32})"', page) for page in pages]
    [request], [another] = [set(re.findall(r"request\W[^\"]{0,4}([0-9a-f-]{36})\b", page)) for page in pages]

    assert word != other and request != another
    assert pages[0] == pages[1].replace(other, word).replace(another, request)


@pytest.mark.parametrize(
    "query",
    [
        f"next=/oauth/continue%3Frequest%3D{SOME_ID}&login_hint=王芳",
        f"next=/oauth/continue%3Frequest%3D{SOME_ID}&method=passkey",
        f"next=/oauth/continue%3Frequest%3D{SOME_ID}%26more%3D1",
        "next=/oauth/continue%3Frequest%3D<script>",
        "next=/account/sessions",
    ],
)
async def test_a_form_that_shows_more_of_its_own_is_not_remembered(client: httpx.AsyncClient, query):
    before = drawing._remembered.cache_info()
    page = await client.get(f"/sign-in?{query}")

    assert page.status_code == 200
    assert drawing._remembered.cache_info() == before
