"""Connections kept for plans, shared in the order of asking.

No pool: a pool empties every connection that comes back (four statements a time), and a read that leaves
nothing behind needs no emptying.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any

from api.graphql.plan.runtime.slots import STATEMENT_S, Slot, Terms, Unavailable


class Connections:
    """At most `size` connections.

    `generic=False` lets the server choose plans by the values, `held=False` prepares for each call: both
    only to measure what they bring.
    """

    def __init__(self, url: str, *, size: int, generic: bool = True, held: bool = True) -> None:
        self.size = size
        settings = {
            "application_name": "plan",
            "timezone": "UTC",
            "jit": "off",
            "plan_cache_mode": "force_generic_plan" if generic else "auto",
            "statement_timeout": f"{STATEMENT_S}s",
            "lock_timeout": "1s",
            "default_transaction_read_only": "on",
        }
        self._terms = Terms(url, settings, held)
        self._free = deque(Slot(self._terms) for _ in range(size))  # live ones to the right
        self._waiting: deque[asyncio.Future[Slot]] = deque()

    async def open(self) -> None:
        """Connect once, so that a wrong address shows at start; the others follow when needed.

        Raises:
            Unavailable
        """
        self._terms.closed = False
        slot = await self.borrow()
        try:
            if not slot.live:
                await slot.connect()
        finally:
            self.give_back(slot)

    async def close(self) -> None:
        """Close what is free now and, as it comes back, what is in use; whoever waits is refused."""
        self._terms.closed = True
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_exception(Unavailable("the connections are closed"))
        for slot in list(self._free):
            await slot.close()

    async def fetch(self, text: str, arguments: Sequence[object] = ()) -> list[Any]:
        """Return the rows of one statement, on the first connection that is free; raises as `Slot.fetch`."""
        slot = await self.borrow()
        try:
            return await slot.fetch(text, arguments)
        finally:
            self.give_back(slot)

    async def borrow(self) -> Slot:
        """Return a connection's slot once this caller is the one who has waited longest; give it back.

        Raises:
            Unavailable: closed while waiting.
        """
        if self._free:
            return self._free.pop()
        waiter: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and not waiter.exception():
                self.give_back(waiter.result())  # it was handed over in the very moment of leaving
            raise

    def give_back(self, slot: Slot) -> None:
        """Hand a slot on to the next in line."""
        if self._terms.closed:
            slot.drop()
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(slot)
                return
        if slot.live:
            self._free.append(slot)
        else:
            self._free.appendleft(slot)
