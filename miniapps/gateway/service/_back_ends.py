"""What one process knows of back ends: connections to their addresses, and how they do."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import structlog

from banshi.manifest import Manifest
from miniapps.gateway.rules import MOST_FRAME, SHARE, Breaker
from miniapps.gateway.service import _bounds
from miniapps.gateway.service._connections import BUSY, LOST, Call, Outcome, Result
from miniapps.gateway.service._upstreams import Upstream
from miniapps.insight import service as insight
from miniapps.insight.rules.limits import HELD, UNFIT, Trouble
from storage.outgoing import Lines, NotSent, OutgoingRefused, TooBusy, Unreadable

log = structlog.get_logger()

TOLD_AGAIN_S = 60.0
UNREACHED, UNREAD = Result(Outcome.UNREACHED), Result(Outcome.UNREAD)

Version = tuple[str, str]  # of a mini-app, by its id and number


class BackEnds:
    """`begin` does something beside."""

    def __init__(self, begin: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        self._begin = begin
        self._lines: Lines | None = None
        self._breakers: defaultdict[str, Breaker] = defaultdict(Breaker)
        self._answers: defaultdict[Version, list[int]] = defaultdict(lambda: [0, 0])  # looked at, and unfit
        self._told: dict[tuple[Version, str], float] = {}

    def close(self) -> None:
        """End the connections to addresses."""
        if self._lines is not None:
            self._lines.close()

    async def ask(self, upstream: Upstream, call: Call, *, at: datetime, patience_s: float) -> Result:
        """Send a call to the address of a back end, and return what became of it.

        Raises: TimeoutError when no answer came in so many seconds.
        """
        headers = {
            "content-type": "application/json", "accept": "application/json",
            "authorization": f"Bearer {call.token}", "x-request-id": call.request_id,
            **({"idempotency-key": call.idempotency_key} if call.idempotency_key else {}),
            **upstream.signature(call.token, call.body, at=at),
        }  # fmt: skip
        self._lines = self._lines or Lines(most_bytes=MOST_FRAME)
        path = upstream.path(call.api)
        try:
            reply = await self._lines.post(
                upstream.place, path, headers, call.body,
                patience_s=patience_s, loopback=_bounds.loopback(),
            )  # fmt: skip
        except OutgoingRefused as refused:
            log.warning("gateway.address_refused", reason=str(refused))
            return UNREACHED
        except NotSent:
            return UNREACHED
        except TooBusy:
            return BUSY
        except Unreadable:
            return UNREAD
        except ConnectionError:
            return LOST
        return Result(Outcome.ANSWERED, reply.status, reply.body)

    def lets(self, app_id: str) -> bool:
        """Say whether a call may be passed on to a mini-app now; who does so says later how it went."""
        return self._breakers[app_id].lets(time.monotonic())

    def went(self, made: Manifest, *, failed: bool | None, now: datetime) -> None:
        """Note how a call went that was let through; None: nobody knows."""
        breaker = self._breakers[made.id]
        if breaker.end(time.monotonic(), failed=failed):
            log.warning("gateway.resting", client_id=made.id)
            self._tell(made, Trouble(HELD, breaker.failures, breaker.calls, round(SHARE * 1000)), now=now)

    def looked(self, made: Manifest, *, fits: bool, now: datetime) -> None:
        """Note that an answer was held against the manifest."""
        counts = self._answers[made.id, made.version]
        counts[0] += 1
        if not fits:
            counts[1] += 1
            if self._tell(made, Trouble(UNFIT, counts[1], counts[0], 0), now=now):
                counts[:] = 0, 0

    def _tell(self, made: Manifest, trouble: Trouble, *, now: datetime) -> bool:
        """Put something among the problems of a version, at most once a minute; False: it was, lately."""
        key, at = ((made.id, made.version), trouble.key), time.monotonic()
        if at - self._told.get(key, -TOLD_AGAIN_S) < TOLD_AGAIN_S:
            return False
        self._told[key] = at
        self._begin(self._notice(made, trouble, now))
        return True

    async def _notice(self, made: Manifest, trouble: Trouble, now: datetime) -> None:
        try:
            await insight.notice_of(made.id, made.version, trouble, now=now)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # the database is away: it goes on being counted, and is told later
            log.warning("gateway.untold", error=type(error).__name__)
