"""One connection kept for plans: made when needed, made anew when it broke, statements prepared once."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from asyncpg.exceptions import (
    InvalidCachedStatementError,
    InvalidSQLStatementNameError,
    OutdatedSchemaCacheError,
)

CONNECT_S = 1.0
STATEMENT_S = 2  # the server gives up
ANSWER_S = 3.0  # we give up: the server froze, or the network lost it
AGAIN_S = 0.1  # after a refused connection nobody knocks for so long
MOST_PREPARED = 500_000  # characters of the statements on one connection: the server takes 60 bytes for each

BROKEN = (OSError, asyncpg.InternalClientError)  # the latter: the server's good-bye came, its end not yet
REFUSED = (*BROKEN, asyncpg.PostgresError, asyncpg.InterfaceError)
OUTDATED = (InvalidCachedStatementError, InvalidSQLStatementNameError, OutdatedSchemaCacheError)
TROUBLE = ("08", "53", "57", "58")  # SQLSTATE classes: connection, resources, operator, system
TIMED_OUT = "57014"  # of that operator class, but about one statement
LOCKED = "55P03"


class Unavailable(Exception):
    """PostgreSQL cannot answer now; nothing is wrong with what was asked."""


@dataclass
class Terms:
    """What the connections of one place have in common."""

    url: str
    settings: dict[str, str]
    held: bool  # statements stay prepared
    closed: bool = False
    not_before: float = 0.0  # of the loop's clock: until then no new connection is tried


class Slot:
    """Room for one connection."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._connection: Any = None
        self._prepared: OrderedDict[str, Any] = OrderedDict()  # the one not used for longest first
        self._characters = 0  # of them

    @property
    def live(self) -> bool:
        """Whether a connection is there that is not known to be broken."""
        return self._connection is not None and not self._connection.is_closed()

    async def fetch(self, text: str, arguments: Sequence[object]) -> list[Any]:
        """Return the rows of a statement that only reads; asked once more when its connection broke.

        Raises:
            Unavailable: no connection, or the server cannot serve.
            asyncpg.PostgresError, asyncpg.InterfaceError: the statement, or a value in it, is refused.
        """
        fresh = not self.live
        if fresh:
            await self.connect()
        try:
            return await self._run(text, arguments)
        except REFUSED as error:
            if isinstance(error, BROKEN):
                self.drop()
            if not (self.live or fresh or isinstance(error, TimeoutError)):
                return await self.fetch(text, arguments)  # it was broken before we came
            if not self.live or _trouble(error):
                raise Unavailable(str(error) or type(error).__name__) from error
            raise
        except asyncio.CancelledError:
            raise  # the driver has the statement cancelled, and sends no other before that is done
        except BaseException:
            self.drop()
            raise

    async def _run(self, text: str, arguments: Sequence[object]) -> list[Any]:
        statement = self._prepared.get(text)
        if statement is None:
            statement = await self._prepare(text)
        else:
            self._prepared.move_to_end(text)
        try:
            rows: list[Any] = await statement.fetch(*arguments)
        except OUTDATED:  # a table was altered since
            self._forget(text)
            rows = await (await self._prepare(text)).fetch(*arguments)
        return rows

    async def _prepare(self, text: str) -> Any:
        statement = await self._connection.prepare(text)
        if self._terms.held:
            self._prepared[text] = statement
            self._characters += len(text)
            while self._characters > MOST_PREPARED:
                self._forget(next(iter(self._prepared)))
        return statement

    def _forget(self, text: str) -> None:
        if self._prepared.pop(text, None) is not None:
            self._characters -= len(text)

    async def connect(self) -> None:
        """Connect; raise Unavailable when that fails, or failed a moment ago."""
        self.drop()
        loop = asyncio.get_running_loop()
        if self._terms.closed or loop.time() < self._terms.not_before:
            raise Unavailable("not connected to PostgreSQL")
        try:
            self._connection = await asyncpg.connect(
                self._terms.url,
                timeout=CONNECT_S,
                command_timeout=ANSWER_S,
                server_settings=self._terms.settings,
            )
        except REFUSED as error:
            self._terms.not_before = loop.time() + AGAIN_S
            raise Unavailable(str(error) or type(error).__name__) from error

    def drop(self) -> None:
        """Break the connection, if there is one, without a word to the server."""
        connection, self._connection = self._connection, None
        self._prepared.clear()
        self._characters = 0
        if connection is not None:
            connection.terminate()

    async def close(self) -> None:
        """Part with the server in form."""
        if self.live:
            await self._connection.close(timeout=CONNECT_S)
        self.drop()


def _trouble(error: Exception) -> bool:
    code = getattr(error, "sqlstate", None) or ""
    return code == LOCKED or (code[:2] in TROUBLE and code != TIMED_OUT)
