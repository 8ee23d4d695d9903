"""PostgreSQL: one engine, one way to open a transaction."""

from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Literal, Self

from piccolo.engine.postgres import PostgresEngine, PostgresTransaction, Savepoint

from storage.lending import Lender, Lent
from storage.settings import DatabaseSettings

Isolation = Literal["read_committed", "repeatable_read", "serializable"]


class SafeTransaction(PostgresTransaction):
    """A transaction that gives its connection back even when COMMIT fails.

    Stock Piccolo 1.38 leaks the connection then, and treats a nested transaction as nothing;
    here a nested one is a savepoint.
    """

    engine: "SafeEngine"

    def __init__(self, engine: "SafeEngine", *, isolation: Isolation | None, read_only: bool) -> None:
        super().__init__(engine, allow_nested=True)
        self.isolation = isolation
        self.read_only = read_only
        self.savepoint_: Savepoint | None = None

    async def __aenter__(self) -> Self:
        if self._parent is not None:
            self.savepoint_ = await self._parent.savepoint()
            return self
        self.connection = await self.get_connection()
        try:
            self.transaction = self.connection.transaction(isolation=self.isolation, readonly=self.read_only)
            await self.begin()  # type: ignore[no-untyped-call]
        except BaseException:
            await self._release(as_it_was=False)
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        if self._parent is not None:
            await self._end_savepoint(failed=kind is not None)
            return False
        is_over = False
        try:
            if kind is not None:
                await self.rollback()  # type: ignore[no-untyped-call]
            else:
                await self.commit()  # type: ignore[no-untyped-call]
            is_over = True
        finally:
            try:
                await self._release(as_it_was=is_over)
            finally:
                self._forget()
        return False

    async def get_connection(self) -> Any:
        if self.engine.lender is not None:
            return await self.engine.lender.take()
        return await self.engine.get_new_connection()

    async def _end_savepoint(self, *, failed: bool) -> None:
        assert self.savepoint_ is not None
        if failed:
            await self.savepoint_.rollback_to()  # type: ignore[no-untyped-call]
        await self.savepoint_.release()  # type: ignore[no-untyped-call]

    async def _release(self, *, as_it_was: bool) -> None:
        if self.engine.lender is not None:
            await self.engine.lender.give(self.connection, as_it_was=as_it_was)
        else:
            await self.connection.close()

    def _forget(self) -> None:
        try:
            self.engine.current_transaction.reset(self.context)
        except ValueError:  # left in another task than entered
            self.engine.current_transaction.set(None)


class SafeEngine(PostgresEngine):
    """Piccolo's engine, without its connection at import and without its leaks."""

    lender: Lender | None = None  # of the pool's connections, while there is one

    async def check_version(self) -> None:
        """Do nothing: stock Piccolo connects here, while being imported."""

    async def prep_database(self) -> None:
        """Do nothing: migrations create what they need."""

    async def start_connection_pool(self, **kwargs: Any) -> None:
        await super().start_connection_pool(**kwargs)
        assert self.pool is not None
        self.lender = Lender(self.pool)

    async def close_connection_pool(self) -> None:
        if self.lender is not None:
            await self.lender.end()
        await super().close_connection_pool()
        self.lender = None

    def lent(self) -> Lent:
        """Lend a connection of the pool for a block."""
        assert self.lender is not None, "storage.db.connect was not called"
        return self.lender.lent()

    async def _run_in_pool(self, query: str, args: Sequence[Any] | None = None) -> Any:
        async with self.lent() as connection:
            return await connection.fetch(query, *(args or ()))

    def transaction(
        self, allow_nested: bool = True, *, isolation: Isolation | None = None, read_only: bool = False
    ) -> SafeTransaction:
        return SafeTransaction(self, isolation=isolation, read_only=read_only)


DB = SafeEngine(config={}, extensions=())
"""Every table says `db=DB`; `connect` tells it where."""


async def connect(settings: DatabaseSettings) -> None:
    """Open the pool of this process."""
    DB.config = {"dsn": settings.url}
    await DB.start_connection_pool(
        min_size=settings.pool_min, max_size=settings.pool_max, reset=leave_as_it_is
    )


async def leave_as_it_is(_connection: object) -> None:
    """Do nothing when a connection comes back to the pool.

    asyncpg would send four statements to undo what a session may hold; ours hold nothing: settings and
    locks end with their transaction (`SET LOCAL`, `pg_advisory_xact_lock`), and who listens has a
    connection of his own.  `tests/storage/test_db.py` reads the code for the contrary.
    """


async def disconnect() -> None:
    """Close the pool; harmless when there is none."""
    if DB.pool:
        await DB.close_connection_pool()


def transaction(*, isolation: Isolation | None = None, read_only: bool = False) -> SafeTransaction:
    """Open the transaction around one verb.  Inside another it is a savepoint, so verbs compose.

    Never gather tasks inside: a transaction is one connection, and asyncpg refuses two queries on it.
    """
    return DB.transaction(isolation=isolation, read_only=read_only)


def in_transaction() -> bool:
    """Say whether `fetch` and `execute` would run inside a transaction that is open already."""
    return DB.current_transaction.get() is not None


async def fetch(sql: str, *args: Any) -> list[dict[str, Any]]:
    """Run SQL with `$1` parameters in the current transaction, or on the pool; return rows as dicts."""
    current = DB.current_transaction.get()
    if current is not None:
        rows = await current.connection.fetch(sql, *args)
    else:
        async with DB.lent() as connection:
            rows = await connection.fetch(sql, *args)
    return [dict(row) for row in rows]


async def execute(sql: str, *args: Any) -> str:
    """Run SQL that answers no rows; return its command tag, e.g. `UPDATE 1`."""
    current = DB.current_transaction.get()
    if current is not None:
        return str(await current.connection.execute(sql, *args))
    async with DB.lent() as connection:
        return str(await connection.execute(sql, *args))


async def copy_out(sql: str, *args: Any, into: Callable[[bytes], Awaitable[None]]) -> None:
    """Hand the answer of a SELECT to `into`, in pieces of PostgreSQL's binary COPY format as they come.

    For very many rows: nothing is decoded, and no more is in memory than one piece.
    """
    current = DB.current_transaction.get()
    if current is not None:
        await current.connection.copy_from_query(sql, *args, output=into, format="binary")
        return
    async with DB.lent() as connection:
        await connection.copy_from_query(sql, *args, output=into, format="binary")
