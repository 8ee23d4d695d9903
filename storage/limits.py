"""Rate limits: token buckets in Valkey, shared by all processes, that survive its loss.

Each process keeps its own count of every bucket it has used.  While Valkey answers, the stricter of
the two counts wins; so an emptied or absent Valkey gives nobody who is known here a fresh bucket.
"""

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import NamedTuple

import structlog
from redis.exceptions import RedisError

from banshi.errors import RateLimited
from storage.queue import is_connected, redis

log = structlog.get_logger()

REMEMBERED = 100_000  # buckets per process, the least recently used is forgotten first
SILENCE_S = 1.0  # after a failure Valkey is not asked again for so long

SCRIPT = """
local at = redis.call('TIME')
local now = at[1] + at[2] / 1e6
local found = {}
for i, key in ipairs(KEYS) do
  local capacity, per_s = tonumber(ARGV[4 * i - 3]), tonumber(ARGV[4 * i - 2])
  local cost, known = tonumber(ARGV[4 * i - 1]), tonumber(ARGV[4 * i])
  local held = redis.call('HMGET', key, 'tokens', 'at')
  local tokens = known
  if held[1] then
    tokens = math.min(known, tonumber(held[1]) + math.max(0, now - tonumber(held[2])) * per_s)
  end
  local wait = 0
  if tokens >= cost then tokens = tokens - cost else wait = (cost - tokens) / per_s end
  redis.call('HSET', key, 'tokens', tostring(tokens), 'at', tostring(now))
  redis.call('PEXPIRE', key, math.ceil(capacity / per_s * 1000) + 1000)
  found[2 * i - 1], found[2 * i] = tostring(tokens), tostring(wait)
  if wait > 0 then break end
end
return found
"""
"""Take from one bucket after the other until one refuses.

They are refilled by Valkey's own clock, and never hold more than the asker knows of.
"""


class Wanted(NamedTuple):
    """A bucket to take from: it holds `capacity` and gains `per_s` a second."""

    name: str  # may hold an address or a number of a citizen: only its hash is kept
    capacity: int
    per_s: float
    cost: int = 1


@dataclass
class Bucket:
    """What this process knows: `tokens` were left at the monotonic second `at`."""

    tokens: float
    at: float


_local: OrderedDict[str, Bucket] = OrderedDict()
_silent_until = 0.0


async def take(name: str, *, capacity: int, per_s: float, cost: int = 1) -> None:
    """Take `cost` tokens from one bucket, as `take_each` does."""
    await take_each(Wanted(name, capacity, per_s, cost))


async def take_each(*wanted: Wanted) -> None:
    """Take from one bucket after the other, in one call; what comes after a refusal is left alone.

    Raises:
        RateLimited: too few are left; `retry_after_s` (whole seconds) says when there will be enough.
    """
    buckets = [(key_of(each.name), each) for each in wanted]
    known = [_known(key, capacity=each.capacity, per_s=each.per_s) for key, each in buckets]
    waits = await _take_shared(buckets, known)
    if waits is None:
        waits = (_take_local(bucket, each) for bucket, each in zip(known, wanted, strict=True))
    for wait_s in waits:
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


async def _take_shared(
    wanted: Sequence[tuple[str, Wanted]], known: Sequence[Bucket]
) -> Iterable[float] | None:
    """Take in Valkey; return the seconds to wait (0: taken) up to the first refusal; None: no answer."""
    global _silent_until
    if not is_connected() or time.monotonic() < _silent_until:
        return None
    numbers = [
        str(number)
        for (_, each), bucket in zip(wanted, known, strict=True)
        for number in (each.capacity, each.per_s, each.cost, bucket.tokens)
    ]
    try:
        keys = [key for key, _ in wanted]
        found = await redis().eval(SCRIPT, len(keys), *keys, *numbers)  # type: ignore[misc]
    except (RedisError, OSError) as error:
        _silent_until = time.monotonic() + SILENCE_S
        log.warning("limits.local", reason=type(error).__name__)
        return None
    for bucket, tokens in zip(known, found[::2], strict=False):
        bucket.tokens, bucket.at = float(tokens), time.monotonic()
    return map(float, found[1::2])


def _take_local(bucket: Bucket, wanted: Wanted) -> float:
    if bucket.tokens < wanted.cost:
        return (wanted.cost - bucket.tokens) / wanted.per_s
    bucket.tokens -= wanted.cost
    return 0.0
