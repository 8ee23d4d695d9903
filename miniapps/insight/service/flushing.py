"""Storing what was counted: one statement for all versions, and a look at those that err."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from datetime import datetime

import msgspec
import structlog

from miniapps.insight.rules.counting import CLASSES, What, minute_of
from miniapps.insight.service.noting import Buffer, Tally, Who, counting_into
from miniapps.insight.service.rows import MARK, MARKS, ROWS, STORE, Stored, marked
from miniapps.insight.service.watching import watch
from storage import trails
from storage.db import execute, transaction
from storage.ids import new_id
from storage.patience import patiently

FLUSH_S = 1.0
PATIENCE_S = 10.0
BAD = (What.CALL_ERROR, What.PAGE_ERROR, What.COMPLAINT, What.CONSENT_REFUSED)
SLOW_CLASS = CLASSES - 3  # a call that took so long makes one look, too

encode = msgspec.msgpack.Encoder().encode
log = structlog.get_logger()

Clock = Callable[[], Awaitable[datetime]]


async def flush(buffer: Buffer, *, now: datetime) -> None:
    """Store what `buffer` holds, and look at the versions that erred; what fails stays for the next time."""
    tallies, people = buffer.take(), buffer.take_people(minute_of(now))
    if not tallies and not people:
        return
    try:
        await patiently(store(tallies, people, now=now), seconds=PATIENCE_S)
    except Exception as error:
        buffer.put_back(tallies, people)
        log.warning("insight.flush_failed", error=type(error).__name__, count=len(tallies))
        return
    bad = [(each.app_id, each.version) for each in tallies if _errs(each)]
    if bad:
        await watch(bad, now=now)


async def leave_lines(buffer: Buffer) -> None:
    """Let the teams read the lines that `buffer` holds; while Valkey is away they are lost."""
    lines = {app_id: list(map(encode, each)) for app_id, each in buffer.take_lines().items()}
    await patiently(trails.leave(lines), seconds=PATIENCE_S)


async def store(tallies: list[Tally], people: dict[Who, int], *, now: datetime) -> None:
    """Add what was counted to the minute of `now`, and mark who did it: one statement each."""
    at = minute_of(now)
    rows = [
        Stored._make([new_id(), each.app_id, each.version, at, *each.counts, _literal(each.classes)])
        for each in tallies
    ]
    async with transaction():
        await execute(STORE, *ROWS.arguments(rows))
        if people:
            await execute(MARK, *MARKS.arguments([marked(*each) for each in people.items()]), now)


def _literal(numbers: list[int]) -> str:
    return f"{{{','.join(map(str, numbers))}}}"


def _errs(tally: Tally) -> bool:
    return any(tally.counts[what] for what in BAD) or any(tally.classes[SLOW_CLASS:])


@asynccontextmanager
async def counting(now: Clock) -> AsyncIterator[Buffer]:
    """Count in this process while inside, and store each second and at the end."""
    buffer, ending = Buffer(), asyncio.Event()

    async def run() -> None:
        while not ending.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_S):
                    await ending.wait()
            await _flush(buffer, now)
        await _flush(buffer, now)
        if buffer.rows:
            log.warning("insight.lost", count=len(buffer.rows))

    with counting_into(buffer):
        task = asyncio.get_running_loop().create_task(run(), context=Context())
        try:
            yield buffer
        finally:
            ending.set()
            await task


async def _flush(buffer: Buffer, now: Clock) -> None:
    try:
        if buffer.rows or buffer.people:
            await flush(buffer, now=await now())
        if buffer.lines:
            await leave_lines(buffer)
    except Exception as error:  # a database that is away: what was counted is still there, or was stored
        log.warning("insight.flush_failed", error=type(error).__name__)
