"""The short way for calls of mini-apps' back ends: POST /gw/{app}/{api} of the plainest kind, by the lane.

The router, its record of the request and that of the answer were a third of what such a call cost.  What is
answered is what the route answers (`api.http.gateway`), refusals and all.
"""

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import structlog
from litestar.config.cors import CORSConfig

from api.graphql.errors import Bug
from api.http import asking, gateway
from api.http.errors import error_body, headers_of
from api.http.report import report
from api.http.short import Answered, Work
from api.http.whole import lines
from api.http.wish import CONTENT_TYPES, Header, Headers
from banshi import calls
from banshi.errors import DomainError
from miniapps.gateway.service import Exchange

log = structlog.get_logger()

ROUTE = "/gw/{app_id}/{api}"  # in log and figures, as the router has it


class PlainCalls:
    """Answers calls; `exchange` is this process', `shares` says which hosts have the platform's paths.

    `headers` go with every answer.
    """

    begins = b"POST /gw/"
    line = re.compile(rb"POST /gw/([a-z0-9-]{1,60})/([0-9A-Za-z._-]{1,100}) HTTP/1\.1\r\n")

    def __init__(
        self,
        exchange: Exchange,
        *,
        shares: Callable[[str], bool],
        cors: CORSConfig | None,
        headers: Sequence[Header],
    ) -> None:
        self.exchange = exchange
        self.shares = shares
        self.has_cors = cors is not None
        self.lines = lines([(b"content-type", b"application/json"), *headers])

    def take(self, line: re.Match[bytes], headers: Headers, body: bytes) -> "PlainCall | None":
        """Return the work for a call; None: there is something unusual in it."""
        if headers.get(b"content-type") not in CONTENT_TYPES or len(body) > calls.MOST_BODY:
            return None
        if self.has_cors and b"origin" in headers:
            return None
        if not self.shares(headers.get(b"host", b"").decode("latin-1")):
            return None
        if headers.get(b"authorization", b"")[:5].lower() == b"dpop ":  # its proof needs the whole request
            return None
        return PlainCall(self, line[1].decode(), line[2].decode(), headers, body)


class PlainCall(Work):
    """One call; it goes on when the client has left, for the back end may have begun."""

    def __init__(self, way: PlainCalls, app_id: str, api: str, headers: Headers, body: bytes) -> None:
        self._way, self._app_id, self._api = way, app_id, api
        self._headers, self._body = headers, body
        self._codes: Sequence[str] = ()

    async def answer(self, state: dict[str, Any]) -> Answered:
        """Return the answer, whatever it is."""
        try:
            status, body = await self._passed(state)
            return self._answered(status, body, state["request_id"])
        except DomainError as refusal:
            return self._refused(refusal, state["request_id"])
        except Exception as error:
            log.error("http.bug", exc_info=error)
            return self._refused(Bug(), state["request_id"])

    def left(self) -> bool:
        """Hear that the client has gone; the work is not cancelled."""
        return False

    def tell(self, state: dict[str, Any], status: int) -> None:
        """Report the request."""
        seconds = time.perf_counter() - state["began"]
        report(
            route=ROUTE, method="POST", status=status, seconds=seconds,
            request_id=state["request_id"], codes=self._codes,
        )  # fmt: skip

    async def _passed(self, state: dict[str, Any]) -> calls.Answer:
        asker = await asking.bearer(self._header("authorization"), state["address"])
        await gateway.counted(asker, state["address"])
        key = gateway.key_in(self._header)
        asked = gateway.asked_by(self._header, self._app_id, self._api, key, self._body, state["request_id"])
        return await gateway.passed(asker, asked, self._header, self._way.exchange)

    def _header(self, name: str) -> str:
        value = self._headers.get(name.encode())
        return "" if value is None else value.decode("latin-1")

    def _refused(self, refusal: DomainError, request_id: str) -> Answered:
        self._codes = [refusal.code]
        more = [(name.encode(), str(value).encode()) for name, value in headers_of(refusal).items()]
        body = msgspec.json.encode(error_body(refusal, request_id))
        return self._answered(refusal.status, body, request_id, lines(more))

    def _answered(self, status: int, body: bytes, request_id: str, more: bytes = b"") -> Answered:
        own = b"content-length: %d\r\nx-request-id: %s\r\n" % (len(body), request_id.encode())
        return Answered(status, (self._way.lines, more, own), (body,))
