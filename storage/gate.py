"""Who may run beside whom in one worker process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

ALONE_S = 3.0  # how long a suspect waits for its neighbours to finish before it steps back


class Gate:
    """Lets jobs run side by side, and one suspected of killing its process run alone."""

    def __init__(self) -> None:
        self.running = 0
        self.closed = False
        self.changed = asyncio.Condition()

    @contextlib.asynccontextmanager
    async def passing(self, *, alone: bool) -> AsyncIterator[None]:
        """Hold a place.

        Raises:
            TimeoutError: `alone`, and the neighbours did not finish in time.
        """
        await self._enter(alone=alone)
        try:
            yield
        finally:
            async with self.changed:
                self.running -= 1
                self.closed = self.closed and not alone
                self.changed.notify_all()

    async def _enter(self, *, alone: bool) -> None:
        async with self.changed:
            await self.changed.wait_for(lambda: not self.closed)
            if alone:
                self.closed = True
                await self._wait_for_neighbours()
            self.running += 1

    async def _wait_for_neighbours(self) -> None:
        try:
            async with asyncio.timeout(ALONE_S):
                await self.changed.wait_for(lambda: self.running == 0)
        except BaseException:
            self.closed = False
            self.changed.notify_all()
            raise
