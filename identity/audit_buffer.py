"""Rows of the audit that may wait a tenth of a second, and then go to the table together."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar
from uuid import UUID as Id

import structlog

from storage.ids import new_id
from storage.patience import patiently

FLUSH_S, PATIENCE_S = 0.1, 10.0  # until the next statement, and for one
BUFFER_ROWS = 10_000
FLUSH_ROWS = 200  # in one statement, so that nobody waits long for the loop meanwhile
LAST_S, AGAIN_S = 4.0, 0.2  # a process that ends tries for so long, and so often, to store what is left

log = structlog.get_logger()

Entry = TypeVar("Entry")


class Buffer(Generic[Entry]):
    """Entries on their way to the table: bounded, flushed every 100 ms and at the end.

    `store` stores rows, each with an id that is made once, so that storing one twice stores it once.
    """

    def __init__(self, store: Callable[[Sequence[tuple[Id, Entry]]], Coroutine[Any, Any, None]]) -> None:
        self._store = store
        self._rows: list[tuple[Id, Entry]] = []
        self._wake = asyncio.Event()
        self._ending = False

    def is_full(self) -> bool:
        """Say whether no more are to be added: the caller must store it himself."""
        return len(self._rows) >= BUFFER_ROWS

    def add(self, entry: Entry) -> None:
        """Take the entry."""
        self._rows.append((new_id(), entry))
        self._wake.set()

    async def run(self) -> None:
        """Flush until told to end and nothing is left; a failed flush keeps its rows for the next."""
        while not self._ending:
            await self._wake.wait()
            await asyncio.sleep(FLUSH_S / 2)  # half, so that flushing itself has the other half
            self._wake.clear()
            await self._flush()
        with suppress(TimeoutError):
            await patiently(self._end(), seconds=LAST_S)
        if self._rows:
            log.error("audit.lost", rows=len(self._rows))

    async def _end(self) -> None:
        """Store what is left; a database that is away may come back."""
        while self._rows:
            await self._flush()
            if self._rows:
                await asyncio.sleep(AGAIN_S)

    def end(self) -> None:
        """Let `run` store what is left and return.  It is not cancelled: that could lose rows in flight."""
        self._ending = True
        self._wake.set()

    async def _flush(self) -> None:
        """Store what is here now; a row stays until it is stored."""
        left = len(self._rows)
        while left:
            rows = self._rows[: min(left, FLUSH_ROWS)]
            try:
                await patiently(self._store(rows), seconds=PATIENCE_S)
            except Exception as error:
                log.error("audit.flush_failed", error=type(error).__name__, rows=left)
                self._wake.set()
                return
            del self._rows[: len(rows)]
            left -= len(rows)
