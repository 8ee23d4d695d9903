"""Sending what is due: several lines of one address at once, each in its order, a few addresses at a time.

Who answers at once is told in one lane, who lets us wait in another: there he stands in nobody's way but of
those who do the same.  Nobody stays longer than others can wait.
"""

import asyncio
import time
from datetime import datetime, timedelta
from typing import Final

from miniapps.webhooks.events import DeliveriesDue
from miniapps.webhooks.rules import CUT, Try
from miniapps.webhooks.service._recording import record
from miniapps.webhooks.service._trying import (
    LEASE_S,
    SPARE_S,
    Due,
    Target,
    attempt,
    is_slow,
    taken,
    target_of,
)
from storage.db import execute
from storage.outbox import emit

QUICK_PLACES: Final = 4  # addresses at a time in one process, so that other jobs find room beside them
SLOW_PLACES: Final = 1
LATER: Final = timedelta(seconds=2)
LONGEST_S: Final = 10.0  # of one job; what is left is for another
SLOW = "UPDATE webhook_address SET slow = $2 WHERE client_id = $1 AND slow <> $2"


class _Turn:
    """An address that this process sends to."""

    def __init__(self, *, slow: bool) -> None:
        self.slow = slow
        self.has_more = True  # since it looked


_turns: dict[str, _Turn] = {}


async def send_due(client_id: str, *, now: datetime) -> None:
    """Send a client what is due.  It may run twice: each delivery is leased by one of them."""
    target = await target_of(client_id, now=now)
    if target is None:
        return
    if client_id in _turns:
        _turns[client_id].has_more = True
        return
    if sum(turn.slow is target.slow for turn in _turns.values()) >= (
        SLOW_PLACES if target.slow else QUICK_PLACES
    ):
        await emit(DeliveriesDue(client_id=client_id), now=now, not_before=now + LATER)
        return
    turn = _turns[client_id] = _Turn(slow=target.slow)
    try:
        await _take(turn, target, now=now)
    finally:
        del _turns[client_id]


async def _take(turn: _Turn, first: Target, *, now: datetime) -> None:
    """Send in rounds; who let us wait, or has had his time, comes again after the others."""
    began, at, target = time.monotonic(), now, first
    while turn.has_more:
        turn.has_more = False
        if tries := await _round(target, at=at):
            gone = time.monotonic() - began
            at, slow = now + timedelta(seconds=gone), is_slow(tries)
            if slow is not target.slow:
                await execute(SLOW, target.client_id, slow)
            if slow or target.slow or gone > LONGEST_S:
                not_before = at if slow is not target.slow else at + LATER
                await emit(DeliveriesDue(client_id=target.client_id), now=at, not_before=not_before)
                return
            turn.has_more = True
        later = await target_of(target.client_id, now=at)
        if later is None:
            return
        target = later


async def _round(target: Target, *, at: datetime) -> list[Try]:
    """Try what is at the head of several lines, and write each down; a job that is ended cuts its tries."""
    ends = time.monotonic() + LEASE_S - SPARE_S
    due = await taken(target.client_id, at=at)
    sending = {asyncio.create_task(attempt(target, each, body, at=at, ends=ends)): each for each, body in due}
    written: dict[Due, Try] = {}
    try:
        for sent in asyncio.as_completed(sending):
            each, tried = await sent
            await record(target.client_id, each.id, each.line, tried)
            written[each] = tried
    except asyncio.CancelledError:
        open_ = {task: each for task, each in sending.items() if each not in written}
        await asyncio.shield(_cut(target, open_, at=at))
        raise
    finally:
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
    return list(written.values())


async def _cut(target: Target, open_: dict[asyncio.Task[tuple[Due, Try]], Due], *, at: datetime) -> None:
    """End what is under way; write down what came, and that the rest was cut."""
    for task in open_:
        task.cancel()
    for task, each in open_.items():
        [came] = await asyncio.gather(task, return_exceptions=True)
        tried = came[1] if isinstance(came, tuple) else Try(at=at, ms=0, problem=CUT)
        await record(target.client_id, each.id, each.line, tried)
