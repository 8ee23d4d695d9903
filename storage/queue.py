"""The queue: which task answers which fact, and the connection to Valkey that carries the word "go".

A message holds three ids and nothing else.  What is to be done, how often it was tried and who is
doing it stands in PostgreSQL (`storage.jobs`), so Valkey may be emptied at any moment.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

import msgspec
from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from storage.outbox import Event
from storage.settings import QueueSettings

E = TypeVar("E", bound=Event, contravariant=True)

QUEUE = "banshi:queue"
MESSAGE_LIFE_MS = 24 * 3600 * 1000  # a message nobody took is dropped; the relay writes a new one


class Function(Protocol[E]):
    """What stands under `@on(…)`."""

    __name__: str
    __module__: str

    def __call__(self, event: E, *, now: datetime) -> Awaitable[object]: ...


@dataclass(frozen=True)
class Task(Generic[E]):
    """One answer to one kind of fact.  Calling it calls the function, as tests do."""

    name: str  # unique among all tasks; stands in job rows, so renaming orphans what is waiting
    event: type[E]
    function: Function[E]
    own_transaction: bool
    max_attempts: int
    timeout_s: float

    async def __call__(self, event: E, *, now: datetime) -> None:
        """Answer `event`."""
        await self.function(event, now=now)


def on(
    event: type[E], *, own_transaction: bool = False, max_attempts: int = 8, timeout_s: float = 60
) -> Callable[[Function[E]], Task[E]]:
    """Make the function below a task that answers every `event`.

    It runs inside one transaction together with its done-mark, so its effects in PostgreSQL happen
    exactly once.  With `own_transaction` it runs outside any (for slow calls to the outside) and may
    run again after a crash: then it must be idempotent itself.
    A transient error is tried again with back-off, `max_attempts` times in all; `timeout_s` counts as one.
    It must not block the event loop for a second, nor, inside its transaction, be silent for thirty.
    """

    def make(function: Function[E]) -> Task[E]:
        return Task(
            name=_name(function),
            event=event,
            function=function,
            own_transaction=own_transaction,
            max_attempts=max_attempts,
            timeout_s=timeout_s,
        )

    return make


def _name(function: Function[E]) -> str:
    """Return `trips.judge` for `judge` in `miniapps.trips.tasks`; other modules stand for themselves."""
    parts = [part for part in function.__module__.split(".") if part != "tasks"]
    return f"{parts[-1]}.{function.__name__}"


_redis: ArqRedis | None = None


def client(settings: QueueSettings) -> ArqRedis:
    """Return a client that serialises with msgpack (arq's default, pickle, runs code of whoever writes).

    It connects on first use, gives up on a silent server after seconds, and comes back by itself.
    """
    pool = ConnectionPool.from_url(
        settings.url,
        socket_connect_timeout=2,
        socket_timeout=5,
        retry=Retry(ExponentialBackoff(cap=0.5), 3),
        retry_on_error=[RedisConnectionError, RedisTimeoutError, OSError],
    )
    return ArqRedis(
        pool,
        job_serializer=_encode,
        job_deserializer=_decode,
        default_queue_name=QUEUE,
        expires_extra_ms=MESSAGE_LIFE_MS,
    )


def _encode(message: dict[str, Any]) -> bytes:
    return msgspec.msgpack.encode(message, enc_hook=_word)


def _word(thing: object) -> str:
    """Name what msgpack cannot hold: arq puts an exception of its own into the result of a late message."""
    return type(thing).__name__


def _decode(message: bytes) -> dict[str, Any]:
    return msgspec.msgpack.decode(message, type=dict[str, Any])


async def connect(settings: QueueSettings) -> None:
    """Tell this process where Valkey is; it need not be up yet."""
    global _redis
    await disconnect()
    _redis = client(settings)


async def disconnect() -> None:
    """Close the connections; harmless when there are none."""
    global _redis
    if _redis is not None:
        await _redis.aclose(close_connection_pool=True)
        _redis = None


def is_connected() -> bool:
    """Say whether this process has a client at all; commands of the shell need none."""
    return _redis is not None


def redis() -> ArqRedis:
    """Return this process's client."""
    assert _redis is not None, "storage.queue.connect was not called"
    return _redis
