"""Connections that are kept open to addresses that others gave us, for many calls.

Each connection is made to an address that was checked for it, and is made anew after AGE_S: so what a name
comes to mean is looked at again and again.  A request is sent once; when its connection ends before the
answer came, nobody knows whether it was done, and it is not sent again.
"""

import asyncio
import re
import ssl
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextvars import Context
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser
from msgspec import Struct

from storage.outgoing._guard import Place, reach
from storage.outgoing._whole import MOST_HEAD, whole

CONNECT_S = 3.0
KEPT_S = 4.0  # unused; many servers end a connection after five
AGE_S = 60.0
SWEEP_S = 0.5  # between looks at who waits too long and what nobody uses
OK = 200
BREAKS = re.compile("[\\x00- ]")
MOST_OPEN = 128  # connections to one host, so many requests under way there

Host = tuple[str, str, int]


class NotSent(OSError):
    """Nobody is there: the request was not sent."""


class TooBusy(Exception):
    """As many requests are under way there as may be: this one was not sent."""


class Unreadable(ConnectionError):
    """What came is no answer, or one that is too long."""


class Reply(Struct, frozen=True, gc=False):
    """An answer."""

    status: int
    body: bytes


class Line(asyncio.Protocol):
    """One connection, with one request under way at most."""

    def __init__(self, most_bytes: int) -> None:
        self.born = self.unused_since = time.monotonic()
        self.ended = False
        self._most_bytes = most_bytes
        self._parser = HttpResponseParser(self)
        self._transport: Any = None
        self._due = 0.0
        self._heard = False  # anything since it was asked
        self._asked: asyncio.Future[Reply] | None = None
        self._body = bytearray()
        self._head_bytes = 0
        self._has_head = self._has_length = False

    def ask(self, request: bytes, due: float) -> asyncio.Future[Reply]:
        """Send a request; the future has its answer, a ConnectionError, or TimeoutError when that is late."""
        self._clear()
        self._due, self._heard = due, False
        self._asked = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._asked

    def abort(self) -> None:
        """End the connection at once."""
        self.ended = True
        if self._transport is not None:
            self._transport.abort()

    def look(self, now: float) -> None:
        """Give up what was due by `now`."""
        if self._asked is not None and self._due <= now:
            self._fail(TimeoutError("no answer came in time"))

    def is_good(self, now: float) -> bool:
        """Say whether another request may go down it."""
        return not self.ended and now - self.unused_since < KEPT_S and now - self.born < AGE_S

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Read on."""
        is_first, self._heard = self._asked is not None and not self._heard, True
        body = whole(data) if is_first else None
        if body is not None and len(body) <= self._most_bytes:
            self._answer(OK, body)
            return
        room = len(data) if self._has_head else MOST_HEAD - self._head_bytes  # a piece may hold head and body
        self._head_bytes += len(data[:room])
        try:
            self._parser.feed_data(data[:room])
            if data[room:] and not self._has_head:
                self._fail(Unreadable("the head is too long"))
            elif data[room:] and not self.ended:
                self._parser.feed_data(data[room:])
        except (HttpParserError, HttpParserUpgrade) as error:
            self._fail(Unreadable(type(error).__name__))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits; an answer whose length was not told ends here."""
        self.ended = True
        if exc is None and self._has_head and not self._has_length:
            self._answer(self._parser.get_status_code(), bytes(self._body))
        self._fail(ConnectionResetError("the connection ended"))

    def on_message_begin(self) -> None:
        """End a connection on which an answer comes that nobody asked for."""
        if self._asked is None:
            self._fail(Unreadable("nothing was asked"))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Read a line of the head."""
        self._has_length = self._has_length or name.lower() in (b"content-length", b"transfer-encoding")

    def on_headers_complete(self) -> None:
        """Note where the head ends."""
        self._has_head = True

    def on_body(self, body: bytes) -> None:
        """Read a piece."""
        self._body += body
        if len(self._body) > self._most_bytes:
            self._fail(Unreadable("the answer is too long"))

    def on_message_complete(self) -> None:
        """Give the answer, when it is more than a word that one is to come (1xx)."""
        status = self._parser.get_status_code()
        if status < OK:
            self._clear()
            return
        if not self._parser.should_keep_alive():
            self.ended = True
            self._transport.close()
        self._answer(status, bytes(self._body))

    def _answer(self, status: int, body: bytes) -> None:
        asked, self._asked = self._asked, None
        if asked is not None and not asked.done():
            asked.set_result(Reply(status, body))

    def _fail(self, error: OSError) -> None:
        asked, self._asked = self._asked, None
        if asked is not None and not asked.done():
            asked.set_exception(error)
        if not self.ended:
            self.abort()

    def _clear(self) -> None:
        self._body = bytearray()
        self._head_bytes = 0
        self._has_head = self._has_length = False


class Lines:
    """The connections of one process.  `context` is whose certificates are believed; None: the system's."""

    def __init__(self, *, most_bytes: int, context: ssl.SSLContext | None = None) -> None:
        self._most_bytes = most_bytes
        self._context = context or ssl.create_default_context()
        self._unused: defaultdict[Host, list[Line]] = defaultdict(list)  # the one used last is taken first
        self._asked: set[Line] = set()
        self._count: Counter[Host] = Counter()
        self._alarm: asyncio.TimerHandle | None = None

    async def post(
        self,
        place: Place,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        patience_s: float,
        loopback: bool = False,
    ) -> Reply:
        """Send `body` to `path` at a place and return the answer, which is waited for at most so long.

        One clock looks at that for all, twice a second.
        Raises: OutgoingRefused, TooBusy, NotSent: nothing was sent.  Unreadable; TimeoutError and
            ConnectionError when it was sent and no answer came.
        """
        request = _request(place, path, headers, body)
        host = (place.scheme, place.host, place.port)
        if self._count[host] >= MOST_OPEN:
            raise TooBusy
        now = time.monotonic()
        line = self._take(host, now)
        self._count[host] += 1
        try:
            line = line or await self._open(place, loopback=loopback)
            self._asked.add(line)
            self._watch()
            reply = await line.ask(request, now + patience_s)
        except BaseException:
            if line is not None:
                line.abort()
            raise
        finally:
            self._count[host] -= 1
            if line is not None:
                self._asked.discard(line)
        self._give(host, line)
        return reply

    def close(self) -> None:
        """End every connection that is not in use."""
        for lines in self._unused.values():
            for line in lines:
                line.abort()
        self._unused.clear()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _take(self, host: Host, now: float) -> Line | None:
        unused = self._unused[host]
        while unused:
            line = unused.pop()
            if line.is_good(now):
                return line
            line.abort()
        return None

    def _give(self, host: Host, line: Line) -> None:
        if line.ended:
            return
        line.unused_since = time.monotonic()
        self._unused[host].append(line)

    def _watch(self) -> None:
        if self._alarm is None:
            loop = asyncio.get_running_loop()
            self._alarm = loop.call_later(SWEEP_S, self._sweep, context=Context())  # of no one request

    def _sweep(self) -> None:
        """End what nobody used for a while, and the waiting for what was due."""
        self._alarm, now = None, time.monotonic()
        for line in list(self._asked):
            line.look(now)
        for host, lines in list(self._unused.items()):
            for line in lines:
                if not line.is_good(now):
                    line.abort()
            self._unused[host] = [line for line in lines if not line.ended]
            if not self._unused[host]:
                del self._unused[host]
        if self._unused or self._asked:
            self._watch()

    async def _open(self, place: Place, *, loopback: bool) -> Line:
        is_tls = place.scheme == "https"
        try:
            async with asyncio.timeout(CONNECT_S):
                address = await reach(place, loopback=loopback)
                _, line = await asyncio.get_running_loop().create_connection(
                    lambda: Line(self._most_bytes), address, place.port,
                    ssl=self._context if is_tls else None, server_hostname=place.host if is_tls else None,
                )  # fmt: skip
        except (OSError, TimeoutError) as error:
            raise NotSent(f"{place.host}: {type(error).__name__}") from error
        return line


def _request(place: Place, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    if BREAKS.search(path):
        raise ValueError("a path holds a blank or a line break")
    told = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    if told.count("\n") != len(headers) or told.count("\r") != len(headers) or "\0" in told:
        raise ValueError("a header holds a line break")
    head = f"POST {path} HTTP/1.1\r\nhost: {place.netloc}\r\ncontent-length: {len(body)}\r\n{told}\r\n"
    return head.encode("latin-1") + body
