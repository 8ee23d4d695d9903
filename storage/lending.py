"""Connections of the pool, lent for a statement or a transaction at a time.

asyncpg's pool takes each connection back in a task of its own, and gives it out again with another face:
more work than the client's side of a short statement.  So one that came back as it was waits here for
whoever is next, known to the pool as taken.  Every KEPT_S the pool gets all that wait, and sees to their age.
"""

import asyncio
from contextvars import Context
from types import TracebackType
from typing import Any

from asyncpg import InterfaceError, Pool

KEPT_S = 10.0


class Lender:
    """Lends the connections of `pool`; while one is to be had here, nobody may ask the pool itself."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._free: list[Any] = []  # connections; the one used last is lent first
        self._waiting = 0  # for the pool
        self._ended = False
        self._alarm: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    async def take(self) -> Any:
        """Return a connection, to be given back; waits until one comes back when all are lent."""
        while self._free:
            connection = self._free.pop()
            if _lives(connection):
                return connection
            await self._pool.release(connection)
        self._waiting += 1
        try:
            return await self._pool.acquire()
        finally:
            self._waiting -= 1

    async def give(self, connection: Any, *, as_it_was: bool) -> None:
        """Take back a connection; one on which something failed the pool looks at."""
        if not as_it_was or self._waiting or self._ended:
            await self._pool.release(connection)
            return
        self._free.append(connection)
        if self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(KEPT_S, self._look)

    def lent(self) -> "Lent":
        """Lend a connection for the block."""
        return Lent(self)

    async def end(self) -> None:
        """Give the pool what waits here, and from now on what comes back."""
        self._ended = True
        if self._alarm is not None:
            self._alarm.cancel()
        await self._give_up()

    def _look(self) -> None:
        self._alarm = None
        self._task = asyncio.get_running_loop().create_task(self._give_up(), context=Context())

    async def _give_up(self) -> None:
        free, self._free = self._free, []
        for connection in free:
            await self._pool.release(connection)


def _lives(connection: Any) -> bool:
    """Say whether a connection is still there; one that died the pool has taken back already."""
    try:
        return not connection.is_closed()
    except InterfaceError:
        return False


class Lent:
    """A connection that is lent for a block."""

    __slots__ = ("_connection", "_lender")

    def __init__(self, lender: Lender) -> None:
        self._lender = lender

    async def __aenter__(self) -> Any:
        self._connection = await self._lender.take()
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._lender.give(self._connection, as_it_was=kind is None)
