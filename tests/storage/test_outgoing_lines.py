"""Connections kept to addresses that others gave us: one request after the other, each answered or not."""

import asyncio
import time
from contextlib import asynccontextmanager, suppress

import pytest

from storage.outgoing import Lines, NotSent, Reply, Unreadable, place_of
from storage.outgoing._lines import Line


@asynccontextmanager
async def answering(*texts: bytes, ends: bool = False):
    """A server that answers each request on a connection by the next of `texts`; its list tells of them."""
    seen: list[bytes] = []
    served: list[asyncio.Task] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(asyncio.current_task())
        for text in texts:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            seen.append(head + await reader.readexactly(length))
            writer.write(text)
        if not ends:
            await reader.read()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/base", seen
    await asyncio.gather(*served, return_exceptions=True)


class NoTransport(asyncio.Transport):
    """A connection of which only what comes is looked at."""

    def write(self, data: bytes) -> None:
        """Drop it."""


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


LONG = b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n" + b"x" * 5000


async def asking(url: str, times: int = 1, *, most: int = 1000) -> list[Reply]:
    lines, place = Lines(most_bytes=most), place_of(url)
    try:
        return [
            await lines.post(
                place, f"{place.path}/apis/x", {"x-a": "b"}, b"body", patience_s=9, loopback=True
            )
            for _ in range(times)
        ]
    finally:
        lines.close()


async def test_a_connection_is_kept_and_used_again():
    async with answering(OK, b"HTTP/1.1 100 Continue\r\n\r\n" + OK, OK) as (url, seen):
        replies = await asking(url, 3)

    assert replies == [Reply(200, b"{}")] * 3
    assert seen[0].startswith(b"POST /base/apis/x HTTP/1.1\r\nhost: 127.0.0.1:")
    assert seen[0].endswith(b"content-length: 4\r\nx-a: b\r\n\r\nbody")


@pytest.mark.parametrize(
    "text",
    [b"HTTP/1.1 200 OK\r\n\r\n[1]", b"HTTP/1.0 200 OK\r\n\r\n[1]",
     b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 3\r\n\r\n[1]"],
)  # fmt: skip
async def test_an_answer_may_end_with_its_connection(text):
    async with answering(text, ends=True) as (url, _):
        assert await asking(url, 2) == [Reply(200, b"[1]")] * 2


@pytest.mark.parametrize(
    ("text", "error"),
    [(b"", ConnectionError), (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}", ConnectionError),
     (b"SSH-2.0-x\r\n", Unreadable), (LONG, Unreadable),
     (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 9000, Unreadable),
     (b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", Unreadable)],
    ids=["nothing", "half", "another protocol", "too long", "long head", "upgrade"],
)  # fmt: skip
async def test_what_is_no_answer_ends_the_connection(text, error):
    async with answering(text, ends=True) as (url, _):
        with pytest.raises(error):
            await asking(url)


@pytest.mark.parametrize(
    "text", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}"], ids=["none", "half"]
)
async def test_what_is_not_there_in_time_ends_the_connection(text):
    async with answering(text, OK) as (url, seen):
        lines, place = Lines(most_bytes=1000), place_of(url)
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            await lines.post(place, "/", {}, b"", patience_s=0.2, loopback=True)
        took = time.monotonic() - began
        assert len(seen) == 1
        again = asyncio.ensure_future(lines.post(place, "/", {}, b"", patience_s=0.2, loopback=True))
        with pytest.raises(TimeoutError):  # down a connection of its own, where the server has nothing else
            await again
        lines.close()

    assert len(seen) == 2
    assert took >= 0.2


async def test_an_answer_nobody_asked_for_is_nobodys():
    async with answering(OK + OK, OK) as (url, seen):
        assert await asking(url, 2) == [Reply(200, b"{}")] * 2

    assert len(seen) == 2


async def test_no_header_brings_another_one():
    with pytest.raises(ValueError, match="line break"):
        await Lines(most_bytes=10).post(
            place_of("https://a.example/"), "/", {"x": "a\r\ny: b"}, b"", patience_s=9
        )


async def test_a_path_brings_no_second_request():
    with pytest.raises(ValueError, match="line break"):
        await Lines(most_bytes=10).post(
            place_of("https://a.example/"), "/ HTTP/1.1\r\n\r\nGET /", {}, b"", patience_s=9
        )


async def test_head_and_a_large_body_may_come_in_one_piece():
    body = b"x" * 200_000
    whole = b"HTTP/1.1 200 OK\r\ncontent-length: 200000\r\n\r\n" + body
    line = Line(most_bytes=len(body))
    line.connection_made(NoTransport())
    asked = line.ask(b"", time.monotonic() + 9)
    line.data_received(whole)

    assert (await asked).body == body


async def test_nobody_there_was_sent_nothing():
    with pytest.raises(NotSent):
        await asking("http://127.0.0.1:1/")
