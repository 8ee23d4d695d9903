"""The process that is killed: a whole worker, or one that tells what it wishes and is killed while telling.

python -m tests.kill.program work|tell|tell-naively DATABASE_URL VALKEY_URL [FIRST]
"""

import asyncio
import os
import signal
import sys

from storage import clock, db, dispatch, queue
from storage.outbox import emit
from storage.settings import DatabaseSettings, QueueSettings
from storage.worker import Worker
from tests.kill.facts import TASKS, Tick

WISHES = 10
FATAL = 5
"""The wish after whose commit, and before whose telling, the teller is killed."""


async def work() -> None:
    """Work until SIGTERM."""
    if "BANSHI_KILL_OFTEN" in os.environ:
        # kills each second would bury the innocent: three in a row on one job are not rare then
        dispatch.MOST_STARTS = 50
        dispatch.SUSPECT_STARTS = 40
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await Worker(TASKS).run(stop)


async def tell(first: int) -> None:
    """Store each wish together with its fact; the relay tells."""
    for number in range(first, WISHES):
        async with db.transaction():
            await db.execute("INSERT INTO wish (number) VALUES ($1)", number)
            await emit(Tick(party_id=None, number=number), now=clock.system_now())
        if number == FATAL:
            os.kill(os.getpid(), signal.SIGKILL)


async def tell_naively(first: int) -> None:
    """Store each wish, and write the message after the commit: what one does without an outbox."""
    for number in range(first, WISHES):
        await db.execute("INSERT INTO wish (number) VALUES ($1)", number)
        if number == FATAL:
            os.kill(os.getpid(), signal.SIGKILL)
        await queue.redis().rpush("naive", number)  # type: ignore[misc]


async def main(duty: str, database_url: str, valkey_url: str, first: int) -> None:
    """Connect, do the duty, disconnect."""
    await db.connect(DatabaseSettings(url=database_url, pool_max=12))
    await queue.connect(QueueSettings(url=valkey_url))
    await {"work": work, "tell": lambda: tell(first), "tell-naively": lambda: tell_naively(first)}[duty]()
    await queue.disconnect()
    await db.disconnect()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4], first=int((sys.argv[4:] or ["0"])[0])))
