"""PDF (ISO 32000): opens without repair, has pages, and does nothing by itself."""

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

from storage.inspection.findings import LARGEST_PICTURE, MOST_PAGES, TOLERATED_TAIL, Finding, Refused

START = b"%PDF-"
END = b"%%EOF"
MOST_OBJECTS = 100_000
MOST_DEPTH = 40
MOST_INFLATED = 128 * 1024 * 1024  # bytes of all streams that are not pictures

_ACTIVE_KEYS = frozenset(
    (
        "/JS",
        "/JavaScript",
        "/EmbeddedFiles",
        "/EF",
        "/RichMedia",
        "/RichMediaContent",
        "/XFA",
        "/AA",
        "/Launch",
        "/Collection",
    )
)
_ACTIVE_NAMES = frozenset(
    (
        "/JavaScript",
        "/Launch",
        "/EmbeddedFile",
        "/FileAttachment",
        "/RichMedia",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/Screen",
        "/3D",
        "/SubmitForm",
        "/ImportData",
        "/GoToE",
        "/GoToR",
    )
)
_NAMING_KEYS = ("/S", "/Type", "/Subtype")


def check(data: bytes) -> bytes:
    """Return the document, unchanged: a signature inside it must stay good.  Raises Refused."""
    _check_end(data)
    try:
        with pikepdf.open(BytesIO(data), attempt_recovery=False, suppress_warnings=True) as document:
            _check_document(document)
    except pikepdf.PasswordError:
        raise Refused(Finding.ENCRYPTED) from None
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, RecursionError):
        raise Refused(Finding.DAMAGED) from None
    return data


def _check_end(data: bytes) -> None:
    end = data.rfind(END)
    if end < 0:
        raise Refused(Finding.DAMAGED)
    if len(data) - end - len(END) > TOLERATED_TAIL:
        raise Refused(Finding.HIDDEN_CONTENT)


def _check_document(document: pikepdf.Pdf) -> None:
    if document.is_encrypted:
        raise Refused(Finding.ENCRYPTED)
    if len(document.objects) > MOST_OBJECTS:
        raise Refused(Finding.TOO_LARGE_INSIDE)
    pages = len(document.pages)
    if pages > MOST_PAGES:
        raise Refused(Finding.TOO_MANY_PAGES)
    if not pages:
        raise Refused(Finding.DAMAGED)
    _check_opening(document)
    budget = MOST_INFLATED
    for item in document.objects:
        for part in _parts(item, 0):
            _check_part(part)
        if isinstance(item, pikepdf.Stream):
            budget -= _inflated(item, budget)


def _check_opening(document: pikepdf.Pdf) -> None:
    """A document may open at a page (an array or a GoTo); it may not act."""
    opening: Any = document.Root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") != "/GoTo":
        raise Refused(Finding.ACTIVE_CONTENT)


def _parts(item: Any, depth: int) -> Iterator[Any]:
    """Yield every dictionary that lies in an object itself; what it refers to comes by its own."""
    if depth > MOST_DEPTH:
        raise Refused(Finding.DAMAGED)
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        yield item
        children = [item.get(key) for key in item.keys()]  # noqa: SIM118  a PDF dictionary is no mapping
    elif isinstance(item, pikepdf.Array):
        children = list(item)
    else:
        return
    for child in children:
        if not getattr(child, "is_indirect", False):
            yield from _parts(child, depth + 1)


def _check_part(part: Any) -> None:
    names = {str(part.get(key)) for key in _NAMING_KEYS}
    if _ACTIVE_KEYS.intersection(part.keys()) or _ACTIVE_NAMES & names:
        raise Refused(Finding.ACTIVE_CONTENT)
    if str(part.get("/Subtype")) == "/Image":
        width, height = int(part.get("/Width", 0)), int(part.get("/Height", 0))
        if width * height > LARGEST_PICTURE:
            raise Refused(Finding.TOO_LARGE_INSIDE)


def _inflated(stream: pikepdf.Stream, budget: int) -> int:
    """Return how large a stream is once inflated.  Raises Refused past the budget, or for nested filters."""
    filters = _filters(stream)
    if len(filters) > 2 or len(set(filters)) < len(filters):
        raise Refused(Finding.TOO_LARGE_INSIDE)
    if str(stream.get("/Subtype")) == "/Image" or filters[:1] != ["/FlateDecode"]:
        return 0
    inflator, size, rest = zlib.decompressobj(), 0, stream.read_raw_bytes()
    while rest and not inflator.eof:
        try:
            size += len(inflator.decompress(rest, 1 << 20))
        except zlib.error:
            raise Refused(Finding.DAMAGED) from None
        rest = inflator.unconsumed_tail
        if size > budget:
            raise Refused(Finding.TOO_LARGE_INSIDE)
    return size


def _filters(stream: pikepdf.Stream) -> list[str]:
    named: Any = stream.get("/Filter")
    if named is None:
        return []
    return [str(name) for name in named] if isinstance(named, pikepdf.Array) else [str(named)]
