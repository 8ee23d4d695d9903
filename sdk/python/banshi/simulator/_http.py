"""A little HTTP on ASGI: what the simulator's two origins need, and no more."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import uvicorn

LARGEST = 1_000_000  # bytes of a request

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: str = ""

    def json(self, kind: type[Any]) -> Any:
        """Return the body as `kind`; raises msgspec.DecodeError."""
        return msgspec.json.decode(self.body, type=kind)


@dataclass(frozen=True)
class Told:
    """One answer; `body` may come bit by bit."""

    body: bytes | AsyncIterator[bytes] = b""
    status: int = 200
    type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


def as_json(value: Any, status: int = 200) -> Told:
    """Return `value` as JSON."""
    return Told(msgspec.json.encode(value), status)


Handler = Callable[[Asked], Awaitable[Told]]


def served(handler: Handler, *, origin: Callable[[], str]) -> Any:
    """Return an ASGI application for one origin of the loopback address.

    Other hosts' names are refused, and posts of other origins: what any page of the web could send here.
    """

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        is_ours = headers.get("host", "") == origin().removeprefix("http://")
        is_own = scope["method"] == "GET" or headers.get("origin", origin()) == origin()
        if is_ours and is_own:
            asked = Asked(
                scope["method"], scope["path"], headers, await _read(receive),
                scope["query_string"].decode("latin-1"),
            )  # fmt: skip
            told = await handler(asked)
        else:
            told = Told(b"no", 403, "text/plain")
        await _send(send, told)

    return app


async def _read(receive: Any) -> bytes:
    body, more = b"", True
    while more and len(body) <= LARGEST:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _send(send: Any, told: Told) -> None:
    headers: Headers = [(b"content-type", told.type.encode()), (b"cache-control", b"no-store")]
    headers += [(name.encode(), value.encode()) for name, value in told.headers]
    await send({"type": "http.response.start", "status": told.status, "headers": headers})
    if isinstance(told.body, bytes):
        await send({"type": "http.response.body", "body": told.body})
        return
    async for piece in told.body:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def server(app: Any, *, port: int) -> uvicorn.Server:
    """Return a server of the loopback address."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off",
        timeout_graceful_shutdown=1, ws="none",
    )  # fmt: skip
    return uvicorn.Server(config)
