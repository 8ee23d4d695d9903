"""The exchange: finds a connection for a call, in this process or another, and brings the answer back.

Who holds a connection enters it in the list of its channel, as "process/connection"; who has a call takes one
of them at random, so that several share the load.  Between processes calls and answers go by mailbox, sealed.
A call that was not sent yet goes to the next connection; one that was is never sent twice.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from contextvars import Context
from typing import Any

import msgspec
import structlog

from miniapps.gateway.service._back_ends import BackEnds
from miniapps.gateway.service._connections import (
    GONE,
    LOST,
    PATIENCE_S,
    Call,
    Connection,
    Outcome,
    Result,
)
from storage import mailbox
from storage.ids import new_hex

log = structlog.get_logger()

RENEW_S = 5.0  # entries in the lists; they are gone after mailbox.LEASE_S
WATCH_S = 1.0  # how soon a process that died is noticed by who waits for it

TELL_DRAIN = b'{"type":"drain"}'


class _Ask(msgspec.Struct, tag="ask"):
    """A call for a connection of the process that reads this."""

    connection: str
    reply_to: str
    call: bytes


class _Reply(msgspec.Struct, tag="reply"):
    """What became of a call that the reader asked for."""

    id: str
    result: Result


_decode = msgspec.msgpack.Decoder(_Ask | _Reply).decode


class Exchange:
    """What one process holds and waits for."""

    def __init__(self) -> None:
        self.name = new_hex()
        self.connections: dict[str, Connection] = {}
        self.draining = False
        self.back_ends = BackEnds(self.begin)
        self._asked: dict[str, tuple[str, asyncio.Future[Result]]] = {}  # by call: of which process
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Exchange"]:
        """Take part in the exchange while inside."""
        async with mailbox.listening(self.name, self._received):
            keeper = asyncio.get_running_loop().create_task(self._keep(), context=Context())
            watcher = asyncio.get_running_loop().create_task(self._watch(), context=Context())
            try:
                yield self
            finally:
                for task in (keeper, watcher, *self._tasks):
                    task.cancel()
                await asyncio.gather(keeper, watcher, *self._tasks, return_exceptions=True)
                for connection in list(self.connections.values()):
                    await self.drop(connection)
                self.back_ends.close()

    async def hold(self, connection: Connection) -> None:
        """Let calls go down a connection from now on."""
        self.connections[connection.id] = connection
        await mailbox.enter([(connection.channel, self._entry(connection))])

    async def drop(self, connection: Connection) -> None:
        """Let no more calls go down a connection that has ended; who waits there is told."""
        connection.end()
        self.connections.pop(connection.id, None)
        await mailbox.leave(connection.channel, self._entry(connection))

    async def retire(self, connection: Connection) -> None:
        """Let no new calls go down a connection, and wait for those under way."""
        connection.ending = True
        await mailbox.leave(connection.channel, self._entry(connection))
        await connection.drain()

    async def drain(self) -> None:
        """Ask every back end to connect elsewhere, and wait for the calls under way: the process ends."""
        self.draining = True
        held = list(self.connections.values())
        telling = [connection.send(TELL_DRAIN) for connection in held]
        retiring = [self.retire(connection) for connection in held]
        await asyncio.gather(*telling, *retiring, return_exceptions=True)

    def held(self, channel: str) -> int:
        """Return how many connections of a channel this process holds."""
        return sum(connection.channel == channel for connection in self.connections.values())

    def held_at(self, desk: str) -> int:
        """Return how many connections a developer's desk has in this process, for whichever mini-apps."""
        return sum(connection.channel.startswith(desk) for connection in self.connections.values())

    async def call(self, channel: str, call: Call) -> Result:
        """Send a call down one connection of a channel; return what became of it there.

        GONE: there is none.  BUSY: none of them takes more.  It waits as long as the caller does.
        """
        result = GONE
        for process, connection in await self._entries(channel):
            tried = await self._try(process, connection, channel, call)
            if tried.outcome in (Outcome.ANSWERED, Outcome.LOST):
                return tried
            if tried.outcome is Outcome.BUSY:
                result = tried
        return result

    async def _entries(self, channel: str) -> list[tuple[str, str]]:
        told = await mailbox.entries(channel)
        here = [self._entry(each) for each in self.connections.values() if each.channel == channel]
        found = [entry.partition("/")[::2] for entry in {*told, *here}]
        random.shuffle(found)
        return found

    async def _try(self, process: str, connection_id: str, channel: str, call: Call) -> Result:
        if process == self.name:
            connection = self.connections.get(connection_id)
            return await connection.call(call) if connection is not None else GONE
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._asked[call.id] = (process, future)
        try:
            ask = _Ask(connection_id, self.name, msgspec.msgpack.encode(call))
            if not await mailbox.post(process, msgspec.msgpack.encode(ask)):
                await mailbox.leave(channel, f"{process}/{connection_id}")
                return GONE
            return await future
        finally:
            self._asked.pop(call.id, None)

    def _received(self, message: bytes) -> None:
        try:
            told = _decode(message)
        except (
            msgspec.DecodeError
        ):  # of a process of another version; who posted it hears that nobody answers
            log.warning("exchange.unread")
            return
        if isinstance(told, _Ask):
            self.begin(self._serve(told))
        elif told.id in self._asked and not (future := self._asked[told.id][1]).done():
            future.set_result(told.result)

    async def _serve(self, ask: _Ask) -> None:
        """Send another process's call down a connection of ours, for as long as anybody waits there."""
        call = msgspec.msgpack.decode(ask.call, type=Call)
        connection = self.connections.get(ask.connection)
        try:
            async with asyncio.timeout(PATIENCE_S):
                result = await connection.call(call) if connection is not None else GONE
        except TimeoutError:
            return
        await mailbox.post(ask.reply_to, msgspec.msgpack.encode(_Reply(call.id, result)))

    async def _keep(self) -> None:
        """Renew the entries of what is held."""
        while True:
            await asyncio.sleep(RENEW_S)
            held = [each for each in self.connections.values() if not each.ending]
            await mailbox.enter([(each.channel, self._entry(each)) for each in held])

    async def _watch(self) -> None:
        """Tell who waits for a process that it has died."""
        while True:
            await asyncio.sleep(WATCH_S)
            asked = list(self._asked.values())
            alive = await mailbox.read({process for process, _ in asked})
            for process, future in asked:
                if process not in alive and not future.done():
                    future.set_result(LOST)

    def _entry(self, connection: Connection) -> str:
        return f"{self.name}/{connection.id}"

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside, until the exchange ends."""
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
