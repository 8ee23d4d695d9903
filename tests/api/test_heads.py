"""A head without end costs a server nothing, on a real one."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from api.http.heads import MOST_BYTES, Protocol

ENDLESS = {
    "one header": b"GET / HTTP/1.1\r\nhost: a\r\nx: ",
    "the line": b"GET /",
    "many headers": b"GET / HTTP/1.1\r\nhost: a\r\n",
    "many trailers": b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n",
    "one trailer": b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx: ",
}


async def app(scope: Any, receive: Any, send: Any) -> None:
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message["body"]), message["more_body"]
    body = b"%d of %d" % (size, sum(len(value) for _, value in scope["headers"]))
    head = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]}
    await send(head)
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, http=Protocol, lifespan="off", log_config=None, timeout_graceful_shutdown=1, loop="uvloop"
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield listener.getsockname()[1]
    server.should_exit = True
    await task


async def answered(port: int, *pieces: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(10):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        answer = await reader.read(4096)
    writer.close()
    return answer


@pytest.mark.parametrize("begin", ENDLESS.values(), ids=ENDLESS)
async def test_a_head_without_end_ends_the_connection(port, begin):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    piece = b"x%d: y\r\n" * 4000 % tuple(range(4000)) if begin.endswith(b"\n") else b"a" * 50_000
    writer.write(begin)
    sent = 0
    try:
        async with asyncio.timeout(10):
            while sent < 100 * MOST_BYTES and not reader.at_eof():
                writer.write(piece)
                await writer.drain()
                sent += len(piece)
                await asyncio.sleep(0)
    except OSError:
        pass
    writer.close()

    assert sent < 100 * MOST_BYTES


async def test_long_headers_and_bodies_are_taken_as_ever(port):
    long, body = b"a" * 30_000, b"b" * 2 * MOST_BYTES
    request = b"POST / HTTP/1.1\r\nx: %s\r\ncontent-length: %d\r\n\r\n" % (long, len(body))

    assert (await answered(port, request, body)).endswith(b"1200000 of 30007")
    assert (await answered(port, request + body)).endswith(b"1200000 of 30007")


async def test_trailers_are_no_headers_and_the_next_request_is_taken(port):
    head, tail = b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", b"x: abc\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for pieces in ([head + tail], [head, tail]):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.05)
        async with asyncio.timeout(5):
            assert (await reader.readuntil(b"2 of 7")).startswith(b"HTTP/1.1 200 OK")
    writer.close()


async def test_a_body_that_comes_in_crumbs_is_no_head(port):
    crumbs = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [b"a" * 100_000] * 15]
    request = b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"

    assert (await answered(port, request, *crumbs, b"0\r\n\r\n")).endswith(b"1500000 of 7")


async def test_each_request_of_a_connection_counts_anew(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(10):
        writer.write(b"GET / HTTP/1.1\r\nx: " + b"a" * 60_000 + b"\r\n\r\n")
        async with asyncio.timeout(5):
            assert (await reader.readuntil(b"0 of 60000")).startswith(b"HTTP/1.1 200 OK")
    writer.close()
