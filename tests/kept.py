"""Kept from test to test: the event loop, swept after each, and a pool whose connections know the tables.

A connection that is fresh looks each table up before its first statement on it, which costs more than most
tests do otherwise.
"""

import asyncio
from weakref import WeakSet

import asyncpg

from api.graphql.plan.runtime.connections import Connections
from api.graphql.plan.runtime.slots import Slot
from storage import db as storage_db
from tests.databases import Databases

HOUSEKEEPING = ("pg_advisory_unlock_all", "typeinfo_tree", "set_config('jit'", "current_setting('jit')")
"""What asyncpg sends by itself: emptying a connection given back, looking types up once on each."""


class Queries(list[str]):
    """The SQL statements a test has sent so far; `clear()` before what is to be counted."""

    def note(self, record: asyncpg.connection.LoggedQuery) -> None:
        """Keep the statement; the driver's own housekeeping is not the test's."""
        if not any(mark in record.query for mark in HOUSEKEEPING):
            self.append(record.query)


class KeptPool:
    """The pool of one test process, on one database; made anew when a test ended it or holds on to a part."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._pool: asyncpg.Pool | None = None
        self._of: tuple[str, asyncio.AbstractEventLoop, int] | None = None
        self._sent = Queries()
        databases.spared.append(self.processes)

    def processes(self) -> set[int]:
        """Return the processes of its connections at the server."""
        held = [holder._con for holder in self._pool._holders] if self._pool is not None else []
        return {each.get_server_pid() for each in held if each is not None and not each.is_closed()}

    async def lend(self, url: str, sent: Queries) -> asyncpg.Pool:
        """Give the process a pool on `url`; its statements are noted in `sent`."""
        self._sent = sent
        storage_db.DB.config = {"dsn": url}
        of = (url, asyncio.get_running_loop(), self._databases.changes)
        if self._pool is None or self._pool.is_closing() or self._of != of:
            await self.drop()
            await storage_db.DB.start_connection_pool(
                min_size=1, max_size=5, max_inactive_connection_lifetime=0, init=self._know, reset=_reset
            )
            self._pool, self._of = storage_db.DB.pool, of
        storage_db.DB.pool = self._pool
        return self._pool

    async def take_back(self, pool: asyncpg.Pool) -> None:
        """Take the process's pool away; one that the test made instead is closed."""
        if storage_db.DB.pool is not pool:
            await storage_db.disconnect()
            return
        await storage_db.DB.lender.end()
        storage_db.DB.pool = storage_db.DB.lender = None
        if pool.get_idle_size() < pool.get_size():  # somebody holds a connection, and is waited for
            await pool.close()

    async def drop(self) -> None:
        """End the connections; the next test gets others."""
        if self._pool is not None and not self._pool.is_closing():
            self._pool.terminate()
        self._pool = None

    async def _know(self, connection: asyncpg.Connection) -> None:
        connection.add_query_logger(lambda record: self._sent.note(record))


async def _reset(connection: asyncpg.Connection) -> None:
    """Undo what a session may hold, and forget the numbers it drew from sequences in advance."""
    await connection.execute(f"{connection.get_reset_query()}; DISCARD SEQUENCES")


class KeptSlots:
    """The connections of plans, handed on from each test's place for them to the next one's."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._slots: list[Slot] = []
        self._of: object = None
        databases.spared.append(self.processes)

    def processes(self) -> set[int]:
        """Return the processes of what is kept at the server."""
        return {slot._connection.get_server_pid() for slot in self._slots if slot.live}

    def lend(self, connections: Connections) -> None:
        """Put what is kept where plans look for a connection first, if it is what they would make."""
        if self._of != self._kind(connections):
            self.drop()
        for _ in range(min(len(self._slots), len(connections._free))):
            slot = self._slots.pop()
            slot._terms = connections._terms
            connections._free.popleft()
            connections._free.append(slot)

    def take_back(self, connections: Connections) -> None:
        """Keep what is live and free; the rest is closed with its place."""
        if connections._terms.closed:
            return
        if self._of != self._kind(connections):
            self.drop()
            self._of = self._kind(connections)
        live = [slot for slot in connections._free if slot.live]
        for slot in live:
            connections._free.remove(slot)
        self._slots += live

    def drop(self) -> None:
        """Break what is kept."""
        for slot in self._slots:
            slot.drop()
        self._slots = []

    def _kind(self, connections: Connections) -> object:
        terms = connections._terms
        loop = asyncio.get_running_loop()
        return terms.url, terms.settings, terms.held, loop, self._databases.changes


SPARED: WeakSet[asyncio.Task[object]] = WeakSet()


def spare() -> None:
    """Let what is under way now outlive the test; for fixtures of wider scope that need it."""
    SPARED.update(asyncio.all_tasks())


def swept(runner: asyncio.Runner) -> None:
    """End what a test left under way in the loop, as the end of a loop of its own would.

    Its alarms stay: the program sets some for all that comes in a loop, and knows them to be set.
    """
    try:
        loop = runner.get_loop()
    except RuntimeError:  # it was closed after the last test
        return
    left = asyncio.all_tasks(loop) - set(SPARED)
    if left:
        runner.run(_ended(left))


async def _ended(tasks: set[asyncio.Task[object]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
