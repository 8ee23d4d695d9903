"""A server of somebody else's, who is sent what concerns him."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Receiver:
    """Keeps what it is sent, and answers each by `answer`; 0: it hangs up."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.heads: list[dict[str, str]] = []
        self.status = 200
        self.url = ""

    def answer(self, body: bytes) -> int:
        """Return the status of the answer to what came."""
        return self.status

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        lines = head.decode().split("\r\n")[1:]
        body = await reader.readexactly(length)
        self.heads.append({name.lower(): text for name, _, text in (line.partition(": ") for line in lines)})
        self.bodies.append(body)
        if status := self.answer(body):
            writer.write(b"HTTP/1.1 %d X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % status)
            await writer.drain()
        writer.close()

    @asynccontextmanager
    async def listening(self, path: str) -> AsyncIterator[None]:
        """Serve at `url`, which ends with `path`."""
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{path}"
        async with server:
            yield
