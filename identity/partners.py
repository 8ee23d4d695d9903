"""Partners: naming another person, by his number and name together; nobody can be looked for."""

from datetime import datetime
from uuid import UUID as Id

from identity import numbers, people
from identity.errors import PersonNotFound
from identity.people import Person
from storage.clock import local_date
from storage.limits import take
from storage.seal import same, token_hash

TRIES, TRIES_PER_S = 10, 1 / 60  # of one person: whoever names many in vain is slowed down


async def take_turn(person_id: Id) -> None:
    """Count that the person names somebody, or something of somebody's.

    Raises: RateLimited.
    """
    await take(f"partner:{person_id}", capacity=TRIES, per_s=TRIES_PER_S)


async def myself(person_id: Id) -> tuple[str, str]:
    """Return one's own number and name.

    Raises: PersonNotFound for a pseudonym, of whom neither is known; PartyErased.
    """
    facts = await people.own(person_id)
    if facts.number is None:
        raise PersonNotFound
    return facts.number, facts.name


async def by_number(asker_id: Id, number: str, *, now: datetime) -> Id:
    """Return the id of the person with this number, for staff who hold a file of the authority.

    Raises: NumberRefused, RateLimited, PersonNotFound.
    """
    await take_turn(asker_id)
    person = await people.find(numbers.describe(number, today=local_date(now)).number)
    if person is None:
        raise PersonNotFound
    return Id(str(person.id))


async def named(asker_id: Id, number: str, name: str, *, now: datetime) -> tuple[Person, str]:
    """Return the person of this number and name, and the number in normal form.

    Raises: NumberRefused, RateLimited; PersonNotFound, alike for an unknown number and a wrong name.
    """
    await take_turn(asker_id)
    clean = numbers.describe(number, today=local_date(now)).number
    person = await people.find(clean)
    known = (await people.names([person.id])).get(person.id) if person else None
    if person is None or not same(token_hash(known or ""), token_hash(name.strip())):
        raise PersonNotFound
    return person, clean
