"""Waiting no longer than so long, whatever is waited for."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Found = TypeVar("Found")

_abandoned: set[asyncio.Task[Any]] = set()  # the loop itself keeps none alive


async def patiently(work: Coroutine[Any, Any, Found], *, seconds: float) -> Found:
    """Return what `work` comes to.

    Unlike `asyncio.timeout` it does not wait for the work to notice that it is cancelled: a statement on a
    connection whose server has vanished may take minutes for that.

    Raises:
        TimeoutError: it took longer; whether it was done is not known.
    """
    task = asyncio.get_running_loop().create_task(work)
    try:
        await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        _abandon(task)
        raise
    if not task.done():
        _abandon(task)
        raise TimeoutError(f"not done after {seconds:g} s")
    return task.result()


def _abandon(task: "asyncio.Task[Any]") -> None:
    _abandoned.add(task)
    task.add_done_callback(_look)
    task.cancel()


def _look(task: "asyncio.Task[Any]") -> None:
    """Look at what became of it: nobody else will."""
    _abandoned.discard(task)
    if not task.cancelled():
        task.exception()
