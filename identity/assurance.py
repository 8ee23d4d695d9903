"""Assurance: how surely a sign-in proved who somebody is, and what an operation may ask of it.

Levels are the real-name levels of 浙里办: 1 phone only, 2 name and number agree, 3 the living person was
seen.  On OpenID's wire a level is an `acr` (OpenID Connect Core 2); a refusal names what is missing after
RFC 9470 (`acr_values`, `max_age`), so that a client knows how to step up.
"""

from datetime import datetime, timedelta

from identity.actor import Actor
from identity.errors import StepUpNeeded

LEVELS = (1, 2, 3)
PREFIX = "urn:banshi:level:"


def acr_of(level: int) -> str:
    """Return the `acr` of a real-name level."""
    return f"{PREFIX}{level}"


def level_of(acr: str) -> int | None:
    """Return the real-name level that an `acr` stands for; None for one that is not ours."""
    return next((level for level in LEVELS if acr == acr_of(level)), None)


def suffices(
    level: int, authenticated_at: datetime | None, *, needed: int, max_age: timedelta | None, now: datetime
) -> bool:
    """Say whether a sign-in of `level` at `authenticated_at` is as strong and as fresh as is needed."""
    if level < needed:
        return False
    if max_age is None:
        return True
    return authenticated_at is not None and now - authenticated_at <= max_age


def need(actor: Actor, *, level: int, max_age: timedelta | None = None, now: datetime) -> None:
    """Check that the actor's sign-in is strong and fresh enough.

    Raises: StepUpNeeded, which says with what to sign in again.
    """
    if not suffices(actor.level, actor.authenticated_at, needed=level, max_age=max_age, now=now):
        seconds = "" if max_age is None else int(max_age.total_seconds())
        raise StepUpNeeded(acr_values=acr_of(level), max_age=seconds)
