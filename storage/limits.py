"""Rate limits: token buckets in Valkey, shared by all processes, that survive its loss.

Each process keeps its own count of every bucket it has used.  While Valkey answers, the stricter of
the two counts wins; so an emptied or absent Valkey gives nobody who is known here a fresh bucket.
"""

import hashlib
import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network

import structlog
from redis.exceptions import RedisError

from banshi.errors import RateLimited
from storage.queue import redis

log = structlog.get_logger()

REMEMBERED = 100_000  # buckets per process, the least recently used is forgotten first
SILENCE_S = 1.0  # after a failure Valkey is not asked again for so long

SCRIPT = """
local at = redis.call('TIME')
local now = at[1] + at[2] / 1e6
local capacity, per_s = tonumber(ARGV[1]), tonumber(ARGV[2])
local cost, known = tonumber(ARGV[3]), tonumber(ARGV[4])
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = known
if held[1] then
  tokens = math.min(known, tonumber(held[1]) + math.max(0, now - tonumber(held[2])) * per_s)
end
local wait = 0
if tokens >= cost then tokens = tokens - cost else wait = (cost - tokens) / per_s end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / per_s * 1000) + 1000)
return {tostring(tokens), tostring(wait)}
"""
"""Take from one bucket, refilled by Valkey's own clock, never counting more than the asker knows of."""


@dataclass
class Bucket:
    """What this process knows: `tokens` were left at the monotonic second `at`."""

    tokens: float
    at: float


_local: OrderedDict[str, Bucket] = OrderedDict()
_silent_until = 0.0


async def take(name: str, *, capacity: int, per_s: float, cost: int = 1) -> None:
    """Take `cost` tokens from the bucket `name`, which holds `capacity` and gains `per_s` a second.

    `name` may hold an address or a number of a citizen: only its hash is kept.

    Raises:
        RateLimited: too few are left; `retry_after_s` (whole seconds) says when there will be enough.
    """
    key = key_of(name)
    bucket = _known(key, capacity=capacity, per_s=per_s)
    wait_s = await _take_shared(key, bucket, capacity=capacity, per_s=per_s, cost=cost)
    if wait_s is None:
        wait_s = _take_local(bucket, per_s=per_s, cost=cost)
    if wait_s > 0:
        raise RateLimited(retry_after_s=math.ceil(wait_s))


def check(name: str, *, capacity: int, per_s: float) -> None:
    """Raise RateLimited where `take` would, as far as this process knows; take nothing."""
    key = key_of(name)
    if key in _local:
        check_left(_known(key, capacity=capacity, per_s=per_s).tokens, per_s=per_s)


def check_left(tokens: float, *, per_s: float) -> None:
    """Raise RateLimited when less than a token is left of a bucket."""
    if tokens < 1:
        raise RateLimited(retry_after_s=math.ceil((1 - tokens) / per_s))


def key_of(name: str) -> str:
    """Return under which key the bucket stands in Valkey."""
    return "banshi:limit:" + hashlib.sha256(name.encode()).hexdigest()[:32]


@lru_cache(maxsize=4096)
def subscriber(address: str) -> str:
    """Return what one subscriber has: an IPv4 address, or the /64 of an IPv6 one, whose rest he chooses."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return address if known.version == 4 else str(ip_network((int(known) >> 64 << 64, 64)))


def forget() -> None:
    """Drop what this process knows, as a restart would."""
    global _silent_until
    _local.clear()
    _silent_until = 0.0


def _known(key: str, *, capacity: int, per_s: float) -> Bucket:
    """Return this process's bucket, refilled up to now."""
    at = time.monotonic()
    bucket = _local.setdefault(key, Bucket(tokens=capacity, at=at))
    _local.move_to_end(key)
    if len(_local) > REMEMBERED:
        _local.popitem(last=False)
    bucket.tokens = min(capacity, bucket.tokens + (at - bucket.at) * per_s)
    bucket.at = at
    return bucket


async def _take_shared(key: str, bucket: Bucket, *, capacity: int, per_s: float, cost: int) -> float | None:
    """Take in Valkey and return the seconds to wait (0: taken); None when Valkey does not answer."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return None
    try:
        numbers = (str(capacity), str(per_s), str(cost), str(bucket.tokens))
        tokens, wait_s = await redis().eval(SCRIPT, 1, key, *numbers)  # type: ignore[misc]
    except (RedisError, OSError) as error:
        _silent_until = time.monotonic() + SILENCE_S
        log.warning("limits.local", reason=type(error).__name__)
        return None
    bucket.tokens, bucket.at = float(tokens), time.monotonic()
    return float(wait_s)


def _take_local(bucket: Bucket, *, per_s: float, cost: int) -> float:
    if bucket.tokens < cost:
        return (cost - bucket.tokens) / per_s
    bucket.tokens -= cost
    return 0.0
