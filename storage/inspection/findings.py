"""What can be wrong with a file, as stable words."""

from dataclasses import dataclass
from enum import StrEnum

MEGAPIXEL = 1_000_000
LARGEST_PICTURE = 50 * MEGAPIXEL  # pixels; an A4 page at 600 dpi has 35 million
MOST_PAGES = 200
WIDEST = 8_000  # pixels, either way, of a picture that is drawn anew
DRAWN = "drawn"  # in place of a media type: any picture, to be kept as a PNG of what is to be seen
TOLERATED_TAIL = 1024  # bytes after the end of a picture or document that say nothing


class Finding(StrEnum):
    """Why a file is refused."""

    TYPE_DIFFERS = "type_differs"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    ACTIVE_CONTENT = "active_content"
    HIDDEN_CONTENT = "hidden_content"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_LARGE_INSIDE = "too_large_inside"
    VIRUS = "virus"
    UNREADABLE = "unreadable"


class Refused(Exception):
    """The file is not taken, for this finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.value)
        self.finding = finding


@dataclass(frozen=True)
class Verdict:
    """The outcome for one file: a finding, or the bytes to keep."""

    finding: Finding | None
    clean: bytes  # as sent; pictures without the place and device they were taken with
