"""Seed: what must be there before the first citizen comes.  Run it as often as you like."""

from datetime import datetime

from identity import departments, people, regions, sandbox
from storage.db import transaction


async def seed(*, now: datetime, personas: bool) -> None:
    """Store divisions and departments, and with `personas` the sandbox's staff and their posts."""
    async with transaction():
        await regions.seed()
        await departments.seed()
        if personas:
            await _appoint(now)


async def _appoint(now: datetime) -> None:
    for persona in sandbox.STAFF:
        assert persona.post is not None
        person = await people.ensure(sandbox.proof_of(persona, now=now), now=now)
        department_id = await departments.the(persona.post.agency, persona.post.region)
        await people.appoint(person.id, department_id, persona.post.role, persona.post.region, now=now)
