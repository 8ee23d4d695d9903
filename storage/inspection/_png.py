"""PNG (ISO/IEC 15948): walks the chunks, checks their sums, keeps what makes the picture."""

import zlib
from collections.abc import Iterator

from storage.inspection import _foreign
from storage.inspection.findings import LARGEST_PICTURE, TOLERATED_TAIL, Finding, Refused

START = b"\x89PNG\r\n\x1a\n"
_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT pHYs bKGD hIST cICP".split()
)  # text, time, EXIF and animation are dropped


def clean(data: bytes) -> bytes:
    """Return the same picture without texts, EXIF, further frames and tail.

    Raises: Refused.
    """
    kept, position = [START], len(START)
    names: list[bytes] = []
    for name, body, position in _walk(data):  # noqa: B007  the last position is where the tail begins
        names.append(name)
        if name in _KEPT:
            kept.append(_chunk(name, body))
        elif not name[:1].islower():
            raise Refused(Finding.DAMAGED)  # a critical chunk that the norm does not know
        else:
            _foreign.check_part(body)
    if names[0] != b"IHDR" or b"IDAT" not in names or names.count(b"IHDR") > 1:
        raise Refused(Finding.DAMAGED)
    _check_tail(data[position:])
    return b"".join(kept)


def _walk(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Yield name and body of each chunk and where the next begins, up to the end of the picture."""
    position, name = len(START), b""
    while name != b"IEND":
        length = int.from_bytes(data[position : position + 4])
        name = data[position + 4 : position + 8]
        body = data[position + 8 : position + 8 + length]
        crc = data[position + 8 + length : position + 12 + length]
        if len(crc) < 4 or int.from_bytes(crc) != zlib.crc32(name + body):
            raise Refused(Finding.DAMAGED)
        if name == b"IHDR":
            _check_size(body)
        position += 12 + length
        yield name, body, position


def _check_size(header: bytes) -> None:
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    if not 0 < width * height <= LARGEST_PICTURE:
        raise Refused(Finding.TOO_LARGE_INSIDE)


def _check_tail(tail: bytes) -> None:
    _foreign.check_part(tail)
    if len(tail) > TOLERATED_TAIL:
        raise Refused(Finding.HIDDEN_CONTENT)


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)
