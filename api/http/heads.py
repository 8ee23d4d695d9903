"""Heads of requests have an end: uvicorn with httptools takes lines and headers of any length into memory."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

# What is read together with a head counts as it, at most 256 KiB before and 256 KiB after
MOST_BYTES = 600_000


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol; it closes a connection whose request line, headers or trailers do not end.

    Trailers are read and dropped: who sends one after the body may not add to what the head said.
    """

    _received = 0  # bytes of a head that goes on, or of what is neither body nor end

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self._received and self._received + len(data) > MOST_BYTES:
            self._refuse()
            return
        cycle = self.cycle
        body = 0 if cycle is None else len(cycle.body)
        super().data_received(data)
        self._received = self._received + len(data) if self._goes_on(cycle, body) else 0

    def on_headers_complete(self) -> None:
        """Begin the request; what looks like a header from now on is a trailer, and goes nowhere."""
        super().on_headers_complete()
        if not self.parser.should_upgrade():
            self.headers = []

    def _goes_on(self, before: RequestResponseCycle | None, body: int) -> bool:
        """Say whether what came is neither body nor the end of anything."""
        if self.scope is not None and "method" not in self.scope:  # it gets its method at the end of its head
            return True
        cycle = self.cycle
        return cycle is not None and cycle is before and cycle.more_body and len(cycle.body) <= body

    def _refuse(self) -> None:
        if self.cycle is not None and self.cycle.more_body:
            self.transport.close()  # its answer may be under way
        else:
            self.send_400_response("The head of this request is too long.")
