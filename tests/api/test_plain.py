"""What is read without a parser is read as httptools reads it, or not at all."""

import random
from typing import Any

import httptools
import pytest

from api.http.hot import Hot
from api.http.plain import plain

BODY = b'{"documentId":"sha256:00","variables":{"a":"\xe5\x8a\x9e"}}'
HEADERS = (
    b"Host: a.example:80", b"content-type: application/json", b"User-Agent: Mozilla/5.0 (X11; a b)",
    b"Accept: */*", b"accept-encoding: gzip, zstd", b"connection: keep-alive",
    b"x-forwarded-for: 10.0.0.1, ::1", b"x!#$%&'*+-.^_`|~9: a",
)  # fmt: skip
LENGTH = b"content-length: %d" % len(BODY)


def request(
    *headers: bytes, line: bytes = b"POST /graphql HTTP/1.1", end: bytes = b"\r\n", body: bytes = BODY
) -> bytes:
    return end.join([line, *(headers or (*HEADERS, LENGTH)), b"", b""]) + body


ODD = {
    "a name twice": request(b"x: a", b"x: a", LENGTH),
    "a name twice, once in capitals": request(b"x: a", b"X: a", LENGTH),
    "a folded line": request(b"x: a", b" b", LENGTH),
    "a line folded by a tab": request(b"x: a", b"\tb", LENGTH),
    "two lengths": request(LENGTH, LENGTH),
    "chunked": request(b"transfer-encoding: chunked", body=b"2\r\n{}\r\n0\r\n\r\n"),
    "chunked, and a length": request(b"Transfer-Encoding: chunked", LENGTH),
    "a length, and chunked": request(LENGTH, b"transfer-encoding: chunked"),
    "another encoding": request(b"transfer-encoding: identity", LENGTH),
    "a sign in the length": request(b"content-length: +%d" % len(BODY)),
    "a blank before the length": request(b"content-length:  %d" % len(BODY)),
    "a blank after the length": request(LENGTH + b" "),
    "a zero before the length": request(b"content-length: 0%d" % len(BODY)),
    "a list of lengths": request(b"content-length: %d, %d" % (len(BODY), len(BODY))),
    "a hexadecimal length": request(b"content-length: 0x%x" % len(BODY)),
    "no length": request(b"x: a"),
    "no headers": request()[:24] + b"\r\n" + BODY,
    "more than the length": request(body=BODY + b"\n"),
    "less than the length": request(body=BODY[:-1]),
    "more than one": request() + request(),
    "a line end before it": b"\r\n" + request(),
    "bare line ends": request(end=b"\n"),
    "one bare line end": request(b"x: a\ny: b", LENGTH),
    "a bare line end at the end": request(b"x: a", LENGTH)[: -len(BODY) - 4] + b"\n\n" + BODY,
    "a bare return": request(b"x: a\rb", LENGTH),
    "a blank before the colon": request(b"x : a", LENGTH),
    "no blank after the colon": request(b"x:a", LENGTH),
    "a blank after the value": request(b"x: a ", LENGTH),
    "a tab in a value": request(b"x: a\tb", LENGTH),
    "an empty value": request(b"x: ", LENGTH),
    "an empty name": request(b": a", LENGTH),
    "no colon": request(b"x", LENGTH),
    "NUL in a value": request(b"x: a\0b", LENGTH),
    "NUL in a name": request(b"x\0: a", LENGTH),
    "beyond ASCII": request(b"x: \xe9", LENGTH),
    "beyond ASCII in a name": request(b"\xe9: a", LENGTH),
    "a name that is no token": request(b'"x": a', LENGTH),
    "closing": request(b"connection: close", LENGTH),
    "closing for a proxy": request(b"proxy-connection: close", LENGTH),
    "staying and closing": request(b"connection: keep-alive, close", LENGTH),
    "waiting": request(b"expect: 100-continue", LENGTH),
    "another protocol": request(b"connection: upgrade", b"upgrade: h2c", LENGTH),
    "websockets": request(b"Connection: Upgrade", b"Upgrade: websocket", LENGTH),
    "trailers": request(b"te: trailers", b"trailer: x", LENGTH),  # codespell:ignore te
    "an absolute target": request(LENGTH, line=b"POST http://a/graphql HTTP/1.1"),
    "a query string": request(LENGTH, line=b"POST /graphql?a=1 HTTP/1.1"),
    "a fragment": request(LENGTH, line=b"POST /graphql#a HTTP/1.1"),
    "HTTP/1.0": request(LENGTH, line=b"POST /graphql HTTP/1.0"),
    "HTTP/0.9": request(LENGTH, line=b"POST /graphql"),
    "two blanks in the line": request(LENGTH, line=b"POST  /graphql HTTP/1.1"),
    "a blank after the line": request(LENGTH, line=b"POST /graphql HTTP/1.1 "),
    "a method in small letters": request(LENGTH, line=b"post /graphql HTTP/1.1"),
    "another method": request(LENGTH, line=b"PUT /graphql HTTP/1.1"),
}
"""Requests that are none for the lane; what becomes of them tests/api/test_lane.py compares."""


class Reader:
    """What httptools finds."""

    def __init__(self, data: bytes) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.url = self.body = b""
        self.begun, self.ends = 0, []  # type: ignore[var-annotated]
        self.parser: Any = httptools.HttpRequestParser(self)
        self.parser.feed_data(data)

    def on_message_begin(self) -> None:
        self.begun += 1

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        parser = self.parser
        self.ends.append((parser.get_method(), parser.get_http_version(), parser.should_keep_alive()))


def check(data: bytes) -> bool:
    """Say whether the lane reads it; then httptools must read the same, one whole request and no more."""
    found = plain(data, Hot.line)
    if found is None:
        return False
    reader = Reader(data)
    assert (reader.begun, reader.url, reader.ends) == (1, b"/graphql", [(b"POST", "1.1", True)])
    assert (dict(reader.headers), reader.body) == found[1:]
    assert len(reader.headers) == len(found[1])
    return True


def test_a_plain_request_is_read_as_httptools_reads_it():
    assert check(request())
    assert check(request(LENGTH))
    assert check(request(b"CONTENT-LENGTH: 0", b"Connection: Keep-Alive", body=b""))


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_what_is_odd_is_not_read(odd):
    assert plain(odd, Hot.line) is None


def test_a_part_of_a_request_is_not_read():
    whole = request()

    assert not any(plain(whole[:size], Hot.line) for size in range(len(whole)))


def test_whatever_the_bytes_both_read_the_same():
    """Change a good request at random: a byte, a line or a few bytes that mean something."""
    draw, whole, read = random.Random(7), request(), 0
    pieces = [b"\r", b"\n", b"\r\n", b"\r\n\r\n", b": ", b":", b" ", b"\t", b"\0", b"0", b"x: y\r\n", LENGTH]
    pieces += [b"Content-Length: 1\r\n", b"transfer-encoding: chunked\r\n", b"connection: close\r\n"]
    for _ in range(30_000):
        data = bytearray(whole)
        for _ in range(draw.choice((1, 1, 2, 3))):
            place = draw.randrange(len(data))
            piece = draw.choice(pieces) if draw.random() < 0.5 else bytes([draw.randrange(256)])
            data[place : place + draw.choice((0, len(piece), 2))] = piece
        read += check(bytes(data))

    assert read > 1_000  # else nothing was compared
