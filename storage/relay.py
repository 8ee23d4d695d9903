"""The relay: carries facts to their tasks, woken by each commit, with a look each second as a safety net.

Several may run; each step locks what it takes and skips what another has taken.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from storage import dispatch
from storage.dispatch import AnsweredBy
from storage.ids import new_id
from storage.queue import redis
from storage.running import TRANSIENT

log = structlog.get_logger()

POLL_S = 1.0
REMIND_S = 10.0
EPOCH = "banshi:epoch"
"""A random name that lives as long as Valkey's memory: when it is gone, so are the messages."""


class Relay:
    """One carrier; `clock` answers the time that decides which schedules are due."""

    def __init__(self, answered_by: AnsweredBy, *, clock: Callable[[], Awaitable[datetime]]) -> None:
        self.answered_by = answered_by
        self.clock = clock
        self.news = asyncio.Event()
        self.epoch: bytes | None = None
        self.looked_at = 0.0
        self.reminded_at = time.monotonic()

    def wake(self) -> None:
        """Look now."""
        self.news.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Carry until `stop`; whatever is down is asked again a second later."""
        while not stop.is_set():
            self.news.clear()
            try:
                await self.round()
            except TRANSIENT as error:
                log.warning("relay.waits", reason=type(error).__name__)
                await asyncio.sleep(POLL_S / 4)
            except Exception as error:  # a fault here must not end the carrying
                log.error("relay.failed", reason=type(error).__name__, exc_info=True)
                await asyncio.sleep(POLL_S)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), POLL_S)

    async def round(self) -> None:
        """Carry everything that is ready; once a second also look for what was lost."""
        if time.monotonic() - self.looked_at >= POLL_S:
            self.looked_at = time.monotonic()
            await self._look_for_losses()
        while await dispatch.plant(self.answered_by, now=await self.clock()):
            await dispatch.enqueue()
        while await dispatch.enqueue():
            pass

    async def _look_for_losses(self) -> None:
        await dispatch.expire()
        if time.monotonic() - self.reminded_at >= REMIND_S:
            self.reminded_at = time.monotonic()
            await dispatch.remind()
        try:
            await self._keep_epoch()
        except RedisError as error:
            log.warning("relay.no_valkey", reason=type(error).__name__)

    async def _keep_epoch(self) -> None:
        """Resend when Valkey's memory has another name than the one PostgreSQL remembers."""
        await redis().set(EPOCH, str(new_id()), nx=True)
        name = await redis().get(EPOCH)
        if name is not None and name != self.epoch:
            if await dispatch.resend(UUID(name.decode())):
                log.info("relay.resent")
            self.epoch = name
