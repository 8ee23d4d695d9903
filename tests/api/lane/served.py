"""Servers on sockets, and plans that take their time."""

import asyncio
import contextlib
import json
import re
import socket
from collections.abc import AsyncIterator
from typing import Any

import uvicorn

from api.http.heads import Protocol
from tests.api.answerer import ASKED, BODY

CHANGING = re.compile(rb"(x-request-id: |\"requestId\":\s?\")[0-9a-f]{32}|date: [^\r]*")


def asking(*headers: bytes, asked: Any = ASKED) -> bytes:
    body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
    head = [b"POST /graphql HTTP/1.1", b"content-type: application/json", *headers]
    return b"\r\n".join([*head, b"content-length: %d" % len(body), b"", body])


def listening(port: int = 0) -> socket.socket:
    """A socket that says it is TCP: of others asyncio lets Nagle's algorithm hold answers up for 40 ms."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    made.listen()
    return made


class Served:
    """A server of the test's application; `taken` says of each offer whether the lane took it."""

    def __init__(self, app: Any, protocol: type[Protocol], **rest: Any) -> None:
        self.listener = listening()
        self.port = self.listener.getsockname()[1]
        self.server = uvicorn.Server(
            uvicorn.Config(
                app, http=protocol, lifespan="off", log_config=None, access_log=False, proxy_headers=False,
                server_header=False, reset_contextvars=True, **{"timeout_graceful_shutdown": 1, **rest},
            )
        )  # fmt: skip
        self.task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Served":
        self.task = asyncio.create_task(self.server._serve(sockets=[self.listener]))
        while not self.server.started:
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.should_exit = True
        assert self.task is not None
        await self.task

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Connection"]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        async with asyncio.timeout(20):
            yield Connection(reader, writer)
        writer.close()

    async def all_of(self, *pieces: bytes) -> bytes:
        """Send, and return everything until the server closes or is silent for a while."""
        async with self.open() as line:
            for piece in pieces:
                line.writer.write(piece)
                await asyncio.sleep(0.002)
            received = b""
            with contextlib.suppress(TimeoutError, ConnectionError):
                while piece := await asyncio.wait_for(line.reader.read(65536), 0.15):
                    received += piece
            return CHANGING.sub(b"", received)


class Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def answer(self) -> tuple[bytes, bytes]:
        """Return head and body of the next answer."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        found = re.search(rb"content-length: (\d+)", head)
        assert found
        return head, await self.reader.readexactly(int(found[1]))


class Slow:
    """Plans that take their time."""

    def __init__(self) -> None:
        self.begun, self.go, self.ended = asyncio.Event(), asyncio.Event(), False

    async def __call__(self, *_: object) -> list[bytes]:
        self.begun.set()
        try:
            await self.go.wait()
        finally:
            self.ended = True
        return [BODY]
