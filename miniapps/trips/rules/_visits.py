"""What may be recorded as a visit."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from banshi.errors import InvalidInput
from miniapps.notices.rules import without_numbers
from miniapps.trips.errors import VisitSourceRefused, VisitTimeRefused, VisitUnfounded
from miniapps.trips.rules._facts import Evidence, Place, VisitFact
from miniapps.trips.rules._words import CAUSE_WORDS, NO_TRIP, STAFF_SOURCES, Cause, PlaceKind, Source

EARLIEST = timedelta(days=365)
"""A proof may be fetched before the case is opened; before that the visit was for something else."""

LONGEST_REFERENCE = 80  # characters, as are the other two
LONGEST_KEY = 80
LONGEST_PLACE = 200
LONGEST_REMARK = 500
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # all but line breaks and tabs
SHA256 = re.compile(r"[0-9a-f]{64}")


COUNTER = "counter"
"""All halls and their counters are one door: who goes there sees to everything on that day."""


def door(cause: Cause, place: Place) -> str:
    """Return which door was gone through: `COUNTER`, or another place's id or name without its spacing."""
    if place.kind is not PlaceKind.ELSEWHERE and cause is not Cause.FETCH_PROOF_ELSEWHERE:
        return COUNTER
    return str(place.id) if place.id else "".join(place.words.split()).casefold()


def check_source(source: Source, *, staff: bool, through_app: bool) -> None:
    """Refuse a caller who speaks for somebody else.

    Raises: VisitSourceRefused.
    """
    own = Source.MINI_APP if through_app else Source.CITIZEN
    allowed = STAFF_SOURCES if staff else {own}
    if source not in allowed:
        raise VisitSourceRefused(source=source)


def check_time(visited_at: datetime, *, opened_at: datetime, now: datetime) -> None:
    """Refuse a visit that cannot have been for this case, or whose time names no zone.

    Raises: VisitTimeRefused.
    """
    if visited_at.tzinfo is None or not opened_at - EARLIEST <= visited_at <= now:
        raise VisitTimeRefused(visited_at=visited_at.isoformat())


def check_evidence(evidence: Evidence, source: Source) -> None:
    """Refuse a record without a reference, one that names a person's number, and a checksum that is none.

    Raises: VisitUnfounded.
    """
    reference = evidence.reference.strip()
    if len(reference) > LONGEST_REFERENCE or CONTROL.search(reference):
        raise VisitUnfounded()
    if without_numbers(reference) != reference or (source in STAFF_SOURCES and not reference):
        raise VisitUnfounded()
    if evidence.sha256 is not None and not SHA256.fullmatch(evidence.sha256):
        raise VisitUnfounded()


def check_text(field: str, text: str, longest: int, *, required: bool = True) -> None:
    """Refuse words of a client that no row could hold.

    Raises: InvalidInput naming `field`.
    """
    if len(text) > longest or CONTROL.search(text) or (required and not text.strip()):
        least = 1 if required else 0
        raise InvalidInput(field=field, problem=f"write {least} to {longest} characters, no control ones")


def causes_in_words(visits: Iterable[VisitFact]) -> str:
    """Return the causes of the trips among `visits`, in Chinese, each once, in the order of time."""
    trips = sorted(
        (visit for visit in visits if visit.cause not in NO_TRIP), key=lambda visit: visit.visited_at
    )
    return "、".join(dict.fromkeys(CAUSE_WORDS[visit.cause] for visit in trips))
