"""Short ways: what answers the plainest of requests without the router, below ASGI (`api.http.lane`).

    Short.take(line, headers, body) -> Work -> Work.answer(state) -> Answered
                                       Work.begin(state) -> [Work.waits] -> Work.end(state) -> Answered

Work that can `begin` needs no task: it waits for one thing at most.  A way that takes a request and then
gives no answer leaves it to the ordinary way, with what it found out about its sender in `state`.
"""

import re
from asyncio import Future
from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct

from api.http.wish import Headers

CLIENT_GONE = 499  # in log and figures: nobody got this answer


class Answered(Struct, frozen=True, gc=False):
    """An answer as it is written; the lines of its headers tell the length of the body's pieces together."""

    status: int
    lines: Sequence[bytes]
    body: Sequence[bytes]


class Work(Protocol):
    """One request on its way."""

    waits: Future[Any] | None = None  # what is waited for after `begin`

    def begin(self, state: dict[str, Any]) -> bool:
        """Begin to answer what needs no task; False: ask `answer`."""
        return False

    def end(self, state: dict[str, Any]) -> Answered | None:
        """Return the answer, once `waits` is done, well or not; None: ask `answer` for the rest."""
        return None

    async def answer(self, state: dict[str, Any]) -> Answered | None:
        """Return the answer; None: the ordinary way is to give it."""

    def left(self) -> bool:
        """Hear that the client has gone; say whether the work for him is to be cancelled."""

    def tell(self, state: dict[str, Any], status: int) -> None:
        """Report the request, which was answered so."""


class Short(Protocol):
    """A short way; `begins` is how its requests do, and `line` their whole first line."""

    begins: bytes
    line: re.Pattern[bytes]

    def take(self, line: re.Match[bytes], headers: Headers, body: bytes) -> Work | None:
        """Return the work for a request; None: there is something unusual in it."""
