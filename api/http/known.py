"""A trusted document that came by the lane: in a task, or without one when it has come before (ADR 191)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import structlog

from api import metrics
from api.context import Context
from api.graphql.plan.again import drop
from api.graphql.plan.runtime.compression import Parts
from api.http import senders
from api.http.asked import Asked, Body, encoded, tell, understood
from api.http.short import Answered, Work
from api.http.wish import Headers, Wish

log = structlog.get_logger()


class Way(Protocol):
    """What `api.http.hot` offers."""

    async def body(self, asked: Asked, context: Context, wish: Wish) -> Body | None:
        """Return what answers; None: the ordinary way is to answer."""

    def remember(self, body: bytes, make: Callable[[], Any] | None) -> None:
        """Know a request by its body when it comes again."""

    def lines_with(self, body: Body, wish: Wish, request_id: str) -> tuple[bytes, ...]:
        """Return the lines of headers that go with `body`."""


class Asking(Work):
    """A trusted document that came by the lane; who asks is known and counted before it may be cancelled.

    `again` answers it without a task, if it has come before.
    """

    def __init__(
        self, way: Way, headers: Headers, wish: Wish, body: bytes, asked: Asked | None, again: Any
    ) -> None:
        self._way, self._headers, self._wish, self._body = way, headers, wish, body
        self._asked, self._again = asked, again
        self._context: Context | None = None
        self._begun: Any = None
        self._rest: tuple[Parts, Sequence[Awaitable[None]]] | None = None
        self._may_end = self._gone = False

    def begin(self, state: dict[str, Any]) -> bool:
        """Begin to answer when it has come before, from one who is known."""
        if self._again is None:
            return False
        context = self._context = senders.at_hand(state, self._headers)
        begun = None if context is None else self._again.begin(context)
        if begun is None:
            return False
        self._begun, self.waits, self._may_end = begun, begun.waits, True
        return True

    def end(self, state: dict[str, Any]) -> Answered | None:
        """Return the answer; None: something is to be awaited before, or the ordinary way is to give it."""
        self._may_end = False
        ended = self._begun.end()
        if ended is None:
            return None
        parts, noting = ended
        if not noting:
            return self._whole(parts, state)
        self._rest = ended
        return None

    async def answer(self, state: dict[str, Any]) -> Answered | None:
        """Return the answer; None: the ordinary way is to give it."""
        if self._begun is not None:
            return await self._go_on(state)
        context = self._context = self._context or await senders.context_of(state, self._headers)
        asked = self._asked or understood(self._body)
        if context is None or asked is None or self._gone:
            return None
        self._may_end = True
        body = await self._way.body(asked, context, self._wish)
        self._may_end = False
        if body is None:
            return None
        self._way.remember(self._body, context.again)
        return self._answered(body, state)

    async def _go_on(self, state: dict[str, Any]) -> Answered | None:
        if self._rest is None:
            return None
        parts, noting = self._rest
        try:
            for each in noting:
                await each
        except Exception as error:
            log.error("hot.bug", exc_info=error)
            drop(noting)
            return None
        return self._whole(parts, state)

    def _whole(self, parts: Parts, state: Mapping[str, Any]) -> Answered | None:
        try:
            body = encoded(parts, self._wish)
        except Exception as error:
            log.error("hot.bug", exc_info=error)
            return None
        metrics.by_plan.inc()
        return self._answered(body, state)

    def _answered(self, body: Body, state: Mapping[str, Any]) -> Answered:
        return Answered(200, self._way.lines_with(body, self._wish, state["request_id"]), body[0])

    def left(self) -> bool:
        """Hear that the client has gone; say whether the work for him is to be cancelled."""
        self._gone = True
        return self._may_end

    def tell(self, state: dict[str, Any], status: int) -> None:
        """Report the request."""
        tell(state, self._context, status)
