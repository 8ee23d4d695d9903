"""What comes twice within moments is done once, and answered alike: a replay, or a network that stutters."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from banshi.calls import Answer
from storage import repeats

KEPT_S = 10.0
MOST = 2_000  # answers
LARGEST = 8 * 1024  # bytes of one that is kept; a larger one is shared only while it is under way


class Once:
    """What this process does and did; of others it hears by `storage.repeats`, while Valkey answers.

    Without, what comes to another process has the same Idempotency-Key, for the back end to know.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[float, asyncio.Task[Answer]]] = OrderedDict()

    async def do(self, key: str, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer to `key`: of `work`, or as it was given a moment ago.

        Raises: what the work raises, which is not remembered.
        """
        self._forget()
        found = self._known.get(key)
        if found is None:
            task = asyncio.ensure_future(_run(key, work))
            self._known[key] = (time.monotonic() + KEPT_S, task)
            task.add_done_callback(lambda done: self._done(key, done))
        else:
            task = found[1]
        return await asyncio.shield(task)

    def _done(self, key: str, task: "asyncio.Task[Answer]") -> None:
        if task.cancelled() or task.exception() is not None or len(task.result().body) > LARGEST:
            self._known.pop(key, None)

    def _forget(self) -> None:
        now = time.monotonic()
        while self._known:
            key, (until, task) = next(iter(self._known.items()))
            if until > now and len(self._known) <= MOST:
                return
            if not task.done():  # it is under way for long: the next ones may go first
                self._known.move_to_end(key)
                return
            del self._known[key]


async def _run(key: str, work: Callable[[], Awaitable[Answer]]) -> Answer:
    found = await repeats.answered(key)
    if found is not None:
        status, _, body = found.partition(b" ")
        return Answer(int(status), body)
    answer = None
    try:
        answer = await work()
    finally:
        if answer is None or len(answer.body) > LARGEST:
            await repeats.drop(key)
    if len(answer.body) <= LARGEST:
        await repeats.tell(key, b"%d %b" % (answer.status, answer.body))
    return answer
