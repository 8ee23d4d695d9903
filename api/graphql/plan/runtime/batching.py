"""Requests that wait for the same statement go out together, without a timer.

A request that finds fewer than `in_flight` statements of its text at work starts the next one.  Those
that come while all are at work wait, and whatever waits when one ends is the next one's batch: alone
when it is quiet, many when it is busy.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from contextvars import Context
from dataclasses import dataclass, field

from asyncpg import PostgresError
from msgspec import Struct

from api.graphql.plan.runtime.connections import Connections
from api.graphql.plan.runtime.slots import Slot, Unavailable

REPEAT_S = 4.0  # for so long the members of a failed batch are asked one by one

Row = tuple[object, ...]
Answer = tuple[bytes | None, ...]


@dataclass(frozen=True)
class Statement:
    """SQL over `unnest($1::…[], …) WITH ORDINALITY`: one row for each asker, ordered by that ordinality."""

    text: str
    columns: int  # arrays it takes, at least one: as many values as the row of an asker has


class Miscounted(Exception):
    """A statement did not answer one row for each asker."""


class _Asker(Struct, eq=False):
    row: Row
    answer: asyncio.Future[Answer]


@dataclass(eq=False)
class _Queue:
    """Who waits for one statement."""

    text: str
    waiting: deque[_Asker] = field(default_factory=deque)
    pumps: int = 0
    busy: int = 0  # pumps whose batch is on its way; the others are about to take one

    def room(self, most: int) -> int:
        """Return how many will be taken by pumps that exist already."""
        return (self.pumps - self.busy) * most

    def take(self, most: int) -> list[_Asker]:
        """Remove and return those who waited longest; who has left meanwhile is never asked for."""
        batch: list[_Asker] = []
        while self.waiting and len(batch) < most:
            asker = self.waiting.popleft()
            if not asker.answer.done():
                batch.append(asker)
        return batch


class Batches:
    """Carries the rows of many requests in few statements.

    `batching=False` sends each row alone, on any connection that is free: only to measure.
    """

    def __init__(
        self, connections: Connections, *, in_flight: int = 2, most: int = 64, batching: bool = True
    ) -> None:
        self._connections = connections
        self._in_flight = in_flight if batching else connections.size
        self._most = most if batching else 1
        self._queues: dict[str, _Queue] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def fetch(self, statement: Statement, row: Row) -> Answer:
        """Return the columns answered to `row`, and to no other row.

        A caller that is cancelled leaves the batch; the statement goes on for the others.

        Raises:
            Unavailable: PostgreSQL cannot answer now.
            asyncpg.PostgresError, asyncpg.InterfaceError, Miscounted: refused because of this row, or
                because of the statement.
        """
        return await self.ask(statement, row)

    def ask(self, statement: Statement, row: Row) -> asyncio.Future[Answer]:
        """Return what will have the columns answered to `row`, or raise as `fetch`; cancel it to leave."""
        assert len(row) == statement.columns > 0
        loop = asyncio.get_running_loop()
        queue = self._queues.get(statement.text)
        if queue is None:
            queue = self._queues[statement.text] = _Queue(statement.text)
        asker = _Asker(row, loop.create_future())
        queue.waiting.append(asker)
        if queue.pumps < self._in_flight and queue.room(self._most) < len(queue.waiting):
            queue.pumps += 1
            # its own context: it must carry nothing of the request that happened to start it
            task = loop.create_task(self._pump(queue), context=Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return asker.answer

    async def _pump(self, queue: _Queue) -> None:
        try:
            while queue.waiting:
                await self._next(queue)
        except Unavailable as error:  # the connections were closed
            _fail(queue.take(len(queue.waiting)), error)
        finally:
            queue.pumps -= 1
            if not queue.pumps:
                del self._queues[queue.text]
                _fail(queue.waiting, Unavailable("given up"))  # nobody, unless we were cancelled

    async def _next(self, queue: _Queue) -> None:
        slot = await self._connections.borrow()
        batch = queue.take(self._most)
        queue.busy += 1
        try:
            try:
                again = await self._send(slot, queue.text, batch)
            finally:
                self._connections.give_back(slot)
            await self._repeat(queue.text, again)
        finally:
            queue.busy -= 1
            _fail(batch, Unavailable("given up"))  # nobody, unless cancelled or out of time

    async def _send(self, slot: Slot, text: str, batch: list[_Asker]) -> list[_Asker]:
        """Answer the askers of `batch`; return those to be asked for one by one."""
        if not batch:
            return []
        try:
            rows = await slot.fetch(text, list(zip(*(asker.row for asker in batch), strict=True)))
            if len(rows) != len(batch):
                raise Miscounted(f"{len(rows)} rows for {len(batch)} askers")
        except Exception as error:
            if len(batch) > 1 and not _concerns_all(error):
                return batch
            _fail(batch, error)
            return []
        for asker, row in zip(batch, rows, strict=True):
            if not asker.answer.done():
                asker.answer.set_result(tuple(row))
        return []

    async def _repeat(self, text: str, batch: list[_Asker]) -> None:
        """Ask for each alone, so that only those concerned see an error; not for ever."""
        loop = asyncio.get_running_loop()
        until = loop.time() + REPEAT_S
        for asker in batch:
            if loop.time() > until:
                break  # not with the batch's error: it may show another's row
            if not asker.answer.done():
                slot = await self._connections.borrow()
                try:
                    await self._send(slot, text, [asker])
                finally:
                    self._connections.give_back(slot)


def _concerns_all(error: Exception) -> bool:
    # class 42, syntax or access rule: of the statement and the tables, whatever the rows
    return isinstance(error, Unavailable) or (
        isinstance(error, PostgresError) and (error.sqlstate or "").startswith("42")
    )


def _fail(askers: Iterable[_Asker], error: Exception) -> None:
    for asker in askers:
        if not asker.answer.done():
            asker.answer.set_exception(error)
            asker.answer.exception()  # seen: who leaves in this very moment will not look
