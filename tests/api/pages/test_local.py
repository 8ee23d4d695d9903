"""Where pages send the browser: to our own paths, whatever the address says."""

import httpx
import pytest

from api.pages.local import HOME, local
from tests.api.pages.browsing import signed_in

HOSTILE = [
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "/%09/evil.example",
    "/%2f/evil.example", "/%5cevil.example", "javascript:alert(1)", "data:text/html,x", "/.//evil.example",
    "/..//evil.example", "/account//evil.example", "http:evil.example", "/;@evil.example", "evil.example",
    "/account\r\nset-cookie: a=b", "/account?x=\r\nx", "/#//evil.example", "/﹨evil.example", "?next=//evil",
    "/account?x=" + "a" * 2_000, "", "/\x00", "/@evil.example", "https:/evil.example", "/account?x=<script>",
]  # fmt: skip
OURS = [
    "/", "/account", "/account/sessions?after=abc", "/oauth/continue?request=01a2-b_c.d~e",
    "/sso/mobile.do?action=oauth&scope=1&servicecode=X&goto=https%3A%2F%2Fapp.example%2Fa%3Fb%3Dc",
    "/sso/mobile.do?goto=https://app.example/cb",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_could_lead_elsewhere_leads_home(text: str):
    assert local(text) == HOME


@pytest.mark.parametrize("text", OURS)
def test_our_own_paths_are_kept(text: str):
    assert local(text) == text


async def test_signing_in_leads_nowhere_else(client: httpx.AsyncClient):
    found = set()
    for text in HOSTILE:
        client.cookies.clear()
        page = await client.get("/sign-in", params={"next": text})
        found.add("evil" in page.text)
    answer = await signed_in(client, next="//evil.example")
    again = await client.get("/sign-in", params={"next": "//evil.example"})

    assert found == {False}
    assert answer.headers["location"] == again.headers["location"] == HOME
