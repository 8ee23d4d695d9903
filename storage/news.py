"""News: one connection of this process that listens to PostgreSQL, and says at once when it is deaf.

What a process remembers of rows is right only while it hears of their changes.  So each listener is
told `lost` when nothing can be heard any more, and `back` when it can again; what happened in between
is unknown, and whoever remembers must forget.  A listener begins deaf.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from dataclasses import dataclass

import asyncpg
import structlog

log = structlog.get_logger()

BEAT_S = 0.5  # a connection that nothing comes through is tried so often
SILENCE_S = 1.0  # and given up after so long; both together stay below the two seconds we promise
FIRST_S = 2.0  # a process that starts waits so long for its first connection
PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0  # between attempts to connect; the first is made at once


@dataclass(frozen=True)
class Listener:
    """Who wants to hear what.  Its functions must neither block nor raise."""

    channel: str  # of NOTIFY
    heard: Callable[[str], None]  # gets the payload, after the change was committed
    lost: Callable[[], None]
    back: Callable[[], None]


class News:
    """Listens for as long as `run` runs."""

    def __init__(self, url: str, listeners: Sequence[Listener]) -> None:
        self.url = url
        self.listeners = listeners
        self.listening = asyncio.Event()
        self._pause_s = PAUSE_S

    async def run(self) -> None:
        """Listen, and connect again whenever the connection is lost, until cancelled."""
        while True:
            try:
                await self._listen()
            except Exception as error:  # whatever it is, who listens must not stay deaf for ever
                log.warning("news.lost", error=type(error).__name__)
            await asyncio.sleep(self._pause_s)
            self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)

    async def _listen(self) -> None:
        """Listen until the connection ends or falls silent."""
        connection = await asyncpg.connect(self.url, timeout=SILENCE_S, command_timeout=SILENCE_S)
        try:
            ended = asyncio.Event()
            connection.add_termination_listener(lambda _: self._end(ended))
            for listener in self.listeners:
                await connection.add_listener(listener.channel, _hear(listener))
            self._begin()
            while not ended.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(BEAT_S):
                        await ended.wait()
                await connection.execute("SELECT")
        finally:
            self._lose()
            connection.terminate()

    def _begin(self) -> None:
        self._pause_s = PAUSE_S
        self.listening.set()
        for listener in self.listeners:
            listener.back()

    def _end(self, ended: asyncio.Event) -> None:
        self._lose()
        ended.set()

    def _lose(self) -> None:
        """Tell everybody, once."""
        if self.listening.is_set():
            self.listening.clear()
            for listener in self.listeners:
                listener.lost()


def _hear(listener: Listener) -> Callable[..., None]:
    return lambda connection, pid, channel, payload: listener.heard(payload)


@asynccontextmanager
async def listening(url: str, *listeners: Listener) -> AsyncIterator[None]:
    """Listen while inside.  A database that is away does not keep the block from beginning."""
    news = News(url, listeners)
    task = asyncio.get_running_loop().create_task(news.run(), context=Context())
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_S):
                await news.listening.wait()
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
