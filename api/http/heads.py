"""Heads of requests have an end: uvicorn with httptools takes lines and headers of any length into memory."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# What is read together with a head counts as it, at most 256 KiB before and 256 KiB after
MOST_BYTES = 600_000


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol; it closes a connection whose request line and headers do not come to an end."""

    _received = 0  # bytes of a head that goes on

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self._received and self._received + len(data) > MOST_BYTES:
            self.send_400_response("The head of this request is too long.")
            return
        super().data_received(data)
        # the scope is made when a request begins, and gets its method when its head is complete
        if self.scope is None or "method" in self.scope:
            self._received = 0
        else:
            self._received += len(data)
