"""The outermost ring of the server: every request passes here, also those that match no route.

It gives the request its id, lets the short way answer what it can, puts the security headers on the
answer, and tells of the request when the answer is out.  HEAD is answered as GET is, without the body.
"""

import time
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from msgspec import UNSET
from structlog.contextvars import bind_contextvars

from api.http.address import Network, client_address
from api.http.apps.origins import Origins
from api.http.direct import Table, found
from api.http.hot import Hot, serves
from api.http.report import report
from api.http.short import Short
from api.http.whole import send_answer
from storage.ids import new_hex

UNKNOWN = "unknown"
METHODS = ("GET", "POST", "HEAD", "OPTIONS")
ADDRESSES = 4096  # of clients, remembered with what the proxies said of them
FORWARDED_CHARACTERS = 100  # longer chains are read each time

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
HSTS = ((b"strict-transport-security", b"max-age=31536000; includeSubDomains"),)


class Edge:
    """Wraps the application.

    `https` adds HSTS; `trusted` are the proxies whose word on addresses counts; `hot` is asked first for
    what it serves; `direct` has the routes that need no router; `origins` answers for mini-apps' hosts.
    `ways` are the short ways that the lane offers.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        trusted: Sequence[Network],
        https: bool,
        hot: Hot | None = None,
        direct: Table | None = None,
        origins: Origins | None = None,
    ) -> None:
        self.app = app
        self.trusted = trusted
        self.headers = security_headers(https=https)
        self.hot = hot
        self.ways: tuple[Short, ...] = () if hot is None else (hot,)
        self.direct = direct or {}
        self.origins = origins
        self._client = lru_cache(maxsize=ADDRESSES)(partial(client_address, trusted=trusted))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; a WebSocket only learns from where it comes."""
        if scope["type"] != ScopeType.HTTP:
            if scope["type"] == ScopeType.WEBSOCKET:
                chain = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
                scope.setdefault("state", {}).update(self.begin(scope.get("client"), b", ".join(chain)))
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        is_new = "began" not in state  # else the lane (api.http.lane) has begun it, and asked `hot`
        if is_new:
            chain = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
            state.update(self.begin(scope.get("client"), b", ".join(chain)))
        bind_contextvars(request_id=state["request_id"])  # of this request alone: the server resets them
        if is_new and self.hot is not None and serves(scope):
            rest = await self.hot(scope, receive, send)
            if rest is None:
                return
            receive = rest
        await self._ordinary(scope, receive, send)

    def way(self, data: bytes) -> Short | None:
        """Return the short way for a request that begins so, if there is one."""
        for way in self.ways:
            if data.startswith(way.begins):
                return way
        return None

    def begin(self, client: tuple[str, int] | None, forwarded: bytes) -> dict[str, Any]:
        """Return the state of a request that begins now; `forwarded` is its header X-Forwarded-For."""
        return {
            "began": time.perf_counter(),
            "request_id": new_hex(),
            "address": self._address(client[0] if client else UNKNOWN, forwarded),
        }

    async def _ordinary(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        state, method = scope["state"], scope["method"]
        inner = _as_get(scope) if method == "HEAD" else scope
        status, held = 500, None

        async def dressed(message: Message) -> None:
            nonlocal status, held
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._dress(list(message["headers"]), state["request_id"])
                if method != "HEAD" and any(name == b"content-length" for name, _ in message["headers"]):
                    held = message  # until its body comes, to be sent with it
                    return
            elif message["type"] == "http.response.body":
                body = message["body"] = b"" if method == "HEAD" else message.get("body", b"")
                start, held = held, None
                if start is not None:
                    is_all = not message.get("more_body")
                    if is_all and send_answer(send, status, list(start["headers"]), body):
                        return
                    await send(start)
            await send(message)

        origins = self.origins if self.origins is not None and self.origins.owns(inner) else None
        try:
            await (origins or self.inside)(inner, receive, dressed)
        finally:
            _report(inner, method, status, time.perf_counter() - state["began"])

    async def inside(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer what the platform itself answers: by the router, or without it where that is not needed."""
        await (found(self.direct, scope["method"], scope["path"]) or self.app)(scope, receive, send)

    def _address(self, peer: str, forwarded: bytes) -> str:
        if not self.trusted:
            return peer
        text = forwarded.decode("latin-1")
        if len(text) > FORWARDED_CHARACTERS:
            return client_address(peer, text, self.trusted)
        return self._client(peer, text)

    def _dress(self, headers: list[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
        """Add our headers; one that a handler set itself stays."""
        present = {name for name, _ in headers}
        headers.extend(header for header in self.headers if header[0] not in present)
        headers.append((b"x-request-id", request_id.encode()))
        return headers


def security_headers(*, https: bool) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers of every answer; `https` adds HSTS."""
    return (HEADERS + HSTS) if https else HEADERS


def _as_get(scope: HTTPScope) -> HTTPScope:
    """Return the request as GET; not at the file door, where a look is recorded and a link opens once."""
    if scope["path"].startswith("/files/"):
        return scope
    return {**scope, "method": HttpMethod.GET}


def _report(scope: HTTPScope, asked: str, status: int, seconds: float) -> None:
    state = scope["state"]
    report(
        route=str(scope.get("path_template") or UNKNOWN),
        method=asked if asked in METHODS else "other",
        status=status,
        seconds=seconds,
        request_id=state["request_id"],
        codes=state.get("codes", ()),
        operation=state.get("operation", UNSET),
    )
