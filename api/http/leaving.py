"""Clients that go before they are answered: the work for them is ended."""

import asyncio

from litestar.types import Receive

PATIENCE_S = 0.1  # quicker answers are not worth looking up for


class Leaving:
    """Cancels the task that makes it once the client has gone; `end` it when the answer is there.

    Only after the whole body was read: what comes next can but be the disconnection.
    """

    def __init__(self, receive: Receive) -> None:
        loop = asyncio.get_running_loop()
        self.gone = False
        self._receive = receive
        self._working = asyncio.current_task(loop)
        self._looking: asyncio.Task[None] | None = None
        self._timer = loop.call_later(PATIENCE_S, self._begin)

    def _begin(self) -> None:
        self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        message = await self._receive()
        if message["type"] == "http.disconnect" and self._working is not None:
            self.gone = True
            self._working.cancel()

    def end(self) -> None:
        """Look no longer."""
        self._timer.cancel()
        if self._looking is not None:
            self._looking.cancel()

    def excuse(self) -> None:
        """Take the cancellation back: it was meant for the work alone, which has ended."""
        if self._working is not None:
            self._working.uncancel()
