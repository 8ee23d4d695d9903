"""What was answered a moment ago, to all processes: what comes again, to whichever of them, is done once.

Valkey holds that somebody does it, and then for seconds the answer, sealed under a key that is made of
ours and of what came.  Without Valkey each process knows of itself alone.
"""

import asyncio
import hashlib
import time

import structlog
from redis.exceptions import RedisError

from storage import seal
from storage.queue import redis
from storage.seal import Tampered

log = structlog.get_logger()

KEPT_MS = 10_000
UNDER_WAY_MS = 25_000  # then whoever does it is taken for dead
LOOK_S = 0.05
SILENCE_S = 1.0  # after a failure Valkey is not asked again for so long
UNDER_WAY = b"-"
AAD = b"repeat"

_silent_until = 0.0


async def answered(key: str) -> bytes | None:
    """Return what was answered to `key`, waiting for who does it; None: it is the caller's to do.

    Who is to do it says by `tell` what came of it, or by `drop` that nothing did.
    """
    if time.monotonic() < _silent_until:
        return None
    name = _name(key)
    try:
        while not await redis().set(name, UNDER_WAY, nx=True, px=UNDER_WAY_MS):
            held = await redis().get(name)
            if held is not None and held != UNDER_WAY:
                return seal.open_(held, _key(key), aad=AAD)
            await asyncio.sleep(LOOK_S)
    except (RedisError, OSError) as error:
        _fall_silent(error)
    except Tampered:
        log.warning("repeats.unread")
    return None


async def tell(key: str, answer: bytes) -> None:
    """Let others know the answer for ten seconds."""
    if time.monotonic() < _silent_until:
        return
    try:
        await redis().set(_name(key), seal.seal(answer, _key(key), aad=AAD), px=KEPT_MS)
    except (RedisError, OSError) as error:
        _fall_silent(error)


async def drop(key: str) -> None:
    """Let others do it: nothing came of it, or nothing that is kept."""
    if time.monotonic() < _silent_until:
        return
    try:
        await redis().delete(_name(key))
    except (RedisError, OSError) as error:
        _fall_silent(error)


def forget() -> None:
    """Ask Valkey again, as a restart would."""
    global _silent_until
    _silent_until = 0.0


def _fall_silent(error: Exception) -> None:
    global _silent_until
    _silent_until = time.monotonic() + SILENCE_S
    log.warning("repeats.local", reason=type(error).__name__)


def _name(key: str) -> str:
    return "banshi:repeat:" + hashlib.sha256(key.encode()).hexdigest()[:32]


def _key(key: str) -> bytes:
    return seal.mac(key.encode(), purpose="repeat")
