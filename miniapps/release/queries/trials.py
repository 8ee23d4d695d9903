"""Which mini-apps testers of the platform try."""

from collections.abc import Sequence
from uuid import UUID

from identity.actor import Actor
from storage.db import fetch

TRIED = (
    "SELECT t.party_id, a.app_id FROM app_trial t JOIN mini_app a ON a.id = t.app"
    " WHERE t.party_id = ANY($1) ORDER BY a.app_id"
)


async def trials_of(_actor: Actor, person_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Return the ids of the mini-apps that testers try, whom the actor was shown; one statement."""
    found: dict[UUID, list[str]] = {person_id: [] for person_id in person_ids}
    for row in await fetch(TRIED, list(person_ids)):
        found[row["party_id"]].append(row["app_id"])
    return found
