"""The outermost ring of the server: every request passes here, also those that match no route.

It gives the request its id, puts the security headers on the answer, and writes one line of log
and one figure when the answer is out.  HEAD is answered as GET is, without the body.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from api import metrics
from api.http.address import Network, client_address
from storage.ids import new_id

log = structlog.get_logger()

UNKNOWN = "unknown"

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
HSTS = ((b"strict-transport-security", b"max-age=31536000; includeSubDomains"),)


@dataclass(frozen=True)
class Edge:
    """Wraps the application.  `https` adds HSTS; `trusted` are the proxies whose word on addresses counts."""

    app: ASGIApp
    trusted: Sequence[Network]
    https: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything else than HTTP is passed through untouched."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        state = scope.setdefault("state", {})
        method = scope["method"]
        inner = _as_get(scope) if method == "HEAD" else scope
        state["request_id"] = new_id().hex
        state["address"] = self._address(scope)
        status = 500

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._dress(list(message["headers"]), state["request_id"])
            elif method == "HEAD" and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=state["request_id"]):
            try:
                await self.app(inner, receive, dressed)
            finally:
                _report(inner, method, status, time.perf_counter() - began)

    def _address(self, scope: HTTPScope) -> str:
        client = scope.get("client")
        forwarded = ", ".join(
            value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"
        )
        return client_address(client[0] if client else UNKNOWN, forwarded, self.trusted)

    def _dress(self, headers: list[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
        """Add our headers; one that a handler set itself stays."""
        present = {name for name, _ in headers}
        ours = (HEADERS + HSTS) if self.https else HEADERS
        headers.extend(header for header in ours if header[0] not in present)
        headers.append((b"x-request-id", request_id.encode()))
        return headers


def _as_get(scope: HTTPScope) -> HTTPScope:
    """Return the request as GET; not at the file door, where a look is recorded and a link opens once."""
    if scope["path"].startswith("/files/"):
        return scope
    return {**scope, "method": HttpMethod.GET}


def _report(scope: HTTPScope, asked: str, status: int, seconds: float) -> None:
    state = scope["state"]
    route = str(scope.get("path_template") or UNKNOWN)
    method = asked if asked in ("GET", "POST", "HEAD", "OPTIONS") else "other"
    metrics.requests.labels(route, method, str(status)).observe(seconds)
    fields = {"operation": state["operation"]} if "operation" in state else {}
    if "operation" in state:
        metrics.operations.labels(state["operation"]).observe(seconds)
    for code in state.get("codes", ()):
        metrics.errors.labels(code).inc()
    log.info(
        "request",
        route=route,
        method=method,
        status=status,
        duration_ms=round(seconds * 1000, 2),
        codes=state.get("codes", []),
        **fields,
    )
