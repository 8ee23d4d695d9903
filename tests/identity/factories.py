"""People for tests: signed in, or about to."""

import re
from datetime import UTC, datetime

from identity import accounts, opening, people, sandbox
from identity.actor import Actor
from identity.people import Person
from identity.sandbox import Persona

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # a Friday, 12:00 in Shanghai
WANG = sandbox.BY_KEY["wang_fang"]
WU = sandbox.BY_KEY["wu_gang"]


async def make_person(persona: Persona = WANG) -> Person:
    return await people.ensure(sandbox.proof_of(persona, now=NOON), now=NOON)


async def make_session(
    persona: Persona = WANG, *, acting_as: str = "citizen", now: datetime = NOON
) -> tuple[str, Actor]:
    """A session of the persona, and the actor who bears it."""
    proof = sandbox.proof_of(persona, now=now)
    person = await people.ensure(proof, now=now)
    token, *_ = await opening.open(proof, person, acting_as=acting_as, device="电话", now=now)
    actor = await accounts.actor_of(token, now=now)
    assert actor is not None
    return token, actor


def a_form(persona: Persona = WANG, **changes: str) -> dict[str, str]:
    """What the persona types to sign in by face."""
    return {"id_number": persona.number, "name": persona.name, "face": "ok", **changes}


async def code_sent() -> str:
    """The code in the newest message of the sandbox."""
    newest = (await sandbox.messages())[0]
    return re.findall(r"\d{6}", newest.text)[0]
