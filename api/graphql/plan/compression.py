"""Answers in parts, whole or compressed: the compressed forms of fragments are spliced in.

gzip: a member is a sequence of deflate blocks, and blocks that refer to nothing before them may stand
anywhere in it.  zstd: a body is a sequence of frames.  Fragments are squeezed once and hard, the rest
for each answer and quickly.
"""

import threading
import zlib
from collections.abc import Iterator, Sequence
from struct import pack

from zstandard import ZstdCompressor

from api.graphql.plan.fragments import Fragment

Parts = Sequence[bytes | Fragment]

WORTH = 1_000  # bytes; a smaller body fits in one packet anyway

GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # no name, no time, of no known system
LAST_BLOCK = b"\x03\0"  # final and empty
STORED = 60  # bytes of a part that is not worth squeezing

# a window of 8 KiB: the usual one is 256 KiB of memory to clear for each answer, ten times the work
LIVE = (6, zlib.DEFLATED, -13, 6)


def plain(parts: Parts) -> bytes:
    """Return the body as it is."""
    return b"".join([part if isinstance(part, bytes) else part.raw for part in parts])


def gzip(parts: Parts) -> bytes:
    """Return the body as one gzip member."""
    squeeze = zlib.compressobj(*LIVE)
    made, check, size = [GZIP_HEAD], 0, 0
    for part in _joined(parts):
        raw = part if isinstance(part, bytes) else part.raw
        check = zlib.crc32(raw, check)
        size += len(raw)
        if isinstance(part, Fragment):
            made.append(part.deflated)
        elif len(part) < STORED:
            made += (pack("<BHH", 0, len(part), len(part) ^ 0xFFFF), part)
        else:
            made += (squeeze.compress(part), squeeze.flush(zlib.Z_FULL_FLUSH))
    made += (LAST_BLOCK, pack("<LL", check, size & 0xFFFFFFFF))
    return b"".join(made)


class _PerThread(threading.local):
    def __init__(self) -> None:
        self.compress = ZstdCompressor(level=3, write_checksum=False).compress


_live = _PerThread()  # a compressor may not serve two threads at once


def zstd(parts: Parts) -> bytes:
    """Return the body as one zstd frame for each part; neighbours that are no fragments share one."""
    made = [part.zstd if isinstance(part, Fragment) else _live.compress(part) for part in _joined(parts)]
    return b"".join(made) or _live.compress(b"")


def _joined(parts: Parts) -> Iterator[bytes | Fragment]:
    """Yield the parts, neighbouring bytes as one and none of them empty."""
    live: list[bytes] = []
    for part in parts:
        if isinstance(part, bytes):
            live.append(part)
            continue
        if any(live):
            yield b"".join(live)
        live = []
        yield part
    if any(live):
        yield b"".join(live)
