"""Answers in one piece, on a real server: the same as in two messages, in one write."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn

from api.http.whole import lines, receive_whole, send_answer, send_whole

BODY = b'{"data":{"name":"' + "王芳".encode() * 1000 + b'"}}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY)), (b"x-a", b"b")]


class App:
    """Answers in one piece where it can; notes where it could."""

    def __init__(self) -> None:
        self.whole: list[bool] = []
        self.received: list[bytes | None] = []  # bodies that came in one piece
        self.answers = self._answers

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.answers(scope, receive, send)

    async def _answers(self, scope: Any, receive: Any, send: Any) -> None:
        message = receive_whole(receive)
        self.received.append(message["body"] if message else None)
        while message is None or message.get("more_body"):
            message = await receive()
        self.whole.append(scope["path"] == "/whole" and send_whole(send, (lines(HEADERS),), BODY))
        if not self.whole[-1]:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await send({"type": "http.response.body", "body": BODY})


@pytest.fixture
async def served() -> AsyncIterator[tuple[App, int]]:
    app = App()
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http="httptools",
        lifespan="off",
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield app, listener.getsockname()[1]
    server.should_exit = True
    await task


async def test_an_answer_in_one_piece_is_that_of_two_messages(served):
    app, port = served
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        pairs = [(await client.post("/whole", content=b"{}"), await client.post("/parts", content=b"{}"))]
        pairs += [(await client.post("/whole", content=b"{}"), await client.post("/parts", content=b"{}"))]

    assert app.whole == [True, False] * 2
    for whole, parts in pairs:
        assert whole.content == parts.content == BODY
        assert sorted(whole.headers.items()) == sorted(parts.headers.items())
        assert "date" in whole.headers


async def raw(port: int, *requests: bytes, answers: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"".join(requests))
    received = b""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(5):
            while received.count(BODY) < answers and (piece := await reader.read(65536)):
                received += piece
    writer.close()
    return received


def request(path: bytes, *headers: bytes, version: bytes = b"1.1") -> bytes:
    lines_ = [b"POST %s HTTP/%s" % (path, version), b"host: a", b"content-length: 2", *headers]
    return b"\r\n".join([*lines_, b"", b"{}"])


async def test_requests_that_do_not_wait_for_answers_get_them_in_order(served):
    app, port = served

    received = await raw(port, request(b"/whole"), request(b"/parts"), request(b"/whole"), answers=3)

    assert received.count(b"HTTP/1.1 200 OK\r\n") == received.count(BODY) == 3
    assert app.whole == [True, False, True]


@pytest.mark.parametrize(
    "asked", [request(b"/whole", b"connection: close"), request(b"/whole", version=b"1.0")]
)
async def test_a_connection_that_ends_after_the_answer_gets_messages(served, asked):
    app, port = served

    received = await raw(port, asked, answers=1)

    assert app.whole == [False]
    assert received.endswith(BODY) and b"connection: close\r\n" in received


async def test_a_client_that_waits_to_be_asked_for_its_body_is_answered(served):
    app, port = served
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answer = await client.post("/whole", content=b"{}", headers={"expect": "100-continue"})

    assert (answer.status_code, app.whole) == (200, [True])


async def test_a_body_is_taken_in_one_piece_when_it_came_so_and_the_client_is_still_seen_to_leave(served):
    app, port = served
    begun, left = asyncio.Event(), asyncio.Event()

    async def waiting(scope: Any, receive: Any, send: Any) -> None:
        app.received.append((receive_whole(receive) or {}).get("body"))
        begun.set()
        if (await receive())["type"] == "http.disconnect":
            left.set()

    await raw(port, request(b"/whole"), answers=1)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(b"/whole")[:-1])
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.write(b"}")
    await reader.readuntil(BODY)
    app.answers = waiting
    writer.write(request(b"/whole"))
    async with asyncio.timeout(5):
        await begun.wait()
        writer.close()
        await left.wait()

    assert app.received == [b"{}", None, b"{}"]


async def test_any_other_server_gets_messages():
    async def receive() -> None:
        raise AssertionError

    async def send(_: object) -> None:
        raise AssertionError

    assert send_whole(send, (lines(HEADERS),), BODY) is False
    assert receive_whole(receive) is None


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (303, [(b"location", b"/a"), (b"content-length", b"0")], b""),
        (404, [(b"content-length", b"2"), (b"set-cookie", b"a=b"), (b"set-cookie", b"c=d")], b"no"),
    ],
)
async def test_any_status_is_sent_in_one_piece(served, status, headers, body):
    app, port = served

    async def answers(scope, receive, send):
        await receive()
        app.whole.append(send_answer(send, status, headers, body))

    app.answers = answers
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answer = await client.get("/")

    assert (app.whole, answer.status_code, answer.content) == ([True], status, body)
    named = [
        (name.encode(), value.encode()) for name, value in answer.headers.multi_items() if name != "date"
    ]
    assert named == headers


@pytest.mark.parametrize(
    "headers",
    [
        [(b"content-length", b"2"), (b"x-a", b"b\r\nx-c: d")],
        [(b"content-length", b"2"), (b"x-a", b"b\nx-c: d")],
        [(b"content-length", b"2"), (b"x-a", b"b\0")],
        [(b"content-length", b"3")],
        [(b"x-a", b"b")],
        [(b"content-length", b"2"), (b"connection", b"close")],
    ],
)
async def test_what_cannot_be_told_as_it_is_goes_by_the_book(served, headers):
    app, port = served

    async def answers(scope, receive, send):
        await receive()
        app.whole.append(send_answer(send, 200, headers, b"no"))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"no"})

    app.answers = answers
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answer = await client.get("/")

    assert (app.whole, answer.content) == ([False], b"no")
