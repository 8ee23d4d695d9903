"""Taking a request and sending its answer in one piece each, where the server is uvicorn.

By the book an answer is two messages, and uvicorn makes two writes to the socket of them, and a dozen
checks on their headers.  One write, of headers that are known beforehand, saves a third of a short
answer's work.  `send` and `receive` are methods of uvicorn's own record of the request; where they are
anything else, or there is anything unusual about the connection, messages go one by one.  Of the ordinary
way's answers those are sent so whose length is told.
"""

from collections.abc import Sequence
from typing import Any

from litestar.types import Receive, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

STATUS = b"HTTP/1.1 200 OK\r\n"

Headers = Sequence[tuple[bytes, bytes]]


def lines(headers: Headers) -> bytes:
    """Return `headers` as they stand in an answer."""
    return b"".join([b"%s: %s\r\n" % header for header in headers])


_server: tuple[Any, bytes] = (None, b"")


def _of_server(headers: Any) -> bytes:
    """Return the server's own lines: it makes a new list, with the date, once a second."""
    global _server
    if _server[0] is not headers:
        _server = (headers, lines(headers))
    return _server[1]


def piece(server: Any, headers: Sequence[bytes], *body: bytes, status: bytes = STATUS) -> bytes:
    """Return an answer as it is written, with the headers uvicorn adds."""
    return b"".join((status, _of_server(server), *headers, b"\r\n", *body))


def receive_whole(receive: Receive) -> dict[str, Any] | None:
    """Return the message with the whole body, when it has come; None: receive it by the book."""
    cycle = getattr(receive, "__self__", None)
    if not isinstance(cycle, RequestResponseCycle) or cycle.more_body or cycle.waiting_for_100_continue:
        return None
    if cycle.disconnected or cycle.response_complete:
        return None
    message = {"type": "http.request", "body": bytes(cycle.body), "more_body": False}
    cycle.body = bytearray()
    cycle.message_event.clear()
    return message


def send_whole(send: Send, headers: Sequence[bytes], body: bytes, status: bytes = STATUS) -> bool:
    """Send an answer; its `headers`, as `lines` gives them, tell the length of its body.

    Returns False when nothing was sent.
    """
    cycle = getattr(send, "__self__", None)
    if not isinstance(cycle, RequestResponseCycle) or cycle.response_started or cycle.disconnected:
        return False
    if not cycle.keep_alive or cycle.flow.write_paused:
        return False
    cycle.response_started = True
    cycle.waiting_for_100_continue = False
    cycle.transport.write(piece(cycle.default_headers, headers, body, status=status))
    cycle.response_complete = True
    cycle.message_event.set()
    cycle.on_response()
    return True


def send_answer(send: Send, status: int, headers: Headers, body: bytes) -> bool:
    """Send an answer to anything but HEAD, when its headers tell its length and can be told as they are.

    Returns False when nothing was sent.
    """
    text = lines(headers)
    told = dict(headers)
    is_plain = (
        text.count(b"\n") == text.count(b"\r") == text.count(b"\r\n") == len(headers) and b"\0" not in text
    )
    if not is_plain or b"connection" in told or told.get(b"content-length") != b"%d" % len(body):
        return False  # by the book what cannot be told is an error
    return send_whole(send, (text,), body, STATUS_LINE[status])
