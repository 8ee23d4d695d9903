"""ClamAV's daemon over INSTREAM: bytes go by socket, one line comes back.

Contract (clamd(8)): we send `zINSTREAM\\0`, then pieces each led by its length in 4 bytes, big-endian,
then a length of zero.  The answer ends with a NUL: `stream: OK`, `stream: NAME FOUND`, or `… ERROR`.
The signatures must be kept fresh by freshclam; an answer from stale ones looks the same.
"""

import asyncio

from banshi.errors import Unavailable

PIECE_BYTES = 64 * 1024


async def is_infected(data: bytes, *, address: str, timeout_s: float) -> bool:
    """Ask the daemon at `address` (`host:port`, or the path of a Unix socket) whether `data` carries a virus.

    Raises: Unavailable when it does not answer, answers ERROR (for example: too large for its limits) or
        answers anything unknown: a file is never taken as clean by default.
    """
    try:
        async with asyncio.timeout(timeout_s):
            line = await _ask(data, address)
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        raise Unavailable(system="virus scanner") from error
    if line == "stream: OK":
        return False
    if line.startswith("stream: ") and line.endswith(" FOUND"):
        return True
    raise Unavailable(system="virus scanner")


async def _ask(data: bytes, address: str) -> str:
    reader, writer = await _connect(address)
    try:
        writer.write(b"zINSTREAM\0")
        for start in range(0, len(data), PIECE_BYTES):
            piece = data[start : start + PIECE_BYTES]
            writer.write(len(piece).to_bytes(4) + piece)
            await writer.drain()
        writer.write(bytes(4))
        return (await reader.readuntil(b"\0"))[:-1].decode(errors="replace")
    finally:
        writer.close()


async def _connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if address.startswith("/"):
        return await asyncio.open_unix_connection(address)
    host, _, port = address.rpartition(":")
    return await asyncio.open_connection(host, int(port))
