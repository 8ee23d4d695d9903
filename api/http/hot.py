"""The short way for trusted documents, ahead of the router:

    POST /graphql {"documentId": …} -> wish -> body -> who asks, how often -> Answerer -> bytes

By ASGI it is asked by `api.http.edge`; below, for the plainest of requests, by `api.http.lane`.
Whatever is not as it should be goes the ordinary way, with the body it brought and with what was found
out about its sender: so every refusal is made in one place, and each request is counted once.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
import structlog
from litestar.types import HTTPScope, Receive, Send

from api import metrics
from api.context import Context
from api.graphql import limits
from api.graphql.documents import PREFIX
from api.graphql.plan.runtime import compression
from api.graphql.plan.runtime.compression import Parts
from api.http import senders
from api.http.leaving import Leaving
from api.http.report import report
from api.http.short import CLIENT_GONE, Answered, Work
from api.http.whole import lines, receive_whole, send_whole
from api.http.wish import ENCODERS, Header, Headers, Wish, Wishes

log = structlog.get_logger()

Answerer = Callable[[str, dict[str, Any], Context, str | None], Awaitable[Parts | None]]
"""From (hexadecimal hash of a trusted document, variables as sent, context, name of the operation if sent) to
the whole body, setting `context.operation`, and `context.again` if it can be answered without a task when it
comes again; None: take the ordinary way.  One that has changed something must answer."""

PATH = "/graphql"
SIGN = b'"documentId"'
ENCODED: dict[str | None, tuple[Header, ...]] = {
    None: (),
    **{name: ((b"content-encoding", name.encode()), (b"vary", b"Accept-Encoding")) for name in ENCODERS},
}
LINES = {name: lines(headers) for name, headers in ENCODED.items()}
Body = tuple[Sequence[bytes], int, str | None]  # in pieces, its length and its encoding

REMEMBERED = 2_000  # bodies of requests
LONGEST = 600  # bytes of one


class Asked(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """The request, when it is nothing but a trusted document's."""

    document_id: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None


decode = msgspec.json.Decoder(Asked).decode


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
        self._known: dict[bytes, Any] = {}  # body of a request -> what answers it without a task

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
        asked = understood(body) if again is None else None
        return None if asked is None and again is None else Asking(self, headers, wish, body, asked, again)

    def remember(self, body: bytes, again: Any) -> None:
        """Know a request by its body when it comes again."""
        if again is None or len(body) > LONGEST:
            return
        self._known[body] = again
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]

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


class Asking(Work):
    """A trusted document that came by the lane; who asks is known and counted before it may be cancelled.

    `again` answers it without a task, if it has come before.
    """

    def __init__(
        self, way: Hot, headers: Headers, wish: Wish, body: bytes, asked: Asked | None, again: Any
    ) -> None:
        self._way, self._headers, self._wish, self._body = way, headers, wish, body
        self._asked, self._again = asked, again
        self._context: Context | None = None
        self._begun: Any = None
        self._rest: tuple[Parts, Sequence[Awaitable[None]]] | None = None
        self._may_end = self._gone = False

    def begin(self, state: dict[str, Any]) -> bool:
        """Begin to answer when it has come before, from one who is known."""
        if self._again is None:
            return False
        context = self._context = senders.at_hand(state, self._headers)
        begun = None if context is None else self._again.begin(context)
        if begun is None:
            return False
        self._begun, self.waits, self._may_end = begun, begun.waits, True
        return True

    def end(self, state: dict[str, Any]) -> Answered | None:
        """Return the answer; None: something is to be awaited before, or the ordinary way is to give it."""
        self._may_end = False
        ended = self._begun.end()
        if ended is None:
            return None
        parts, noting = ended
        if noting:
            self._rest = ended
            return None
        answered = self._answered(encoded(parts, self._wish), state)
        metrics.by_plan.inc()
        return answered

    async def answer(self, state: dict[str, Any]) -> Answered | None:
        """Return the answer; None: the ordinary way is to give it."""
        if self._begun is not None:
            return await self._go_on(state)
        context = self._context = self._context or await senders.context_of(state, self._headers)
        asked = self._asked or understood(self._body)
        if context is None or asked is None or self._gone:
            return None
        self._may_end = True
        body = await self._way.body(asked, context, self._wish)
        self._may_end = False
        if body is None:
            return None
        self._way.remember(self._body, context.again)
        return self._answered(body, state)

    async def _go_on(self, state: dict[str, Any]) -> Answered | None:
        if self._rest is None:
            return None
        parts, noting = self._rest
        try:
            for each in noting:
                await each
        except Exception as error:
            log.error("hot.bug", exc_info=error)
            return None
        metrics.by_plan.inc()
        return self._answered(encoded(parts, self._wish), state)

    def _answered(self, body: Body, state: Mapping[str, Any]) -> Answered:
        return Answered(200, self._way.lines_with(body, self._wish, state["request_id"]), body[0])

    def left(self) -> bool:
        """Hear that the client has gone; say whether the work for him is to be cancelled."""
        self._gone = True
        return self._may_end

    def tell(self, state: dict[str, Any], status: int) -> None:
        """Report the request."""
        tell(state, self._context, status)


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


def encoded(parts: Parts, wish: Wish) -> Body:
    """Return a body as it is wished for."""
    pieces = compression.pieces(parts)
    length = sum(map(len, pieces))
    if wish.encoding is None or length < compression.WORTH:
        return pieces, length, None
    body = ENCODERS[wish.encoding](parts)
    return (body,), len(body), wish.encoding


def understood(body: bytes) -> Asked | None:
    """Return what is asked, if it is nothing but a trusted document."""
    if len(body) > limits.BODY_BYTES or SIGN not in body:
        return None
    try:
        asked = decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return asked if asked.document_id.startswith(PREFIX) else None


def _again(message: Any, receive: Receive) -> Receive:
    """Return what receives `message` first, and then what comes."""
    left = [message]

    async def again() -> Any:
        return left.pop() if left else await receive()

    return again


def tell(state: Mapping[str, Any], context: Context | None, status: int) -> None:
    """Report the request."""
    operation = None if context is None else context.operation
    report(
        route=PATH,
        method="POST",
        status=status,
        seconds=time.perf_counter() - state["began"],
        request_id=state["request_id"],
        operation=msgspec.UNSET if operation is None else operation.label,
    )
