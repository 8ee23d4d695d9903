"""Who asks again and again by the lane, and what the tests of that have in common."""

import asyncio
import json
from typing import Any
from uuid import UUID

from identity.audit import AuditRow
from storage import clock
from tests.api.lane.served import Served
from tests.identity.factories import make_session
from tests.miniapps.notices.factories import tell


def told_as(title: str) -> bytes:
    return json.dumps(title, ensure_ascii=False).encode()


async def make_ready(served: Served) -> None:
    """Wait until changes of the catalogue are heard: before, nothing of it is kept."""
    engine = served.server.config.loaded_app.state.engine
    async with asyncio.timeout(10):
        while not engine.plans.fragments._trusting:
            await asyncio.sleep(0.01)


async def signed_in(persona: Any) -> tuple[bytes, UUID]:
    """Return the header of a persona, and his id; he is told something that nobody else is."""
    token, actor = await make_session(persona, now=await clock.now())
    await tell(actor.acting_for, key=persona.key, title=f"只给{persona.name}", now=await clock.now())
    return b"authorization: Bearer " + token.encode(), actor.person_id


async def looks_of(person_id: UUID) -> int:
    """Return how often he is noted to have seen his list of cases."""
    return int(
        await AuditRow.count().where(AuditRow.person_id == person_id, AuditRow.act == "case.list.read")
    )


async def often(line: Any, request: bytes, count: int) -> list[bytes]:
    bodies = []
    for _ in range(count):
        line.writer.write(request)
        bodies.append((await line.answer())[1])
    return bodies
