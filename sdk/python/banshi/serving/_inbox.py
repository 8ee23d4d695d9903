"""The inbox: deliveries that were acknowledged and are still to be worked on, on a disk.

A delivery is answered when it is stored here, not when its handler is done; so the platform never waits for a
mini-app's work, and what was acknowledged survives the process.  One id is stored once, however often it
comes.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

AGAIN_S = (5.0, 30.0, 120.0, 600.0, 3_600.0)  # after the first failure, the second, …; then it is left alone
KEPT_S = 7 * 24 * 3600.0  # ids of what was done, so that a late repeat is known

Result = TypeVar("Result")


class Delivery(NamedTuple):
    """One delivery: its id, its type, and its body as it came."""

    id: str
    type: str
    body: bytes
    attempt: int = 1  # which one this is


class Inbox(Protocol):
    """What keeps deliveries; any durable store will do."""

    async def put(self, delivery: Delivery) -> bool:
        """Store a delivery for good; False: one of this id was stored before."""

    async def due(self) -> Delivery | None:
        """Return a delivery that is to be worked on now."""

    async def done(self, id: str) -> None:
        """Note that a delivery was worked on."""

    async def failed(self, delivery: Delivery) -> None:
        """Note that working on a delivery failed; it is due again later."""


class SqliteInbox:
    """An inbox in a file, for one process."""

    def __init__(self, file: str | Path, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()  # held by the thread that works: who waits for it may be cancelled
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")  # acknowledged is acknowledged, also without power
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS delivery (id TEXT PRIMARY KEY, type TEXT NOT NULL,"
            " body BLOB NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, due REAL, done REAL)"
        )
        self._db.execute("CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due) WHERE due IS NOT NULL")

    async def put(self, delivery: Delivery) -> bool:
        """Store a delivery for good; False: one of this id was stored before."""
        values = (delivery.id, delivery.type, delivery.body, self._clock())
        sql = "INSERT INTO delivery (id, type, body, due) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        return await self._alone(lambda: self._db.execute(sql, values).rowcount == 1)

    async def due(self) -> Delivery | None:
        """Return the delivery that is due first; None: nothing is due now."""
        sql = "SELECT id, type, body, attempts + 1 FROM delivery WHERE due <= ? ORDER BY due, rowid LIMIT 1"
        row = await self._alone(lambda: self._db.execute(sql, (self._clock(),)).fetchone())
        return Delivery(*row) if row else None

    async def done(self, id: str) -> None:
        """Note that a delivery was worked on, and forget those of long ago."""
        now = self._clock()

        def note() -> None:
            self._db.execute("UPDATE delivery SET due = NULL, done = ?, body = x'' WHERE id = ?", (now, id))
            self._db.execute("DELETE FROM delivery WHERE done < ?", (now - KEPT_S,))

        await self._alone(note)

    async def failed(self, delivery: Delivery) -> None:
        """Let a delivery be due later; after too many failures its row stays, and nobody tries again."""
        again = AGAIN_S[delivery.attempt - 1] if delivery.attempt <= len(AGAIN_S) else None
        due = None if again is None else self._clock() + again
        sql = "UPDATE delivery SET attempts = ?, due = ? WHERE id = ?"
        await self._alone(lambda: self._db.execute(sql, (delivery.attempt, due, delivery.id)))

    async def again(self, id: str) -> bool:
        """Let a delivery that failed be due now; False: there is none, or it was worked on."""
        sql = "UPDATE delivery SET due = ?, attempts = 0 WHERE id = ? AND done IS NULL"
        return await self._alone(lambda: self._db.execute(sql, (self._clock(), id)).rowcount == 1)

    def close(self) -> None:
        """Close the file, once what is under way is done."""
        with self._lock:
            self._db.close()

    async def _alone(self, work: Callable[[], Result]) -> Result:
        def locked() -> Result:
            with self._lock:
                return work()

        return await asyncio.to_thread(locked)
