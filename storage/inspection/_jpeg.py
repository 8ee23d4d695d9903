"""JPEG (ISO/IEC 10918-1): walks the segments, keeps what makes the picture, drops what tells of its maker."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from storage.inspection import _foreign
from storage.inspection.findings import LARGEST_PICTURE, TOLERATED_TAIL, Finding, Refused

START = b"\xff\xd8"
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SOS, _EOI = 0xDA, 0xD9
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDD, 0xDA, 0xDC, 0xDE, 0xDF})
_APP = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}  # what colours and sizes need


@dataclass(frozen=True)
class _Segment:
    marker: int
    body: bytes  # what the segment holds, without its length
    scan: bytes  # the compressed picture that follows a start of scan


def clean(data: bytes, *, orientation: int) -> bytes:
    """Return the same picture without EXIF, GPS, comments and tail; `orientation` (1–8) is kept.

    The compressed picture itself is copied, not made again.
    Raises: Refused.
    """
    segments, tail = _parse(data)
    kept = [segment for segment in segments if _is_kept(segment)]
    for segment in segments:
        if not _is_kept(segment):
            _foreign.check_part(segment.body)
    _check_tail(tail)
    first = [_orientation(orientation)] if orientation != 1 else []
    return START + b"".join([*first, *map(_bytes, kept)]) + b"\xff\xd9"


def _parse(data: bytes) -> tuple[list[_Segment], bytes]:
    segments: list[_Segment] = []
    position = len(START)
    for segment, position in _walk(data):  # noqa: B007  the last position is where the tail begins
        segments.append(segment)
    markers = {segment.marker for segment in segments}
    if _SOS not in markers or not markers & _FRAMES:
        raise Refused(Finding.DAMAGED)
    _check_size(segments)
    return segments, data[position + 2 :]


def _walk(data: bytes) -> Iterator[tuple[_Segment, int]]:
    """Yield each segment and where the next begins, up to the end of the picture."""
    position = len(START)
    while True:
        while data[position : position + 2] == b"\xff\xff":  # fill bytes
            position += 1
        if len(data) < position + 2 or data[position] != 0xFF:
            raise Refused(Finding.DAMAGED)
        marker = data[position + 1]
        if marker == _EOI:
            return
        length = int.from_bytes(data[position + 2 : position + 4])
        end = position + 2 + length
        if length < 2 or end > len(data):
            raise Refused(Finding.DAMAGED)
        after = _scan_end(data, end) if marker == _SOS else end
        yield _Segment(marker, data[position + 4 : end], data[end:after]), after
        position = after


def _scan_end(data: bytes, start: int) -> int:
    found = _SCAN_END.search(data, start)
    if found is None:
        raise Refused(Finding.DAMAGED)
    return found.start()


def _check_size(segments: list[_Segment]) -> None:
    for segment in segments:
        if segment.marker in _FRAMES:
            height, width = int.from_bytes(segment.body[1:3]), int.from_bytes(segment.body[3:5])
            if not 0 < height * width <= LARGEST_PICTURE:
                raise Refused(Finding.TOO_LARGE_INSIDE)


def _is_kept(segment: _Segment) -> bool:
    if segment.marker in _FRAMES | _TABLES:
        return True
    return segment.body.startswith(_APP.get(segment.marker, b"\xff none"))


def _check_tail(tail: bytes) -> None:
    """Phones append further JPEGs (CIPA DC-007: depth and brightness); anything else of size is refused."""
    _foreign.check_part(tail)
    if len(tail) > TOLERATED_TAIL and START not in tail[:TOLERATED_TAIL]:
        raise Refused(Finding.HIDDEN_CONTENT)


def _bytes(segment: _Segment) -> bytes:
    head = bytes([0xFF, segment.marker]) + (len(segment.body) + 2).to_bytes(2)
    return head + segment.body + segment.scan


def _orientation(value: int) -> bytes:
    """Return an EXIF block that says which side is up, and nothing else."""
    tiff = (
        b"MM\0*\0\0\0\x08" + b"\0\x01" + b"\x01\x12\0\x03\0\0\0\x01" + value.to_bytes(2) + b"\0\0" + bytes(4)
    )
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2) + body
