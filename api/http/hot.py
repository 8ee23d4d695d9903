"""The short way for trusted documents, ahead of the router:

    POST /graphql {"documentId": …} -> wish -> body -> who asks, how often -> Answerer -> bytes

By ASGI it is asked by `api.http.edge`; below, for the plainest of requests, by `api.http.lane`.
Whatever is not as it should be goes the ordinary way, with the body it brought and with what was found
out about its sender: so every refusal is made in one place, and each request is counted once.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from litestar.types import HTTPScope, Receive, Send

from api.context import Context
from api.graphql import limits
from api.graphql.documents import PREFIX
from api.graphql.plan.runtime.compression import Parts
from api.http import senders
from api.http.asked import PATH, Asked, Body, encoded, tell, understood
from api.http.known import Asking
from api.http.leaving import Leaving
from api.http.short import CLIENT_GONE
from api.http.whole import lines, receive_whole, send_whole
from api.http.wish import ENCODERS, Header, Headers, Wish, Wishes

log = structlog.get_logger()

Answerer = Callable[[str, dict[str, Any], Context, str | None], Awaitable[Parts | None]]
"""From (hexadecimal hash of a trusted document, variables as sent, context, name of the operation if sent) to
the whole body, setting `context.operation`, and `context.again` if it can be answered without a task when it
comes again; None: take the ordinary way.  One that has changed something must answer."""

ENCODED: dict[str | None, tuple[Header, ...]] = {
    None: (),
    **{name: ((b"content-encoding", name.encode()), (b"vary", b"Accept-Encoding")) for name in ENCODERS},
}
LINES = {name: lines(headers) for name, headers in ENCODED.items()}

REMEMBERED = 2_000  # bodies of requests
LONGEST = 600  # bytes of one


def serves(scope: HTTPScope) -> bool:
    """Say whether a request may be one for the short way."""
    return scope["path"] == PATH and scope["method"] == "POST" and not scope["query_string"]


class Hot:
    """Answers what it can; `headers` go with every answer."""

    begins = b"POST /graphql HTTP/1.1\r\n"
    line = re.compile(re.escape(begins))

    def __init__(self, answer: Answerer, *, wishes: Wishes, headers: Sequence[Header]) -> None:
        self.answer = answer
        self.wishes = wishes
        self.headers = tuple(headers)
        self.lines = lines(headers)
        self._known: OrderedDict[bytes, Any] = OrderedDict()  # by their bodies: what answers without a task

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> Receive | None:
        """Answer the request; returns None, or from where the ordinary way is to receive it."""
        sent, state = list(scope["headers"]), scope["state"]
        headers = dict(sent)
        wish = self.wishes.read(headers) if len(headers) == len(sent) else None
        if wish is None:
            return receive
        message = receive_whole(receive) or await _read(receive)
        asked = understood(message.get("body", b"")) if message["type"] == "http.request" else None
        context = None if asked is None else await senders.context_of(state, headers)
        if asked is None or context is None:
            return _again(message, receive)
        leaving = Leaving(receive)
        try:
            body = await self.body(asked, context, wish)
        except asyncio.CancelledError:
            if not leaving.gone:
                raise
            leaving.excuse()
            tell(state, context, CLIENT_GONE)
            return None
        finally:
            leaving.end()
        if body is None:
            return _again(message, receive)
        await self._send(send, wish, body, context.request_id)
        tell(state, context, 200)
        return None

    def take(self, line: re.Match[bytes], headers: Headers, body: bytes) -> "Asking | None":
        """Return the work for a request of the plainest kind (`api.http.short`)."""
        wish = self.wishes.read(headers)
        if wish is None:
            return None
        again = self._known.get(body)
        if again is not None:
            self._known.move_to_end(body)
        asked = understood(body) if again is None else None
        return None if asked is None and again is None else Asking(self, headers, wish, body, asked, again)

    def remember(self, body: bytes, make: Callable[[], Any] | None) -> None:
        """Know a request by its body when it comes again, if `make` can make what answers it then."""
        if make is None or len(body) > LONGEST or body in self._known:
            return
        again = make()
        if again is not None:
            self._known[body] = again
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    async def body(self, asked: Asked, context: Context, wish: Wish) -> Body | None:
        """Return what answers, and its encoding; None: the ordinary way is to answer."""
        try:
            parts = await self.answer(
                asked.document_id[len(PREFIX) :], asked.variables or {}, context, asked.operation_name or None
            )
            return None if parts is None else encoded(parts, wish)
        except Exception as error:
            log.error("hot.bug", exc_info=error)
            return None

    def lines_with(self, body: Body, wish: Wish, request_id: str) -> tuple[bytes, ...]:
        """Return the lines of headers that go with `body`."""
        own = b"content-length: %d\r\nx-request-id: %s\r\n" % (body[1], request_id.encode())
        return wish.lines, self.lines, LINES[body[2]], own

    async def _send(self, send: Send, wish: Wish, body: Body, request_id: str) -> None:
        pieces, length, encoding = body
        content = b"".join(pieces)
        if send_whole(send, self.lines_with(body, wish, request_id), content):
            return
        headers = [
            *wish.headers,
            *self.headers,
            *ENCODED[encoding],
            (b"content-length", b"%d" % length),
            (b"x-request-id", request_id.encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content, "more_body": False})


async def _read(receive: Receive) -> Any:
    """Return the body as one message: as far as it came, and no further than what makes it too long.

    A body that trickles in byte by byte takes no more memory than another.
    """
    message: Any = await receive()
    if not message.get("more_body"):
        return message
    body = bytearray(message["body"])
    while message.get("more_body") and len(body) <= limits.BODY_BYTES:
        message = await receive()
        body += message.get("body", b"")
    return {**message, "body": bytes(body)}


def _again(message: Any, receive: Receive) -> Receive:
    """Return what receives `message` first, and then what comes."""
    left = [message]

    async def again() -> Any:
        return left.pop() if left else await receive()

    return again
