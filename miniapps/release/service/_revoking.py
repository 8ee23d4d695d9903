"""What becomes of versions whose key was revoked: nobody gets them, and they are released no more."""

from datetime import datetime
from uuid import UUID

from identity.actor import WORKER
from miniapps.catalog.rules import VersionState
from miniapps.release import queries
from miniapps.release.rules import rising
from miniapps.release.rules.steps import StepKind
from miniapps.release.service._moving import Cause, move
from storage.db import fetch, transaction

SIGNED = (
    "SELECT a.app_id, v.id FROM mini_app_version v JOIN mini_app a ON a.id = v.app"
    " WHERE v.team_id = $1 AND v.key_id = $2 AND v.state = $3 ORDER BY a.id, v.id"
)
WHY = "签名密钥已吊销"


async def revoke(team_id: UUID, key_id: str, *, now: datetime) -> None:
    """Kill the approved versions that a team signed with this key; those that are dead stay so.

    Their tokens died and their files went with the key; here the release follows.
    """
    async with transaction():
        for row in await fetch(SIGNED, team_id, key_id, VersionState.APPROVED):
            held = await queries.hold(WORKER, row["app_id"])
            killed = held.standing.killed
            if row["id"] in killed:
                continue
            cause = Cause(actor=WORKER, kind=StepKind.KILL, version_id=row["id"], reason=WHY)
            await move(held, rising.kill(held.standing, killed | {row["id"]}), cause, now=now)
