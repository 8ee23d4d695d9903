"""Who gets versions on trial though he does not make them: testers of the platform (体验官).

Who is one, for how long, and who says so belongs to the shelf; here stands what openings look at.
"""

from datetime import datetime
from uuid import UUID

from banshi.errors import InvalidInput
from identity.actor import Actor
from miniapps.catalog import queries as catalog
from storage.db import execute, fetch
from storage.ids import new_id

MOST_TRIED = 50  # mini-apps of one tester

COUNT = "SELECT count(*) AS n FROM app_trial WHERE party_id = $1 AND app <> $2"
GIVE = (
    "INSERT INTO app_trial (id, party_id, app, given_by, given_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (party_id, app) DO NOTHING RETURNING id"
)
TAKE = (
    "DELETE FROM app_trial t USING mini_app a WHERE t.party_id = $1 AND a.id = t.app AND a.app_id = $2"
    " RETURNING t.id"
)


async def let_try(actor: Actor, person_id: UUID, app_id: str, *, until: datetime, now: datetime) -> bool:
    """Let a person get what is on trial of a mini-app, from his next session on; say whether he did not yet.

    The caller holds what he is a tester by, and writes the audit.
    Raises: AppNotFound; InvalidInput when he tries as many as one can.
    """
    app = await catalog.app(actor, app_id)
    [held] = await fetch(COUNT, person_id, app.id)
    if held["n"] >= MOST_TRIED:
        raise InvalidInput(field="appId", problem=f"一位体验官最多同时试用 {MOST_TRIED} 个应用")
    return bool(await fetch(GIVE, new_id(), person_id, app.id, actor.person_id, now, until))


async def end_trial(person_id: UUID, app_id: str) -> bool:
    """Take it from him; new sessions get what everybody has.  Says whether he had it."""
    return bool(await fetch(TAKE, person_id, app_id))


async def end_trials(person_id: UUID) -> None:
    """Take from a person whatever he tries."""
    await execute("DELETE FROM app_trial WHERE party_id = $1", person_id)


async def prolong_trials(person_id: UUID, *, until: datetime) -> None:
    """Let what a person tries end then: later or sooner than it would."""
    await execute("UPDATE app_trial SET ends_at = $2 WHERE party_id = $1", person_id, until)
