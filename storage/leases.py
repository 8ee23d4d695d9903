"""Rate limits for what happens thousands of times a second: counted here, told to Valkey in bundles.

A process spends up to BLOCK tokens of a bucket that Valkey has not heard of yet (of one that fills quickly:
what comes in a tenth of a second), and tells of all buckets it spent from ten times a second.  So a bucket
is shared as that of `storage.limits`, the same keys and fields, but most requests wait for nobody; together
the processes are never further ahead than so many tokens each.  When Valkey is silent each process keeps
the limit by itself, as there.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from dataclasses import dataclass

import msgspec
import structlog

from storage import limits
from storage.queue import redis

log = structlog.get_logger()

BLOCK = 20  # tokens of one bucket that one process may spend before Valkey knows; fewer of a low one
SHARE = 4  # of what is left a process takes at most a fourth part at once
REMEMBERED = 100_000  # buckets per process, the least recently used is forgotten first
SETTLE_S = 0.1
BUNDLE = 200  # buckets per call, so that Valkey is never busy for long
PATIENCE_S = 1.0  # for an answer of Valkey; after a failure it is left alone for so long

SCRIPT = """
local at = redis.call('TIME')
local now = at[1] + at[2] / 1e6
local left = {}
for i, told in ipairs(cmsgpack.unpack(ARGV[1])) do
  local capacity, per_s, known, spent = told[1], told[2], told[3], told[4]
  local held = redis.call('HMGET', KEYS[i], 'tokens', 'at')
  local tokens = known
  if held[1] then
    tokens = math.min(known, tonumber(held[1]) + math.max(0, now - tonumber(held[2])) * per_s)
  end
  tokens = tokens - spent
  redis.call('HSET', KEYS[i], 'tokens', tostring(tokens), 'at', tostring(now))
  redis.call('PEXPIRE', KEYS[i], math.ceil((capacity - tokens) / per_s * 1000) + 1000)
  left[i] = tostring(tokens)
end
return left
"""
"""Take what was spent already, so a bucket may hold less than nothing; else as the script of limits."""


@dataclass(slots=True)
class Bucket:
    """What this process knows: `tokens` were left at the monotonic second `at`, `spent` not yet told."""

    key: str
    capacity: float
    per_s: float
    tokens: float
    at: float
    spent: int = 0

    def refill(self) -> None:
        """Reckon up to now."""
        at = time.monotonic()
        tokens = self.tokens + (at - self.at) * self.per_s
        self.tokens = tokens if tokens < self.capacity else self.capacity
        self.at = at


class Leases:
    """The buckets of one process; `run` tells Valkey of them."""

    def __init__(self, *, block: int = BLOCK) -> None:
        self.block = block
        self._known: OrderedDict[str, Bucket] = OrderedDict()
        self._due: list[Bucket] = []  # those with something spent
        self._silent_until = 0.0
        self._some = asyncio.Event()
        self._urgent = asyncio.Event()
        self._settled = asyncio.Event()  # of the round to come
        self._ended = False

    async def take(self, name: str, *, capacity: int, per_s: float) -> None:
        """Take one token from the bucket `name`; waits for Valkey only when too far ahead of it.

        Raises:
            RateLimited: as `storage.limits.take` does.
        """
        bucket = self._bucket(name, capacity, per_s)
        while not self._spend(bucket):
            self._urgent.set()
            await self._settled.wait()
            bucket.refill()

    def spend(self, name: str, *, capacity: int, per_s: float) -> bool:
        """Take one token if that can be done without waiting; else take none, and return False.

        Raises:
            RateLimited: as `take` does.
        """
        return self._spend(self._bucket(name, capacity, per_s))

    def check(self, name: str) -> None:
        """Raise RateLimited where `take` would, as far as this process knows; take nothing."""
        bucket = self._known.get(name)
        if bucket is not None:
            bucket.refill()
            limits.check_left(bucket.tokens, per_s=bucket.per_s)

    def _spend(self, bucket: Bucket) -> bool:
        """Take a token; False: Valkey has to be told first."""
        if bucket.tokens < 1:
            limits.check_left(bucket.tokens, per_s=bucket.per_s)
        spent = bucket.spent
        if spent and not self._may_lease(bucket):
            return False
        bucket.tokens -= 1
        if not spent:
            self._due.append(bucket)
            self._some.set()
        bucket.spent = spent + 1
        return True

    def _may_lease(self, bucket: Bucket) -> bool:
        """Say whether one more token than are spent already may go before Valkey knows."""
        spent = bucket.spent
        # BLOCK, or what fills a large bucket until Valkey hears of it
        is_in_block = spent < self.block or spent < bucket.per_s * SETTLE_S
        return (is_in_block and spent < (bucket.tokens + spent) // SHARE) or self._alone()

    def _bucket(self, name: str, capacity: int, per_s: float) -> Bucket:
        bucket = self._known.get(name)
        if bucket is None:
            key = limits.key_of(name)
            bucket = Bucket(key, capacity, per_s, tokens=capacity, at=time.monotonic())
            self._known[name] = bucket
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            return bucket
        self._known.move_to_end(name)
        bucket.refill()
        return bucket

    def _alone(self) -> bool:
        return self._ended or time.monotonic() < self._silent_until

    async def run(self) -> None:
        """Tell Valkey of what was spent, every 100 ms and at once when somebody waits, until `end`."""
        while not self._ended:
            await self._some.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(SETTLE_S):
                    await self._urgent.wait()
            self._some.clear()
            self._urgent.clear()
            await self.settle()
            if self._due:
                self._some.set()
        await self.settle()  # of what was spent during the last round

    def end(self) -> None:
        """Let `run` return; whoever takes after that is counted here alone."""
        self._ended = True
        self._some.set()
        self._urgent.set()

    async def settle(self) -> None:
        """Tell Valkey of all that was spent until now."""
        due, self._due = self._due, []
        for start in range(0, len(due), BUNDLE):
            bundle = due[start : start + BUNDLE]
            if time.monotonic() >= self._silent_until:
                await self._tell(bundle)
            self._due += [bucket for bucket in bundle if bucket.spent]
        settled, self._settled = self._settled, asyncio.Event()
        settled.set()

    async def _tell(self, bundle: Sequence[Bucket]) -> None:
        spent = [bucket.spent for bucket in bundle]
        told = [_told(bucket) for bucket in bundle]
        try:
            async with asyncio.timeout(PATIENCE_S):
                keys = [bucket.key for bucket in bundle]
                packed = msgspec.msgpack.encode(told)
                answer = await redis().eval(SCRIPT, len(keys), *keys, packed)  # type: ignore[misc, arg-type]
        except Exception as error:  # whatever it is, who waits must not wait for ever
            self._silent_until = time.monotonic() + PATIENCE_S
            log.warning("limits.local", reason=type(error).__name__)
            return
        at = time.monotonic()
        for bucket, count, tokens in zip(bundle, spent, answer, strict=True):
            bucket.spent -= count
            bucket.tokens, bucket.at = float(tokens) - bucket.spent, at


def _told(bucket: Bucket) -> tuple[float, float, float, int]:
    bucket.refill()
    known = min(bucket.capacity, bucket.tokens + bucket.spent)
    return bucket.capacity, bucket.per_s, known, bucket.spent


_leases: Leases | None = None


async def take(name: str, *, capacity: int, per_s: float) -> None:
    """Take one token from the bucket `name`, as `storage.limits.take` does, which counts outside `leasing`.

    Raises:
        RateLimited: too few are left.
    """
    if _leases is None:
        await limits.take(name, capacity=capacity, per_s=per_s)
    else:
        await _leases.take(name, capacity=capacity, per_s=per_s)


def spend(name: str, *, capacity: int, per_s: float) -> bool:
    """Take one token if nobody has to be waited for; False: nothing was done, `take` it.

    Raises:
        RateLimited: too few are left.
    """
    return _leases is not None and _leases.spend(name, capacity=capacity, per_s=per_s)


def check(name: str, *, capacity: int, per_s: float) -> None:
    """Raise RateLimited where `take` would, as far as this process knows; take nothing."""
    if _leases is None:
        limits.check(name, capacity=capacity, per_s=per_s)
    else:
        _leases.check(name)


@asynccontextmanager
async def leasing() -> AsyncIterator[Leases]:
    """Let this process count ahead of Valkey while inside; at the end it tells what it spent."""
    global _leases
    leases = _leases = Leases()
    teller = asyncio.get_running_loop().create_task(leases.run(), context=Context())
    try:
        yield leases
    finally:
        _leases = None
        leases.end()
        await teller
