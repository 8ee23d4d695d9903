"""Which version a session holds on to."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from identity.actor import Actor
from storage.db import execute, fetch
from storage.ids import new_id

KEPT = timedelta(days=1)

PIN = """
INSERT INTO app_pin AS had (id, party_id, session_id, app, version_id, opened_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (party_id, session_id, app) DO UPDATE SET version_id =
  CASE WHEN had.version_id = ANY($7::uuid[]) THEN excluded.version_id ELSE had.version_id END
RETURNING version_id
"""
"""Of two openings at once in one session the first decides for both."""

SWEEP = """
DELETE FROM app_pin p WHERE p.opened_at < $1 AND NOT EXISTS (
  SELECT FROM session s WHERE s.id = p.session_id AND s.ended_at IS NULL AND s.expires_at > $2)
"""


async def pin(actor: Actor, app: UUID, version_id: UUID, *, stopped: Sequence[UUID], now: datetime) -> UUID:
    """Let the actor's session keep this version of a mini-app; return the one it keeps.

    What it kept before counts unless that is `stopped`.
    """
    [row] = await fetch(PIN, new_id(), actor.person_id, actor.session_id, app, version_id, now, list(stopped))
    return UUID(str(row["version_id"]))


async def sweep(*, now: datetime) -> None:
    """Drop pins of sessions that are over."""
    await execute(SWEEP, now - KEPT, now)
