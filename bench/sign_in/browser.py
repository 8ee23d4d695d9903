"""A browser of few abilities: one connection, cookies, redirects, plain forms."""

import asyncio
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit

FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.S)
FIELD = re.compile(r"<(?:input|button)\b([^>]*)>", re.S)
ATTRIBUTE = re.compile(r"([a-z-]+)(?:=\"([^\"]*)\")?")


@dataclass(frozen=True)
class Answer:
    """One answer of a server."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Form:
    """A form as it stands in a page: where it goes and what it holds by itself."""

    action: str
    held: Sequence[tuple[str, str]]
    names: frozenset[str]

    def filled(self, typed: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return what is sent when this is typed into it."""
        return [each for each in self.held if each[0] not in typed] + list(typed.items())


@dataclass
class Browser:
    """Talks to one server; `address` is what the proxy in front would say of it."""

    port: int
    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    calls: int = 0
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def ask(
        self, method: str, path: str, form: Sequence[tuple[str, str]] | None = None, **headers: str
    ) -> Answer:
        """Send one request and return its answer; cookies are kept."""
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        body = urlencode(form).encode() if form is not None else b""
        self._writer.write(self._head(method, path, body, headers) + body)
        self.calls += 1
        answer = await _read(self._reader)
        for line in answer.headers.get("set-cookie", "").split("\n"):
            name, _, value = line.partition(";")[0].partition("=")
            if name:
                self.cookies[name.strip()] = value
        if answer.headers.get("connection") == "close":
            await self.close()
        return answer

    def _head(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"host: 127.0.0.1:{self.port}"]
        lines.append(f"x-forwarded-for: {self.address}")
        lines.append("user-agent: Mozilla/5.0 (Linux; Android 15) bench")
        if self.cookies:
            lines.append("cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            lines += ["content-type: application/x-www-form-urlencoded", f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode()

    async def follow(self, answer: Answer, at: str, *, until: str) -> tuple[Answer, str]:
        """Follow redirects from `at` on; end with the first page, or when one leads to `until`."""
        while answer.status in (302, 303):
            at = urljoin(at, answer.headers["location"])
            if at.startswith(until):
                break
            parts = urlsplit(at)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            answer = await self.ask("GET", path)
        return answer, at

    async def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    headers: dict[str, str] = {}
    for line in filter(None, lines):
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}\n{value}" if name in headers else value
    if headers.get("transfer-encoding") == "chunked":
        return Answer(int(first.split()[1]), headers, await _chunks(reader))
    return Answer(
        int(first.split()[1]), headers, await reader.readexactly(int(headers.get("content-length", 0)))
    )


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
    return body


def form_with(page: str, name: str) -> Form | None:
    """Return the first form of a page that has a field of this name; of no name, the first of all."""
    return next((form for form in forms(page) if not name or name in form.names), None)


def forms(page: str) -> list[Form]:
    """Return the forms of a page; boxes count when they are ticked, buttons never."""
    found = []
    for attributes, inside in FORM.findall(page):
        fields = [_attributes(each) for each in FIELD.findall(inside)]
        named = [each for each in fields if "name" in each]
        held = [(each["name"], each.get("value", "")) for each in named if _counts(each)]
        action = html.unescape(_attributes(attributes).get("action", ""))
        found.append(Form(action, held, frozenset(each["name"] for each in named)))
    return found


def _counts(each: Mapping[str, str]) -> bool:
    kind = each.get("type", "text")
    return kind == "hidden" or (kind in ("checkbox", "radio") and "checked" in each)


def _attributes(text: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in ATTRIBUTE.findall(text)}
