"""What every page has in common: its headers, its manner, its one stylesheet, and how it refuses."""

import re

import httpx
import pytest

from api.pages import routes
from tests.api.pages.browsing import send, signed_in, text_of

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'"
)
OPEN = ["/sign-in", "/sign-in?method=sms", "/sign-in?method=network_id", "/sign-in/qr", "/sign-out"]
OWN = [
    "/sign-in/context", "/sign-out", "/account", "/account/sessions", "/account/accesses",
    "/account/consents", "/account/passkeys", "/account/network-identity",
    "/account/mandates", "/account/mandates/new",
]  # fmt: skip
WITH_SCRIPT = ["/sign-in?method=passkey", "/account/passkeys/add"]
OTHERWISE = {"/qr/{request_id:uuid}", "/consent"}  # with a request only: test_qr.py, test_consent.py
SCRIPTS = "; script-src 'self'; connect-src 'self'"


def get_paths() -> set[str]:
    return {path for handler in routes.PAGES for path in handler.paths if "GET" in handler.http_methods}


def test_every_page_is_named_here():
    assert get_paths() - OTHERWISE == {path.partition("?")[0] for path in OPEN + OWN + WITH_SCRIPT}


async def test_pages_let_nothing_in_from_elsewhere_and_are_kept_nowhere(client: httpx.AsyncClient):
    pages = [await client.get(path) for path in OPEN]
    await signed_in(client)
    pages += [await client.get(path) for path in OWN]

    for page in pages:
        assert page.status_code == 200, page.url
        assert page.headers["content-security-policy"] == POLICY, page.url
        assert page.headers["referrer-policy"] == "same-origin"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert not re.search(
            r"""(?:src|href|action)=["'](?:https?:)?//|<script|\bon\w+=|\sstyle=""", page.text
        )
        assert 'lang="zh-CN"' in page.text


async def test_scripts_come_from_our_own_origin_and_only_where_a_passkey_needs_one(client: httpx.AsyncClient):
    await signed_in(client)
    pages = [await client.get(f"{WITH_SCRIPT[0]}&prompt=login"), await client.get(WITH_SCRIPT[1])]

    for page in pages:
        assert page.headers["content-security-policy"] == POLICY + SCRIPTS
        assert re.findall(r"<script([^>]*)>", page.text) == re.findall(
            r'<script( src="/pages/passkey-[0-9a-f]{12}\.js" defer)>', page.text
        )


async def test_the_stylesheet_is_named_by_its_content_and_cached_for_ever(client: httpx.AsyncClient):
    [address] = re.findall(r'rel="stylesheet" href="([^"]+)"', (await client.get("/sign-in")).text)
    answer = await client.get(address)

    assert re.fullmatch(r"/pages/style-[0-9a-f]{12}\.css", address)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    assert "url(" not in answer.text
    assert (await client.get("/pages/style.css")).status_code == 404


async def test_the_elder_mode_is_chosen_by_a_link_and_stays(client: httpx.AsyncClient):
    normal = await client.get("/sign-in", params={"next": "/account/sessions"})
    [switch] = re.findall(r'class="switch" href="([^"]+)"', normal.text)
    chosen = await client.get(switch.replace("&amp;", "&"))
    later = await client.get("/sign-out")
    back = await client.get("/sign-out", params={"ui_style": "normal"})

    assert "next=%2Faccount%2Fsessions" in switch
    found = ['class="elder"' in page.text for page in (normal, chosen, later, back)]
    assert found == [False, True, True, False]
    assert "标准版" in text_of(later.text)


@pytest.mark.parametrize("headers", [{}, {"content-type": "application/json"}])
async def test_a_refusal_of_a_page_is_a_page(client: httpx.AsyncClient, headers):
    answer = await client.post("/sign-out", content=b"{}", headers=headers)

    assert answer.status_code == 415
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-request-id"] in answer.text


async def test_an_expired_form_is_told_and_nothing_happens(client: httpx.AsyncClient):
    await signed_in(client)
    page = await client.get("/sign-out")
    answer = await send(client, page, form_word="0" * 32)

    assert answer.status_code == 403
    assert "页面已过期" in text_of(answer.text)
    assert (await client.get("/sign-in")).status_code == 303, "still signed in"


async def test_signing_out_leaves_nothing_behind(client: httpx.AsyncClient):
    await signed_in(client)
    left = await send(client, await client.get("/sign-out"))

    assert "已退出登录" in text_of(left.text)
    assert not {name for name in client.cookies if name not in ("banshi_ui_style", "banshi_device")}
    assert "您没有登录" in text_of((await client.get("/sign-out")).text)


async def test_elsewhere_a_refusal_stays_json(client: httpx.AsyncClient):
    answer = await client.get("/nowhere", headers={"accept": "text/html"})

    assert answer.json()["errors"][0]["extensions"]["code"] == "PATH_UNKNOWN"
