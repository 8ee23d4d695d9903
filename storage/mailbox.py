"""Mailboxes: words between living processes, by Valkey's pub/sub, for what is worth nothing a minute later.

Each process has a box; who knows its name can post into it, and learns at once whether anybody reads it.
Nothing is stored, nothing comes twice, and what is posted while Valkey is away is lost: the poster knows.
Messages are sealed, for they may tell of citizens.  Beside the boxes there are lists of who holds what; an
entry is gone some seconds after its holder.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from contextvars import Context

import structlog
from redis.exceptions import RedisError

from storage.queue import redis
from storage.seal import Tampered, unwrap, wrap

log = structlog.get_logger()

BOX, LIST = "banshi:box:", "banshi:held:"
PAUSE_S = 0.2  # before listening again, when the connection was lost
POLL_S = 1.0
LEASE_S = 15.0  # an entry that nobody renews is gone after so long

Received = Callable[[bytes], None]


async def post(box: str, message: bytes) -> bool:
    """Put a message into a box; False: nobody reads it, or Valkey is away."""
    try:
        sealed = wrap(message, aad=_aad(box))
        return int(await redis().publish(BOX + box, sealed)) > 0
    except (RedisError, OSError) as error:
        log.warning("mailbox.silent", error=type(error).__name__)
        return False


async def read(boxes: Collection[str]) -> frozenset[str]:
    """Return those of the boxes that somebody reads; all of them while Valkey is away: nobody knows."""
    names = list(boxes)
    if not names:
        return frozenset()
    try:
        found = await redis().pubsub_numsub(*(BOX + box for box in names))
    except (RedisError, OSError):
        return frozenset(names)
    return frozenset(box for box, (_, count) in zip(names, found, strict=True) if count)


@asynccontextmanager
async def listening(box: str, received: Received) -> AsyncIterator[None]:
    """Read a box while inside; `received` must neither block nor raise."""
    ready = asyncio.Event()
    task = asyncio.get_running_loop().create_task(_listen(box, received, ready), context=Context())
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_S):
                await ready.wait()
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _listen(box: str, received: Received, ready: asyncio.Event) -> None:
    while True:
        try:
            async with redis().pubsub(ignore_subscribe_messages=True) as line:
                await line.subscribe(BOX + box)
                ready.set()
                while True:
                    message = await line.get_message(timeout=POLL_S)
                    if message is not None:
                        _open(box, message["data"], received)
        except (RedisError, OSError) as error:
            log.warning("mailbox.lost", error=type(error).__name__)
            await asyncio.sleep(PAUSE_S)


def _open(box: str, sealed: bytes, received: Received) -> None:
    try:
        received(unwrap(sealed, aad=_aad(box)))
    except Tampered:
        log.warning("mailbox.tampered")


def _aad(box: str) -> bytes:
    return b"mailbox\0" + box.encode()


async def enter(held: Collection[tuple[str, str]]) -> None:
    """Put entries, each a list and what stands in it, or renew them, for LEASE_S."""
    if not held:
        return
    until = time.time() + LEASE_S
    with suppress(RedisError, OSError):
        async with redis().pipeline(transaction=False) as pipe:
            for name, entry in held:
                pipe.zadd(LIST + name, {entry: until})
                pipe.zremrangebyscore(LIST + name, "-inf", until - LEASE_S)
                pipe.pexpire(LIST + name, int(LEASE_S * 2000))
            await pipe.execute()


async def leave(name: str, entry: str) -> None:
    """Take an entry out of a list."""
    with suppress(RedisError, OSError):
        await redis().zrem(LIST + name, entry)


async def entries(name: str) -> list[str]:
    """Return what stands in a list; nothing while Valkey is away."""
    try:
        found = await redis().zrangebyscore(LIST + name, time.time(), "+inf")
    except (RedisError, OSError):
        return []
    return [entry.decode() for entry in found]
