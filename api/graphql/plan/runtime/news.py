"""What PostgreSQL tells of changes, by LISTEN on a connection of its own.

Silence is trusted only while the connection proves to live: it is asked every second, so a link that
died without a word is noticed in two.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg

CONNECT_S = 1.0
PULSE_S = 1.0  # between two signs of life, and the most that one may take
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0
TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class News:
    """Calls `heard(payload)` for each message on `channel`.

    `lost` is called when messages may go unheard, `back` when they are heard again and at the first
    time; messages sent between the two are never delivered.
    """

    def __init__(
        self,
        url: str,
        channel: str,
        heard: Callable[[str], None],
        lost: Callable[[], None],
        back: Callable[[], None],
    ) -> None:
        self._url = url
        self._channel = channel
        self._heard = heard
        self._lost = lost
        self._back = back
        self._tried = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to listen; return after the first try, whether it succeeded or not."""
        self._task = asyncio.get_running_loop().create_task(self._run())
        await self._tried.wait()

    async def close(self) -> None:
        """Stop listening; `lost` is called if it was heard until now."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        pause = 0.0
        while True:
            heard = False
            try:
                heard = await self._listen()
            except Exception as error:  # of what we call: whoever waits for news must not wait for ever
                asyncio.get_running_loop().call_exception_handler({"message": "news", "exception": error})
            self._tried.set()
            # the first time at once: a restarted server is often back already
            pause = 0.0 if heard else min(LONGEST_PAUSE_S, pause * 2 or SHORTEST_PAUSE_S)
            await asyncio.sleep(pause)

    async def _listen(self) -> bool:
        """Listen until the connection fails; return whether it was heard at all."""
        gone = asyncio.Event()
        try:
            connection = await asyncpg.connect(
                self._url,
                timeout=CONNECT_S,
                command_timeout=PULSE_S,
                server_settings={"application_name": "news", "default_transaction_read_only": "on"},
            )
        except TROUBLE:
            return False
        heard = False
        try:
            connection.add_termination_listener(lambda _: gone.set())
            await connection.add_listener(self._channel, self._teller(gone))
            heard = True
            self._back()
            self._tried.set()
            await self._watch(connection, gone)
        except TROUBLE:
            pass
        finally:
            connection.terminate()
            if heard:
                self._lost()
        return heard

    def _teller(self, gone: asyncio.Event) -> Callable[[Any, int, str, str], None]:
        def tell(_connection: Any, _pid: int, _channel: str, payload: str) -> None:
            try:
                self._heard(payload)
            except Exception:
                gone.set()  # a change that was not taken in is as one not heard
                raise

        return tell

    async def _watch(self, connection: Any, gone: asyncio.Event) -> None:
        """Return when the connection has ended; raise when it gives no sign of life."""
        while not gone.is_set():
            try:
                await asyncio.wait_for(gone.wait(), PULSE_S)
            except TimeoutError:
                await connection.execute("SELECT 1")
