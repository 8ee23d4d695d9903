"""The check itself, pure: bytes and a claimed type in, bytes to keep out.  Imports the heavy parsers."""

from collections.abc import Callable

from storage.inspection import _foreign, _pdf, _picture
from storage.inspection.findings import DRAWN, Finding, Refused

_KINDS: dict[str, tuple[bytes, Callable[[bytes], bytes]]] = {
    "application/pdf": (_pdf.START, _pdf.check),
    "image/jpeg": (b"\xff\xd8\xff", _picture.check_jpeg),
    "image/png": (b"\x89PNG\r\n\x1a\n", _picture.check_png),
    DRAWN: (b"", _picture.drawn),
}


def check(data: bytes, media_type: str) -> bytes:
    """Return what to keep of a file that is of `media_type` and nothing else.

    Raises: Refused; and whatever a broken parser raises, which the caller takes as a refusal too.
    """
    if media_type not in _KINDS:
        raise Refused(Finding.TYPE_DIFFERS)
    magic, look = _KINDS[media_type]
    if not data.startswith(magic):
        raise Refused(Finding.TYPE_DIFFERS)
    _foreign.check_whole(data)
    return look(data)
