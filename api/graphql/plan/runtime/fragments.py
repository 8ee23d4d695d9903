"""Parts of answers that are the same for everybody with the same arguments, kept as bytes.

A fragment is made from topics, names of tables.  When a topic changes, everything made from it is
dropped; what is being made at that moment goes to those who wait for it and is not kept.  While nobody
would tell us of changes nothing is kept at all.
"""

import asyncio
import zlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from contextvars import Context
from dataclasses import dataclass
from time import monotonic

from api.graphql.plan.runtime.slots import Unavailable

OVERHEAD = 1_000  # bytes that a kept fragment costs besides its own: key, objects, place in the index

Topics = frozenset[str]
Make = Callable[[], Awaitable[bytes]]


class Fragment:
    """Bytes of JSON text, and their compressed form once somebody asks for it."""

    __slots__ = ("_deflated", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._deflated = b""

    @property
    def deflated(self) -> bytes:
        """Raw deflate blocks that refer to nothing before them and end on a byte: they fit anywhere."""
        if not self._deflated:
            squeeze = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
            self._deflated = squeeze.compress(self.raw) + squeeze.flush(zlib.Z_FULL_FLUSH)
        return self._deflated


@dataclass(slots=True)
class _Kept:
    fragment: Fragment
    topics: Topics
    until: float  # seconds of the monotonic clock
    cost: int  # bytes


@dataclass(eq=False, slots=True)
class _Flight:
    """A fragment being made, for all who ask for it meanwhile."""

    topics: Topics
    began: float
    task: "asyncio.Task[Fragment] | None" = None
    stale: bool = False  # something it is made from may have changed since it began


class Fragments:
    """Keeps fragments up to `most_bytes`, least recently used first to go.

    Begins in doubt: call `trust` once changes are heard.  `ttl_s` is a net, for a change nobody told.
    """

    def __init__(self, *, most_bytes: int = 64_000_000, ttl_s: float = 60.0) -> None:
        self.bytes = 0
        self._most_bytes = most_bytes
        self._ttl_s = ttl_s
        self._trusting = False
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._flights: dict[Hashable, _Flight] = {}

    def __len__(self) -> int:
        return len(self._kept)

    async def get(self, key: Hashable, topics: Topics, make: Make) -> Fragment:
        """Return the fragment of `key`, made by `make` when it is not kept; one making serves all who wait.

        `make` runs in a task of its own: it goes on when its first asker is cancelled, and sees no
        context variable of his.

        Raises:
            Exception: what `make` raises, to all who wait for it.
            Unavailable: it was cancelled from inside.
        """
        fragment = self.peek(key)
        if fragment is not None:
            return fragment
        flight = self._flights.get(key) or self._start(key, topics, make)
        assert flight.task is not None
        try:
            return await asyncio.shield(flight.task)
        except asyncio.CancelledError:
            asking = asyncio.current_task()
            if flight.task.cancelled() and asking is not None and not asking.cancelling():
                raise Unavailable("the making of a fragment was cancelled") from None
            raise

    def peek(self, key: Hashable) -> Fragment | None:
        """Return the fragment of `key` if it is kept."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        if monotonic() < kept.until:
            self._kept.move_to_end(key)
            return kept.fragment
        self._drop(key)
        return None

    def changed(self, topic: str) -> None:
        """Drop everything made from `topic`."""
        for key in [key for key, kept in self._kept.items() if topic in kept.topics]:
            self._drop(key)
        self._let_go(lambda flight: topic in flight.topics)

    def doubt(self) -> None:
        """Drop everything, and keep nothing from now on: changes may go unheard."""
        self._trusting = False
        self._clear()

    def trust(self) -> None:
        """Drop everything, and keep again what is made from now on: changes are heard."""
        self._trusting = True
        self._clear()

    def _start(self, key: Hashable, topics: Topics, make: Make) -> _Flight:
        flight = self._flights[key] = _Flight(topics, monotonic())
        making = self._make(key, flight, make)
        flight.task = asyncio.get_running_loop().create_task(making, context=Context())
        flight.task.add_done_callback(_seen)
        return flight

    async def _make(self, key: Hashable, flight: _Flight, make: Make) -> Fragment:
        try:
            fragment = Fragment(await make())
            if self._trusting and not flight.stale:
                self._keep(key, flight, fragment)
            return fragment
        finally:
            if self._flights.get(key) is flight:
                del self._flights[key]

    def _keep(self, key: Hashable, flight: _Flight, fragment: Fragment) -> None:
        # twice: its compressed form comes later, and is smaller
        cost = 2 * len(fragment.raw) + OVERHEAD
        self._kept[key] = _Kept(fragment, flight.topics, flight.began + self._ttl_s, cost)
        self.bytes += cost
        while self.bytes > self._most_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        self.bytes -= self._kept.pop(key).cost

    def _clear(self) -> None:
        self._kept.clear()
        self.bytes = 0
        self._let_go(lambda flight: True)

    def _let_go(self, concerned: Callable[[_Flight], bool]) -> None:
        """Keep not what is in the making; whoever asks from now on has it made anew."""
        for key, flight in [each for each in self._flights.items() if concerned(each[1])]:
            flight.stale = True
            del self._flights[key]


def _seen(making: "asyncio.Task[Fragment]") -> None:
    """Look at what went wrong, in case all who asked have left."""
    if not making.cancelled():
        making.exception()
