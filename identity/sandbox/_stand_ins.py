"""Stand-ins: invented staff who act from a shell of a sandbox, without a session."""

from datetime import datetime
from uuid import UUID

from identity import people
from identity.actor import Actor
from identity.roles import SCOPES
from identity.sandbox._personas import BY_KEY
from identity.sandbox._verifier import proof_of


async def stand_in(key: str, *, acting_for: UUID | None = None, now: datetime) -> Actor:
    """Return a persona of the staff in his post, `acting_for` another organ than his own if one is named."""
    who = BY_KEY[key]
    assert who.post is not None, f"{key} is not of the staff"
    person = await people.ensure(proof_of(who, now=now), now=now)
    own = [post.department for post in await people.posts_of(person.id) if post.role == who.post.role]
    return Actor(
        person_id=person.id, acting_for=acting_for or (own[0] if own else person.id),
        roles=frozenset({who.post.role}), scopes=SCOPES[who.post.role], level=3, authenticated_at=now,
        region=who.post.region,
    )  # fmt: skip
