"""Stars, comments and complaints.  Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from banshi.errors import InvalidInput

STARS = range(1, 6)
LEAST = 5  # fewer ratings make no average: one angry or well-paid voice would be all of it
OPENED_WITHIN = timedelta(days=180)
LONGEST_COMMENT, LONGEST_COMPLAINT, LONGEST_REASON, LONGEST_KEY = 500, 1000, 200, 80  # characters


class CommentState(StrEnum):
    """Whether others read the words beside the stars."""

    NONE = "none"  # there are none
    WAITING = "waiting"  # for an operator
    SHOWN = "shown"
    REFUSED = "refused"


class Concern(StrEnum):
    """What a complaint is about."""

    BROKEN = "broken"  # it does not work
    MISLEADING = "misleading"
    PRIVACY = "privacy"  # asks for or tells too much
    FEES = "fees"
    CONTENT = "content"  # unlawful or offensive
    OTHER = "other"


class ComplaintState(StrEnum):
    """Where a complaint stands."""

    OPEN = "open"
    ANSWERED = "answered"


def average(counts: Mapping[int, int]) -> float | None:
    """Return the mean of the stars to one decimal, halves rounded up; None while fewer than LEAST rated.

    Shape: `counts` maps 1 to 5 stars to how many gave them.
    """
    rated = sum(counts.values())
    if rated < LEAST:
        return None
    total = sum(stars * count for stars, count in counts.items())
    return (20 * total + rated) // (2 * rated) / 10


def check_stars(stars: int) -> None:
    """Refuse what is not one to five stars.

    Raises: InvalidInput.
    """
    if stars not in STARS:
        raise InvalidInput(field="stars", problem="请选择一到五颗星")


def moment(field: str, at: datetime) -> datetime:
    """Return a time that has a zone.

    Raises: InvalidInput.
    """
    if at.tzinfo is None:
        raise InvalidInput(field=field, problem="请写明时区")
    return at


def key(text: str) -> str:
    """Return an idempotency key.

    Raises: InvalidInput.
    """
    if not 0 < len(text) <= LONGEST_KEY or not text.isprintable():
        raise InvalidInput(field="idempotencyKey", problem=f"give 1 to {LONGEST_KEY} printable characters")
    return text
