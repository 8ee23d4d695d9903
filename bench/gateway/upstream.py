"""The back end behind everything that is measured: it answers each POST alike, at once, and counts them.

`python -m bench.gateway.upstream`; PORT names the port.  GET /count tells how many it answered.
"""

import asyncio
import os
from typing import Any

import uvloop

ANSWER = (
    b'{"most":36000,"months":12,"city":"\xe6\x9d\xad\xe5\xb7\x9e","reasons":["RENT","DISTANCE"],'
    b'"account":{"open":true,"balance":1835200}}'
)
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
SAID = HEAD % len(ANSWER) + ANSWER
END, LENGTH = b"\r\n\r\n", b"content-length:"


class Upstream(asyncio.Protocol):
    """One connection."""

    answered = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport: Any = transport
        self.got = b""

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self.got += data
        while (end := self.got.find(END)) >= 0:
            head = self.got[:end].lower()
            at = head.find(LENGTH)
            size = 0 if at < 0 else int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0])
            if len(self.got) < end + 4 + size:
                return
            self.got = self.got[end + 4 + size :]
            self.transport.write(self.answer(head))

    def answer(self, head: bytes) -> bytes:
        """Return what is said to a request."""
        if head.startswith(b"post "):
            Upstream.answered += 1
            return SAID
        told = b"%d" % Upstream.answered
        return HEAD % len(told) + told


async def serve() -> None:
    """Serve until the process ends."""
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", int(os.environ["PORT"]))
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve())
