"""The connections that this process holds, and the calls under way on each."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

PATIENCE_S = 10.0  # for an answer
FAULTS = 500  # a status from here on is the back end's own fault
DOWN = (502, 503, 504)  # what stands before a back end says that it does not answer
MOST_UNDER_WAY = 64  # calls on one connection
GRACE_S = 5.0  # calls of a connection that is to end have so long to be answered


class Outcome(StrEnum):
    """What became of a call that was to go down one connection."""

    ANSWERED = "answered"
    GONE = "gone"  # it was not sent: there is no such connection any more
    BUSY = "busy"  # it was not sent: enough calls are under way there
    UNREACHED = "unreached"  # it was not sent: nobody answers at the address
    UNREAD = "unread"  # it was sent, and what came is no answer
    LOST = "lost"  # it was sent, and the connection ended before the answer came


class Result(msgspec.Struct, frozen=True):
    """What came of a call: `status` and the JSON in `body` are the back end's, when it answered."""

    outcome: Outcome
    status: int = 0
    body: bytes = b""

    @property
    def is_fault(self) -> bool:
        """Say whether the back end failed; one that is not connected, or has enough to do, did not."""
        if self.outcome is Outcome.ANSWERED:
            return self.status >= FAULTS
        return self.outcome not in (Outcome.GONE, Outcome.BUSY)

    @property
    def is_down(self) -> bool:
        """Say whether it seems to be down for all; a 500 may be what one citizen's input brings about."""
        return self.status in DOWN if self.outcome is Outcome.ANSWERED else self.is_fault


class Call(msgspec.Struct, frozen=True):
    """What a back end is told of a call; it reads `token` to know for whom it is.

    `id` tells it from others on a connection; at an address it has none.
    """

    id: str
    api: str
    token: str
    request_id: str
    body: bytes  # JSON
    idempotency_key: str = ""

    def frame(self) -> bytes:
        """Return the text that goes down a connection."""
        told = {name: getattr(self, name) for name in self.__struct_fields__}
        return msgspec.json.encode({"type": "call", **told, "body": msgspec.Raw(self.body)})


GONE, BUSY, LOST = (Result(outcome) for outcome in (Outcome.GONE, Outcome.BUSY, Outcome.LOST))


@dataclass(eq=False)
class Connection:
    """One connection of a back end: `send` writes a text frame to it."""

    id: str
    channel: str
    send: Callable[[bytes], Awaitable[None]]
    waiting: dict[str, asyncio.Future[Result]] = field(default_factory=dict)
    ending: bool = False  # no call is sent there any more
    ended: bool = False

    async def call(self, call: Call) -> Result:
        """Send a call, and wait for what becomes of it."""
        if self.ending:
            return GONE
        if len(self.waiting) >= MOST_UNDER_WAY:
            return BUSY
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self.waiting[call.id] = future
        try:
            await self.send(call.frame())
            return await future
        except (OSError, RuntimeError):  # it ended while we wrote
            return LOST
        finally:
            self.waiting.pop(call.id, None)

    def answered(self, call_id: str, status: int, body: bytes) -> bool:
        """Hand an answer to who waits for it; False: nobody does any more."""
        future = self.waiting.get(call_id)
        if future is None or future.done():
            return False
        future.set_result(Result(Outcome.ANSWERED, status, body))
        return True

    def end(self) -> None:
        """Tell everybody who waits that no answer will come."""
        self.ending = self.ended = True
        for future in self.waiting.values():
            if not future.done():
                future.set_result(LOST)

    async def drain(self) -> None:
        """Take no more calls, and wait until those under way are answered, for GRACE_S at most."""
        self.ending = True
        waiting = [future for future in self.waiting.values() if not future.done()]
        if waiting:
            await asyncio.wait(waiting, timeout=GRACE_S)
