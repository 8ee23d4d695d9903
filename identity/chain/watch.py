"""Watching the proof: a server knows how far it lags, and lets staff look at nothing when it is missing.

Source: the security servers of X-Road, which stop passing messages when they could not be time-stamped
for four hours (acceptable-timestamp-failure-period).
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from datetime import timedelta

import structlog

from identity import closure
from identity.chain.heads import Standing, standing
from storage.patience import patiently

log = structlog.get_logger()

EVERY_S = 30.0
PATIENCE_S = 5.0  # for the answer of the database

_latest: Standing | None = None


def latest() -> Standing | None:
    """Return what was found last; None when this process does not watch, or could not ask."""
    return _latest


async def look(*, since: float, patience: timedelta) -> None:
    """Ask once, and open or close the data to staff; `since` is when this began, in monotonic seconds."""
    global _latest
    try:
        _latest = await patiently(standing(), seconds=PATIENCE_S)
    except Exception as error:  # without a database nobody looks at anything
        log.warning("audit.unwatched", error=type(error).__name__)
        _latest = None
        return
    age_s = time.monotonic() - since if _latest.stored_s is None else _latest.stored_s
    missing = max(age_s, _latest.unsealed_s) > patience.total_seconds() > 0
    if missing:
        log.error("audit.unproven", age_s=round(age_s), waits_s=round(_latest.unsealed_s))
    closure.close_to_staff(missing)


@asynccontextmanager
async def watching(patience: timedelta) -> AsyncIterator[None]:
    """Look every half minute while inside; a `patience` of nothing never closes anything."""
    watcher = asyncio.get_running_loop().create_task(_watch(patience), context=Context())
    try:
        yield
    finally:
        watcher.cancel()
        with suppress(asyncio.CancelledError):
            await watcher
        closure.close_to_staff(False)


async def _watch(patience: timedelta) -> None:
    since = time.monotonic()
    while True:
        await look(since=since, patience=patience)
        await asyncio.sleep(EVERY_S)
