"""A browser without scripts: it keeps cookies, reads forms and sends them back."""

import re
from html import unescape
from html.parser import HTMLParser

import httpx

from identity.sandbox import BY_KEY, FACE_CODE


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.actions: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append({})
            self.actions.append(given.get("action") or "")
        if tag != "input" or not self.forms or not given.get("name"):
            return
        kind = given.get("type", "text")
        if kind in ("checkbox", "radio") and "checked" not in given:
            return
        self.forms[-1][given["name"] or ""] = given.get("value") or ""


def forms_of(page: str) -> list[tuple[str, dict[str, str]]]:
    """Return each form of a page: where it goes, and what it would send untouched."""
    parser = _Forms()
    parser.feed(page)
    return list(zip(parser.actions, parser.forms, strict=True))


def text_of(page: str) -> str:
    """Return what a page says, without its marks."""
    body = re.sub(r"<(style|script|head)\b.*?</\1>", " ", page, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


async def send(
    client: httpx.AsyncClient, page: httpx.Response, *, to: str = "", **filled: str
) -> httpx.Response:
    """Fill in the first form of a page, or the first that goes `to` a path, and send it."""
    action, fields = next(form for form in forms_of(page.text) if to in ("", form[0]))
    return await client.post(action, data={**fields, **filled}, headers={"origin": "http://127.0.0.1:8000"})


def card(persona: str) -> dict[str, str]:
    """Return what a persona types of his card."""
    who = BY_KEY[persona]
    return {"id_number": who.number, "name": who.name}


async def signed_in(client: httpx.AsyncClient, persona: str = "wang_fang", **query: str) -> httpx.Response:
    """Sign a persona in by his face; return the answer that sends the browser on."""
    page = await client.get("/sign-in", params=query)
    return await send(client, page, **card(persona), face=FACE_CODE)
