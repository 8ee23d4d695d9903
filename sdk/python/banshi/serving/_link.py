"""The way outward: connections to the platform's relay, down which calls come.

A connection that ends is made again, after a pause that grows; one that the platform wants to end is replaced
first.  Who stops says so, and answers what is under way.
"""

import asyncio
import base64
import logging
import random
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from banshi.errors import DomainError
from banshi.serving._asgi import Server

log = logging.getLogger("banshi")  # noqa: TID251 (a library logs as the program that uses it does)

MOST_FRAME = 1024 * 1024  # bytes
FIRST_S, LONGEST_S = 0.2, 15.0  # pauses before connecting again
PING_S, OPEN_S, GRACE_S = 5.0, 10.0, 6.0
CLOSE_S = 2.0  # with GRACE_S less than the ten seconds that programs are commonly given to end
CALL_S = 10.0  # the platform waits no longer for an answer
TOO_LATE = b'{"error":{"code":"APP_SILENT","message":"The handler took too long.","data":{}}}'
DRAIN = '{"type":"drain"}'


class ConnectionRefused(DomainError):
    """The platform does not take this connection: the credential is wrong, or no longer good."""

    code = "CONNECTION_REFUSED"
    status = 403
    text = "The platform refused the connection: {reason}"


class Noted(NamedTuple):
    """One call that was answered."""

    api: str
    status: int
    ms: float
    request_id: str
    ask: bytes
    answer: bytes


class _Word(msgspec.Struct):
    """What the platform says; what does not belong to its type is empty."""

    type: str
    issuer: str = ""
    audience: str = ""
    id: str = ""
    api: str = ""
    token: str = ""
    request_id: str = ""
    idempotency_key: str = ""
    body: msgspec.Raw = msgspec.Raw(b"null")
    code: str = ""
    message: str = ""
    retryable: bool = False


_word = msgspec.json.Decoder(_Word).decode


class Link:
    """The connections of one program to one platform."""

    def __init__(
        self, server: Server, *, platform: str, credential: str, noted: Callable[[Noted], None] | None = None
    ) -> None:
        self.server, self.platform = server, platform
        self.connected = asyncio.Event()
        self._headers = {"authorization": _authorization(credential)}
        self._noted = noted
        self._open: set[ClientConnection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def run(self, connections: int = 1) -> None:
        """Keep so many connections open, and work on the inbox if there is one, until cancelled.

        Raises: ConnectionRefused.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(connections):
                    group.create_task(self._keep())
                if self.server.inbox is not None:
                    group.create_task(self.server.work(self.server.inbox))
        except* ConnectionRefused as refused:
            raise refused.exceptions[0] from None
        finally:
            await asyncio.shield(self._stop())

    async def _keep(self) -> None:
        pause = FIRST_S
        while not self._stopping:
            began = time.monotonic()
            try:
                await self._once()
            except (OSError, WebSocketException, TimeoutError) as error:
                log.info("the platform is away: %s", type(error).__name__)
            pause = FIRST_S if time.monotonic() - began > LONGEST_S else min(pause * 2, LONGEST_S)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 (no secret)

    async def _once(self) -> None:
        """Hold one connection until it ends, or the platform wants another one in its place."""
        address = self.platform.replace("http", "ws", 1) + "/relay"
        socket = await connect(
            address, additional_headers=self._headers, max_size=MOST_FRAME, open_timeout=OPEN_S,
            ping_interval=PING_S, ping_timeout=PING_S, close_timeout=CLOSE_S, compression=None, proxy=None,
        )  # fmt: skip
        self._open.add(socket)
        try:
            await socket.send(msgspec.json.encode({"type": "hello", "app": self.server.manifest.id}).decode())
            while await self._heard(socket, _word(await socket.recv())):
                pass
        except Exception:
            self._end(socket)
            raise
        self._begin(self._finish(socket))

    async def _heard(self, socket: ClientConnection, word: _Word) -> bool:
        """Do what the platform says; False: another connection is wanted."""
        match word.type:
            case "ready":
                self.server.door.platform = word.issuer
                self.server.door.audience = word.audience
                self.connected.set()
            case "call":
                self._begin(self._answer(socket, word))
            case "refused":
                if not word.retryable:
                    raise ConnectionRefused(reason=f"{word.code}: {word.message}")
            case "drain":
                return False
        return True

    async def _answer(self, socket: ClientConnection, word: _Word) -> None:
        began, body = time.perf_counter(), bytes(word.body)
        headers = {
            "authorization": f"Bearer {word.token}", "x-request-id": word.request_id,
            "idempotency-key": word.idempotency_key,
        }  # fmt: skip

        async def receive() -> Any:
            return {"body": body, "more_body": False}

        status, content = 504, TOO_LATE
        try:
            async with asyncio.timeout(CALL_S):
                reply = await self.server.answer("POST", f"/apis/{word.api}", headers, receive)
            status, content = reply.status, reply.body
        except TimeoutError:
            log.warning("a call took too long, request %s", word.request_id)
        told = {"type": "answer", "id": word.id, "status": status, "body": msgspec.Raw(content)}
        try:
            await socket.send(msgspec.json.encode(told).decode())
        except ConnectionClosed:
            log.info("an answer came too late, request %s", word.request_id)
        if self._noted is not None:
            ms = (time.perf_counter() - began) * 1000
            self._noted(Noted(word.api, status, ms, word.request_id, body, content))

    async def _finish(self, socket: ClientConnection) -> None:
        """End a connection that the platform sends no more calls down, when those under way are answered."""
        others = [task for task in self._tasks if task is not asyncio.current_task()]
        if others:
            await asyncio.wait(others, timeout=GRACE_S)
        await socket.close()
        self._end(socket)

    def _end(self, socket: ClientConnection) -> None:
        self._open.discard(socket)
        if not self._open:
            self.connected.clear()

    async def _stop(self) -> None:
        """Say that no more calls are wanted, and answer those under way."""
        self._stopping = True
        lasts = [asyncio.create_task(self._last(socket)) for socket in self._open]
        if lasts:
            await asyncio.wait(lasts, timeout=GRACE_S)
        for socket in list(self._open):
            await socket.close()

    async def _last(self, socket: ClientConnection) -> None:
        """Go on until the platform, which sends no more calls, ends the connection."""
        try:
            await socket.send(DRAIN)
            while await self._heard(socket, _word(await socket.recv())):
                pass
        except (ConnectionClosed, ConnectionRefused):
            self._end(socket)

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _authorization(credential: str) -> str:
    if ":" in credential:
        return f"Basic {base64.b64encode(credential.encode()).decode()}"
    return f"Bearer {credential}"
