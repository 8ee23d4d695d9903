"""The worker's own connection to PostgreSQL, kept out of the pool so that no job can starve it.

Each second it renews the leases of the jobs this process holds; between beats it hears that facts
were stored.  It also holds the advisory lock of whoever does the periodic duties.
"""

import asyncio
import contextlib
from collections.abc import Callable, Set
from uuid import UUID

import asyncpg
import structlog

from storage.running import LEASE_S, RENEW

log = structlog.get_logger()

BEAT_S = 1.0
DUTIES_LOCK = 0x64757479  # any number, the same in every process
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class Heart:
    """Beats until `stop`; `wake` is called when facts were stored; `leads` says who does the duties."""

    def __init__(self, dsn: str, *, holder: UUID, held: Set[UUID], wake: Callable[[], None]) -> None:
        self.dsn = dsn
        self.holder = holder
        self.held = held  # the jobs that run in this process right now
        self.wake = wake
        self.leads = False
        self.connection: asyncpg.Connection | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Beat once a second; a lost connection is made anew, and the duties are given up meanwhile."""
        while not stop.is_set():
            try:
                await asyncio.wait_for(self._beat(), timeout=LEASE_S)
            except LOST as error:
                log.warning("heart.lost", reason=type(error).__name__)
                await self._drop()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), BEAT_S)
        await self._drop()

    async def _beat(self) -> None:
        if self.connection is None:
            self.connection = await asyncpg.connect(self.dsn, timeout=LEASE_S)
            await self.connection.add_listener("outbox", self._heard)
            self.wake()  # what was stored while we were away
        await self.connection.execute(RENEW, list(self.held), LEASE_S, self.holder)
        if not self.leads:
            self.leads = await self.connection.fetchval("SELECT pg_try_advisory_lock($1)", DUTIES_LOCK)

    def _heard(self, *_: object) -> None:
        self.wake()

    async def _drop(self) -> None:
        self.leads = False
        if self.connection is not None:
            self.connection.terminate()
            self.connection = None
