"""Answers in parts, whole or compressed.

gzip: a member is a sequence of deflate blocks, and blocks that refer to nothing before them may stand
anywhere in it; so fragments are squeezed once and hard, the rest for each answer and quickly.
zstd: blocks of one frame lean on each other, and Node reads only the first of several frames; so the
whole is squeezed for each answer, which costs less than gzip with all its fragments ready.
"""

import threading
import zlib
from collections.abc import Iterator, Sequence
from struct import pack

from zstandard import ZstdCompressor

from api.graphql.plan.runtime.fragments import Fragment

Parts = Sequence[bytes | Fragment]

WORTH = 1_000  # bytes; a smaller body fits in one packet anyway

GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # no name, no time, of no known system
LAST_BLOCK = b"\x03\0"  # final and empty
STORED = 60  # bytes of a part that is not worth squeezing

# quick, and with a window of 8 KiB: the usual one takes 256 KiB of memory for each answer
LIVE = (1, zlib.DEFLATED, -13, 6)


def plain(parts: Parts) -> bytes:
    """Return the body as it is."""
    return b"".join(pieces(parts))


def pieces(parts: Parts) -> list[bytes]:
    """Return the body as it is, in pieces."""
    return [part.raw if isinstance(part, Fragment) else part for part in parts]


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
        self.compress = ZstdCompressor(level=1, write_checksum=False).compress


_live = _PerThread()  # a compressor may not serve two threads at once


def zstd(parts: Parts) -> bytes:
    """Return the body as one zstd frame."""
    return _live.compress(plain(parts))


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
