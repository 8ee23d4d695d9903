"""Waiting for many at once: all are awaited, and when the one who waits is cancelled, so are they.

`wait_all` awaits one value alone in place; several get a task each, for a resolver may ask for its task:
`asyncio.timeout` and everything built on it (redis, anyio) ends the task it was entered in, and Piccolo
keeps the transaction in a context variable.  Both need that no two resolvers share one.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from types import CoroutineType
from typing import Any

from strawberry.execution import optimized_is_awaitable as is_awaitable


async def wait_all(values: Sequence[Any]) -> list[Any]:
    """Return what each of `values` came to: a value, or the exception instead of it.

    What is not awaitable comes back as it is.
    """
    found = list(values)
    places = [place for place, value in enumerate(found) if is_awaitable(value)]
    if len(places) == 1:
        found[places[0]] = await _outcome(found[places[0]])
        return found
    loop = asyncio.get_running_loop()
    tasks = [
        loop.create_task(found[place])
        if type(found[place]) is CoroutineType
        else asyncio.ensure_future(found[place])
        for place in places
    ]
    try:
        for place, task in zip(places, tasks, strict=True):
            try:
                found[place] = await task
            except Exception as error:
                found[place] = error
    except BaseException:
        await end(tasks)
        raise
    return found


async def _outcome(awaitable: Any) -> Any:
    try:
        return await awaitable
    except Exception as error:
        return error


async def together(awaitables: Sequence[Awaitable[Any]]) -> list[Any]:
    """Return what all came to, each awaited in a task of its own; when one fails, end the others."""
    tasks = [asyncio.ensure_future(each) for each in awaitables]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        await end(tasks)
        raise


async def end(futures: Sequence[asyncio.Future[Any]]) -> None:
    """Cancel those which are not done, and wait until they are."""
    for future in futures:
        future.cancel()
    await asyncio.gather(*futures, return_exceptions=True)  # whose errors nobody will ask for
