"""At the door: what is known of a number before anybody has proved that it is his; one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from identity import keys, people
from identity.keys import Retention
from identity.methods import tries
from identity.people import Person
from identity.verifier import Proof
from storage.db import fetch

_LOOK = (
    "SELECT person.*, failure.locked, key.wrapped FROM (SELECT $1::bytea AS number) AS asked"  # noqa: S608
    f" LEFT JOIN ({tries.LOCK.format(number='$1', most='$2', since='$3')}) AS failure ON true"
    " LEFT JOIN person ON person.number_blind = asked.number"
    f" LEFT JOIN party_key AS key ON key.party_id = person.id AND key.retention = '{Retention.CITIZEN}'"
)


@dataclass(frozen=True)
class Found:
    """What is known of a number; nothing of it is opened, or told, before the proof."""

    failed_before: bool
    row: dict[str, Any] | None  # of the person, with his wrapped key

    def unchanged(self, proof: Proof) -> Person | None:
        """Return the person if his proof changes nothing: facts, level, and failures to be forgotten."""
        if self.row is None or self.failed_before:
            return None
        row = dict(self.row)
        wrapped = row.pop("wrapped")
        person = Person(**row, _exists_in_db=True)
        key = keys.unwrapped(person.id, Retention.CITIZEN, wrapped)
        if key is None or person.level < proof.level or people.changes(person, key, proof):
            return None
        return person


async def look(blinded: bytes, *, now: datetime) -> Found:
    """Return what is known of the number behind a blind index; the same work whether or not it is known.

    Raises: SignInLocked.
    """
    [row] = await fetch(_LOOK, blinded, *tries.lock_arguments(now=now))
    failed = tries.check_lock(row.pop("locked"))
    return Found(failed, None if row["id"] is None else row)
