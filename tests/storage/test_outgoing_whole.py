"""Answers that are read without a parser are read as httptools reads them, and no others are."""

from typing import Any

import pytest
from httptools import HttpResponseParser
from hypothesis import example, given
from hypothesis import strategies as st

from storage.outgoing._whole import MOST_HEAD, whole

PLAIN = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nContent-Length: 7\r\n\r\n"
BODY = b'{"a":1}'
LINES = (
    "content-length: 7", "content-length: 8", "Content-Length:7", "content-length : 7", "content-length: 07",
    "content-length: +7", "transfer-encoding: chunked", "connection: keep-alive", "Connection: close",
    "connection: upgrade", "upgrade: h2c", "trailer: x", "x: y", "x:y", "x:", ": y", " folded", "\tfolded",
    "x: \x00", "x: \x7f", "x: é", "no colon", "x: content-length: 7", "",
)  # fmt: skip


class _Parsed:
    """What httptools makes of an answer."""

    def __init__(self, data: bytes) -> None:
        self.body, self.completed, self.stays = b"", 0, False
        self.parser = HttpResponseParser(self)
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.completed += 1
        self.stays = self.parser.should_keep_alive()


def _agrees(data: bytes) -> bool:
    """Say whether `data` is read without a parser, after httptools has said the same of it."""
    body = whole(data)
    if body is None:
        return False
    parsed = _Parsed(data)
    said = parsed.parser.get_status_code(), parsed.body, parsed.completed, parsed.stays
    assert said == (200, body, 1, True)
    return True


def test_the_plainest_answer_is_read():
    assert _agrees(PLAIN + BODY)
    assert _agrees(PLAIN.replace(b"OK\r\n", b"OK\r\nConnection: keep-alive\r\n") + BODY)
    assert whole(PLAIN.replace(b"7", b"0")) == b""


@pytest.mark.parametrize(
    "data",
    [
        PLAIN, PLAIN + BODY[:-1], PLAIN + BODY + b" ", (PLAIN + BODY) * 2,
        PLAIN.replace(b"200", b"404") + BODY, PLAIN.replace(b"200", b"100") + BODY,
        PLAIN.replace(b"1.1", b"1.0") + BODY, PLAIN.replace(b"\r\n", b"\n") + BODY,
        PLAIN.replace(b"OK", b"O\x00K") + BODY, b"\r\n" + PLAIN + BODY, b"",
        PLAIN.replace(b"OK\r\n", b"OK\r\nx: " + b"y" * MOST_HEAD + b"\r\n") + BODY,
    ],
)  # fmt: skip
def test_anything_else_is_for_the_parser(data: bytes):
    assert whole(data) is None


@pytest.mark.parametrize("line", LINES[1:])
def test_odd_lines_are_for_the_parser_unless_it_agrees(line: str):
    _agrees(PLAIN.replace(b"OK\r\n", b"OK\r\n" + line.encode("latin-1") + b"\r\n") + BODY)


lines = st.lists(st.sampled_from(LINES) | st.text(st.characters(max_codepoint=255), max_size=12), max_size=5)


@given(
    lines=lines,
    status=st.sampled_from(["200 OK", "200 ", "200", "204 x", "304 x"]),
    body=st.binary(max_size=9),
)
@example(lines=["content-length: 7"], status="200 OK", body=BODY)
def test_what_is_read_is_what_the_parser_reads(lines: list[str], status: str, body: bytes):
    head: Any = [f"HTTP/1.1 {status}", *lines, "", ""]
    _agrees("\r\n".join(head).encode("latin-1") + body)
