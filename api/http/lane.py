"""The lane: short ways (api.http.short) below ASGI, for requests of the plainest kind.

It takes a request that comes in one piece while nothing else is under way on its connection; httptools
sees nothing of it.  Everything else is httptools' to read, and what the short way declines is given to it
as it came, with what was found out about its sender: so it goes the ordinary way, and is counted once.
"""

import asyncio
from collections.abc import Sequence
from contextvars import Context
from functools import partial
from typing import Any

from structlog.contextvars import bind_contextvars
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from api.http.edge import Edge
from api.http.heads import MOST_BYTES, Protocol
from api.http.plain import plain
from api.http.short import CLIENT_GONE, Answered, Work
from api.http.whole import lines, piece

POST = b"POST "
CLOSE = b"connection: close\r\n"
FAILED = (  # as uvicorn says it
    b"HTTP/1.1 500 Internal Server Error\r\n%scontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 21\r\nconnection: close\r\n\r\nInternal Server Error"
)


class Lane(Protocol):
    """The protocol with a lane, when the application is an `Edge` around others and has short ways."""

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        edge = getattr(self.app, "asgi_handler", None)
        is_common = self.limit_concurrency is None and not self.root_path
        self._edge = edge if is_common and isinstance(edge, Edge) else None
        self._task: asyncio.Future[Any] | None = None  # of the request under way here, or what that waits for
        self._work: Work | None = None  # which is done for it
        self._under_way: Any = self.tasks  # of the server: waited for, and cancelled, when it ends
        self._gone = False  # the client, before he was answered
        self._rests_since = 0.0  # of the loop's clock: when the lane answered last
        self._is_last = False  # the connection is to end after the answer
        self._later = b""  # what came meanwhile
        self._state: dict[str, Any] = {}  # for the request that httptools is about to see

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self._task is not None:
            self._keep(data)
        elif not data.startswith(POST) or not self._is_idle() or not self._take(data):
            super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the work for a client who has gone."""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()  # after an error, too: it runs on while answers are under way
        if self._task is not None:
            self._gone = True
            if self._work is not None and self._work.left():
                self._task.cancel()

    def shutdown(self) -> None:
        """End the connection, after the answer if one is under way."""
        if self._task is not None:
            self._is_last = True
        else:
            super().shutdown()

    def on_message_begin(self) -> None:
        """Begin the scope of a request, with what the lane found out if it comes from there."""
        super().on_message_begin()
        if self._state:
            self.scope["state"].update(self._state)
            self._state = {}

    def on_headers_complete(self) -> None:
        """Begin the request; what follows one that wants another protocol is for httptools alone."""
        super().on_headers_complete()
        if self.parser.should_upgrade():
            self._edge = None

    def _is_idle(self) -> bool:
        """Say whether a request begins now: httptools has seen the end of the last one, which is answered."""
        cycle = self.cycle
        if cycle is None:
            return self.scope is None
        return cycle.response_complete and not cycle.more_body and cycle.scope is self.scope

    def _take(self, data: bytes) -> bool:
        edge = self._edge
        way = None if edge is None else edge.way(data)
        if edge is None or way is None or (read := plain(data, way.line)) is None:
            return False
        work = way.take(*read)
        if work is None:
            return False
        state = edge.begin(self.client, read[1].get(b"x-forwarded-for", b""))
        self._work, context = work, Context()  # whoever was answered before left nothing in it
        if not context.run(work.begin, state):
            self._start(work, data, state)
        elif work.waits is None:
            context.run(self._end, work, data, state)
        else:
            self._task = work.waits
            self._under_way.add(work.waits)
            work.waits.add_done_callback(partial(self._ended, work, data, state), context=context)
        return True

    def _start(
        self, work: Work, data: bytes, state: dict[str, Any], answered: Answered | None = None
    ) -> None:
        """Do in a task what may wait for more than one thing."""
        serving = self._serve(work, data, state, answered)
        task = self._task = self.loop.create_task(serving, context=Context())
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def _ended(self, work: Work, data: bytes, state: dict[str, Any], waits: asyncio.Future[Any]) -> None:
        """Go on with work that needs no task, when what it waits for is there."""
        self._under_way.discard(waits)
        if self._gone:
            self._leave(work, state)
        elif waits.cancelled():  # the server ends
            self._fail(asyncio.CancelledError(), work, state)
        else:
            if waits.exception() is not None:
                bind_contextvars(request_id=state["request_id"])  # for what is going to be said of it
            self._end(work, data, state)

    def _end(self, work: Work, data: bytes, state: dict[str, Any]) -> None:
        try:
            answered = work.end(state)
            if answered is None or self.flow.write_paused:
                self._start(work, data, state, answered)
            else:
                self._answer(answered)
                work.tell(state, answered.status)
                self._go_on()
        except Exception as error:
            self._fail(error, work, state)

    def _keep(self, data: bytes) -> None:
        """Keep what comes while an answer is under way; with reading paused that is one piece."""
        self.flow.pause_reading()
        self._later += data
        if len(self._later) > MOST_BYTES:
            self.transport.close()

    async def _serve(self, work: Work, data: bytes, state: dict[str, Any], answered: Answered | None) -> None:
        try:
            bind_contextvars(request_id=state["request_id"])
            if answered is None:
                answered = await work.answer(state)
            if self.flow.write_paused:
                await self.flow.drain()
            if self._gone:
                self._leave(work, state)
            elif answered is None:
                self._pass_on(data, state)
            else:
                self._answer(answered)
                work.tell(state, answered.status)
                self._go_on()
        except BaseException as error:
            if self._gone:
                self._leave(work, state)
            else:
                self._fail(error, work, state)

    def _leave(self, work: Work, state: dict[str, Any]) -> None:
        """Tell of a request whose client has gone."""
        self._task = self._work = None
        work.tell(state, CLIENT_GONE)

    def _answer(self, answered: Answered) -> None:
        head: Sequence[bytes] = answered.lines
        self._task = self._work = None
        if self._is_last:
            head = (*head, CLOSE)
        self.transport.write(
            piece(
                self.server_state.default_headers, head, *answered.body, status=STATUS_LINE[answered.status]
            )
        )
        if self._is_last:
            self.transport.close()
        self._rest()

    def _rest(self) -> None:
        """Do what `on_response_complete` does, but let the timer of the last rest run on."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        self._rests_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._look_again(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """End a connection that has rested for long enough; else look again when it may have."""
        left = self._rests_since + self.timeout_keep_alive - self.loop.time()
        if self._task is not None:
            self._look_again(self.timeout_keep_alive)
        elif left > 0:
            self._look_again(left)
        else:
            super().timeout_keep_alive_handler()

    def _look_again(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def _pass_on(self, data: bytes, state: dict[str, Any]) -> None:
        """Let the ordinary way answer."""
        self._task = self._work = None
        self._state = state
        super().data_received(data)
        if self._is_last:
            self.cycle.keep_alive = False
        self._go_on()

    def _go_on(self) -> None:
        later, self._later = self._later, b""
        if later and not self.transport.is_closing():
            self.data_received(later)

    def _fail(self, error: BaseException, work: Work, state: dict[str, Any]) -> None:
        """End the connection as uvicorn does when an application fails: a bug, or the server ends."""
        self.logger.error("Exception in the lane", exc_info=error)
        if self._work is not None:
            self._task = self._work = None
            self.transport.write(FAILED % lines(self.server_state.default_headers))
            self.server_state.total_requests += 1
            work.tell(state, 500)
        self.transport.close()
