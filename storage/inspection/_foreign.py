"""Looks for a second file inside the first: archives, pages and programs that another reader would find."""

import re
import zipfile
from io import BytesIO

from storage.inspection.findings import Finding, Refused

_ANYWHERE = re.compile(
    rb"<\?php|<\?=|<script|<html|<!doctype\s+html|<iframe|<svg[\s>]|javascript:|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c",
    re.IGNORECASE,
)
"""Long enough to be no accident of compressed data, wherever they stand."""

_AT_START = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"%PDF",
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"GIF8",
    b"\x1f\x8b",
)
"""Short ones mean something only where a part of the file begins."""


def check_whole(data: bytes) -> None:
    """Refuse a file that is also an archive, a web page or a script.  Raises Refused."""
    if zipfile.is_zipfile(BytesIO(data)) or _ANYWHERE.search(data):
        raise Refused(Finding.HIDDEN_CONTENT)


def check_part(part: bytes) -> None:
    """Refuse a comment, a block of metadata or a tail that is a file of its own.  Raises Refused."""
    inner = part.lstrip(b"\0\r\n\t ")
    if inner.startswith(_AT_START) or b"PK\x03\x04" in part or b"%PDF-" in part:
        raise Refused(Finding.HIDDEN_CONTENT)
