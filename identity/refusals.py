"""Refusals: whoever is refused after his form was read leaves a row, by whichever method he came."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from banshi.errors import DomainError, InvalidInput, RateLimited, Unavailable
from identity import audit
from identity.actor import ANONYMOUS, Actor
from identity.errors import NumberRefused, SessionNotFound

NONE = (InvalidInput, NumberRefused, RateLimited, SessionNotFound, Unavailable)
"""What refuses nobody: the form was not read, the authority could not be asked, or too many came at once.

A row for each of too many would let a stranger fill the disk.
"""


async def note(
    object: str, method: str, refused: DomainError, *, actor: Actor = ANONYMOUS, now: datetime
) -> None:
    """Record that somebody who came by `method` was refused; `object` names no person.

    The row is of the actor alone, whomever he acts for.
    """
    if not isinstance(refused, NONE):
        basis = f"method {method}: {refused.code}"
        await audit.record(actor, "session.refuse", object, basis, now=now, party_id=actor.person_id)


@asynccontextmanager
async def noted(object: str, method: str, *, actor: Actor = ANONYMOUS, now: datetime) -> AsyncIterator[None]:
    """Record whatever refuses inside; go round the transaction, not into it, so that the row outlives it."""
    try:
        yield
    except DomainError as refused:
        await note(object, method, refused, actor=actor, now=now)
        raise
