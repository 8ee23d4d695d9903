"""Periodic duties: what is done every so often by whichever worker leads.

A duty looks for what is due and does it; a missed turn is made up by the next, so turns are not stored.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

log = structlog.get_logger()

TICK_S = 0.5


class Function(Protocol):
    """What a duty calls."""

    __name__: str

    def __call__(self, *, now: datetime) -> Awaitable[object]: ...


@dataclass
class Duty:
    """Call `function` every `seconds`, first at once."""

    seconds: float
    function: Function
    apart: bool = False  # waits for no other duty
    next_at: float = 0.0  # monotonic seconds


def every(seconds: float, function: Function, *, apart: bool = False) -> Duty:
    """Declare a duty; `function(now=…)` must be safe to repeat.

    Duties take turns, so a long one makes the others late; one that must not be late stands `apart`.
    """
    return Duty(seconds, function, apart)


def lanes(duties: Sequence[Duty]) -> list[list[Duty]]:
    """Return the duties by who takes turns with whom."""
    together = [duty for duty in duties if not duty.apart]
    return [together, *([duty] for duty in duties if duty.apart)]


async def run(
    duties: Sequence[Duty],
    stop: asyncio.Event,
    *,
    leads: Callable[[], bool],
    clock: Callable[[], Awaitable[datetime]],
) -> None:
    """Do the duties in turn until `stop`, while `leads()`; one that fails is logged and has its next turn."""
    while not stop.is_set():
        for duty in duties:
            if leads() and time.monotonic() >= duty.next_at and not stop.is_set():
                duty.next_at = time.monotonic() + duty.seconds
                await _do(duty, clock)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), TICK_S)


async def _do(duty: Duty, clock: Callable[[], Awaitable[datetime]]) -> None:
    try:
        await duty.function(now=await clock())
    except Exception as error:
        log.error("duty.failed", name=duty.function.__name__, reason=type(error).__name__, exc_info=True)
