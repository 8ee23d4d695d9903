"""One statement for several requests, without a timer.

    request ──add──▶ waiting ──▶ [ m m m m ] ──▶ statement ──▶ an answer for each
                        │  while `in_flight` statements run, whoever comes waits;
                        ▼  when one ends, all who wait (at most `most`) go out together as the next

Alone, a request goes out at once, at the end of the loop's turn in which it came.  Under load a statement
carries as many as came while the last ones ran, so the load itself makes the groups.

A statement that the database refuses is repeated one by one: only those concerned get the error.  A request
that is cancelled while it waits is left out; one that is cancelled later leaves the others in peace, and
what the statement does for it is done.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import asyncpg
import structlog

from storage.patience import patiently

Member = TypeVar("Member")
Answer = TypeVar("Answer")

log = structlog.get_logger()

PATIENCE_S = 10.0  # what takes longer is given up: two on a dead server would hold up all others


class GroupFailed(Exception):
    """The statement failed for this member; its cause says how.  Whether it was done is not known."""


@dataclass(eq=False)
class _Waiting(Generic[Member, Answer]):
    """A member and where its answer is awaited; done before its turn when its request was cancelled."""

    member: Member
    answer: asyncio.Future[Answer] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def succeed(self, answer: Answer) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)

    def fail(self, error: BaseException) -> None:
        if not self.answer.done():
            failed = GroupFailed()
            failed.__cause__ = error
            self.answer.set_exception(failed)


class Group(Generic[Member, Answer]):
    """Shares `statement` between members: at most `most` in one, at most `in_flight` at once.

    `statement` answers its members in their order and is run outside any request, so in no transaction.
    Of one that is `repeatable`, since doing it twice is as doing it once, errors are raised as they are.
    `grouping` False: each member goes alone and waits for none, for comparison.
    """

    def __init__(
        self,
        statement: Callable[[Sequence[Member]], Coroutine[Any, Any, Sequence[Answer]]],
        *,
        in_flight: int = 2,
        most: int = 32,
        grouping: bool = True,
        repeatable: bool = False,
    ) -> None:
        self.statement = statement
        self.in_flight = in_flight
        self.most = most
        self.grouping = grouping
        self.repeatable = repeatable
        self._waiting: deque[_Waiting[Member, Answer]] = deque()
        self._flying = 0
        self._roused: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()  # the loop itself keeps none alive

    async def add(self, member: Member) -> Answer:
        """Return what the statement answers to `member`.

        Raises: GroupFailed; of one that is repeatable, what the statement raised, or TimeoutError.
        """
        waiting = _Waiting[Member, Answer](member)
        self._waiting.append(waiting)
        self._rouse()
        try:
            return await waiting.answer
        except GroupFailed as failed:
            if self.repeatable and failed.__cause__ is not None:
                raise failed.__cause__ from None
            raise

    def _rouse(self) -> None:
        """Send at the end of this turn of the loop, so that those who come in the same turn go together."""
        loop = asyncio.get_running_loop()
        if self._roused is not loop:
            self._roused = loop
            # a context of its own: nothing of the request that happens to come first may colour the others'
            loop.call_soon(self._send, context=Context())

    def _send(self) -> None:
        self._roused = None
        while self._waiting and (self._flying < self.in_flight or not self.grouping):
            if batch := self._next():
                self._start(batch)

    def _next(self) -> list[_Waiting[Member, Answer]]:
        """Take the next group from those who still wait."""
        batch: list[_Waiting[Member, Answer]] = []
        while self._waiting and len(batch) < (self.most if self.grouping else 1):
            waiting = self._waiting.popleft()
            if not waiting.answer.done():
                batch.append(waiting)
        return batch

    def _start(self, batch: list[_Waiting[Member, Answer]]) -> None:
        task = asyncio.get_running_loop().create_task(self._fly(batch))
        self._flying += 1
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fly(self, batch: list[_Waiting[Member, Answer]]) -> None:
        try:
            await self._ask(batch)
        except asyncio.CancelledError:  # the process is ending
            for waiting in batch:
                waiting.answer.cancel()
            raise
        finally:
            self._flying -= 1
        self._rouse()

    async def _ask(self, batch: list[_Waiting[Member, Answer]]) -> None:
        try:
            members = [waiting.member for waiting in batch]
            answers = await patiently(self.statement(members), seconds=PATIENCE_S)
            pairs = list(zip(batch, answers, strict=True))
        except Exception as error:
            await self._fail(batch, error)
        else:
            for waiting, answer in pairs:
                waiting.succeed(answer)

    async def _fail(self, batch: list[_Waiting[Member, Answer]], error: Exception) -> None:
        """Repeat one by one what is refused because of somebody; when the server is gone, tell all."""
        if len(batch) == 1 or not _blames_a_row(error):
            for waiting in batch:
                waiting.fail(error)
            return
        log.warning("group.repeated", count=len(batch), error=type(error).__name__)
        for waiting in batch:
            if not waiting.answer.done():
                await self._ask([waiting])


def _blames_a_row(error: Exception) -> bool:
    """Say whether another statement may fare better: the server answered, and it is not about to go away."""
    if isinstance(error, asyncpg.PostgresError):
        about_the_server = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)
        return not isinstance(error, about_the_server)
    return isinstance(error, asyncpg.InterfaceError | ValueError)
