"""The clock of the machine: a verdict within three minutes, or those concerned know, and it comes later."""

from datetime import datetime, timedelta
from uuid import UUID

from identity import staff
from identity.actor import WORKER
from identity.roles import Role
from miniapps.catalog import queries as catalog
from miniapps.catalog.rules import VersionState
from miniapps.notices import service as notices
from miniapps.review import rules
from miniapps.review.events import LookLate
from miniapps.review.service._looking import again
from storage.db import fetch, transaction
from storage.ids import new_id
from storage.outbox import emit

AT_ONCE = 100  # versions of one turn
LATE = """
SELECT v.id, v.team_id FROM mini_app_version v LEFT JOIN app_look l ON l.version_id = v.id
WHERE v.state = 'submitted' AND v.package_sha256 IS NOT NULL AND v.submitted_at < $1 AND l.late_at IS NULL
ORDER BY v.id LIMIT $2
"""
MARK = """
INSERT INTO app_look AS had (id, version_id, team_id, state, tries, began_at, late_at)
VALUES ($1, $2, $3, 'waiting', 0, $4, $4)
ON CONFLICT (version_id) DO UPDATE SET late_at = excluded.late_at WHERE had.late_at IS NULL RETURNING 1
"""
LOST = """
UPDATE app_look l SET tried_at = $1 FROM mini_app_version v
WHERE v.id = l.version_id AND v.state = 'submitted' AND v.package_sha256 IS NOT NULL
  AND coalesce(l.tried_at, l.began_at) < $2 RETURNING l.version_id
"""
"""Whatever became of the job: a look that is well is tried again within ten minutes, or is over."""


async def watch_looks(*, now: datetime) -> int:
    """Tell of versions whose verdict is late, take up what nobody looks at; return how many are told of."""
    late = await fetch(LATE, now - rules.PROMISED, AT_ONCE)
    for row in late:
        async with transaction():
            if await fetch(MARK, new_id(), row["id"], row["team_id"], now):
                await emit(LookLate(party_id=None, version_id=row["id"], at=now), now=now)
    async with transaction():
        for row in await fetch(LOST, now, now - rules.LOST):
            await again(row["version_id"], now=now, after=timedelta(0))
    return len(late)


async def tell_late(version_id: UUID, *, at: datetime, now: datetime) -> None:
    """Tell who handed a version in that the machine is late, and the operators, once an hour for all."""
    row = await catalog.version(WORKER, version_id)
    if row.state != VersionState.SUBMITTED:
        return
    app = await catalog.app_of(WORKER, row)
    told = {"name": app.name, "version": row.version}
    key = f"review.look_late:{version_id}"
    await notices.tell_of(row.submitted_by, kind="review.look_late", parameters=told, key=key, now=now)
    for hand in await staff.holders(Role.OPERATOR):
        hourly = f"review.looks_wait:{at:%Y-%m-%dT%H}"
        await notices.tell_of(hand, kind="review.looks_wait", parameters=told, key=hourly, now=now)
