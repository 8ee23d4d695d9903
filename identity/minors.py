"""Minors: what somebody under eighteen may do for himself without his guardian.

Each person's row says whether he was a minor when he last proved who he is, and no more of his birthday.
Who was not is asked nothing; of who was, the number is opened and the day itself decides.
"""

from datetime import datetime
from uuid import UUID as Id

from identity import numbers, people
from identity.actor import Actor
from identity.capacity import Capacity, capacity, is_minor
from identity.relation_errors import GuardianHandsIn
from storage.clock import local_date
from storage.db import execute, fetch


async def need(actor: Actor, least: Capacity, *, now: datetime) -> None:
    """Check that who acts for himself may do so alone.  One statement for a minor, none for others.

    Who acts for somebody else was found able to when the mandate began.
    Raises: GuardianHandsIn.
    """
    if not actor.is_minor or actor.acting_for != actor.person_id:
        return
    if await of(actor.person_id, now=now) < least:
        raise GuardianHandsIn


async def of(person_id: Id, *, now: datetime) -> Capacity:
    """Return the person's capacity now; of a pseudonym, whose age nobody knows, it is full.

    Raises: PartyErased.
    """
    statement = f"SELECT person.self_supporting_at, {people.SEALED} FROM person WHERE id = $1"  # noqa: S608
    [row] = await fetch(statement, person_id)
    number, today = people.opened(person_id, row).number, local_date(now)
    birthday = None if number is None else numbers.describe(number, today=today).birthday
    if birthday is None:
        return Capacity.FULL
    return capacity(birthday, self_supporting=row["self_supporting_at"] is not None, today=today)


async def of_number(person_id: Id, number: str, *, now: datetime) -> Capacity:
    """Return the capacity of the person with this number: no statement for who is of age."""
    today = local_date(now)
    if not is_minor(numbers.describe(number, today=today).birthday, today=today):
        return Capacity.FULL
    return await of(person_id, now=now)


async def record_self_supporting(person_id: Id, *, now: datetime) -> None:
    """Keep that the person lives on his own labour; from which age on that counts is `capacity`'s to say."""
    await execute(
        "UPDATE person SET self_supporting_at = coalesce(self_supporting_at, $2) WHERE id = $1",
        person_id, now,
    )  # fmt: skip
