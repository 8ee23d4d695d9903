"""Clients that go before they are answered: the work for them is ended."""

import asyncio
from contextvars import Context

from litestar.types import Receive

PATIENCE_S = 0.1  # quicker answers are not worth looking up for


class Leaving:
    """Cancels the task that makes it once the client has gone; `end` it when the answer is there.

    Only after the whole body was read: what comes next can but be the disconnection.
    """

    def __init__(self, receive: Receive) -> None:
        self.gone = False
        self._receive = receive
        loop = asyncio.get_running_loop()
        self._working = asyncio.current_task(loop)
        self._looking: asyncio.Task[None] | None = None
        _lookout.add(self, loop)

    def look(self) -> None:
        """Begin to watch the client."""
        self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        message = await self._receive()
        if message["type"] == "http.disconnect" and self._working is not None:
            self.gone = True
            self._working.cancel()

    def end(self) -> None:
        """Look no longer."""
        _lookout.drop(self)
        if self._looking is not None:
            self._looking.cancel()

    def excuse(self) -> None:
        """Take the cancellation back: it was meant for the work alone, which has ended."""
        if self._working is not None:
            self._working.uncancel()


class Lookout:
    """Has those looked after who are at work for long; one timer for all, since most are not."""

    def __init__(self) -> None:
        self._new: dict[Leaving, None] = {}  # since the timer last rang
        self._older: dict[Leaving, None] = {}  # and before
        self._rings_in: asyncio.AbstractEventLoop | None = None

    def add(self, one: Leaving, loop: asyncio.AbstractEventLoop) -> None:
        """Wait for one or two rings, and then have him look."""
        self._new[one] = None
        if self._rings_in is not loop:
            self._rings_in = loop
            loop.call_later(PATIENCE_S, self._ring, context=Context())

    def drop(self, one: Leaving) -> None:
        """Forget him."""
        if self._new.pop(one, self) is self:
            self._older.pop(one, None)

    def _ring(self) -> None:
        for one in self._older:
            one.look()
        self._older, self._new = self._new, {}
        if self._older:
            asyncio.get_running_loop().call_later(PATIENCE_S, self._ring, context=Context())
        else:
            self._rings_in = None


_lookout = Lookout()
