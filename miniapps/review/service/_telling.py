"""What people are told of reviews, and the clock that warns of late ones."""

from datetime import datetime
from uuid import UUID

from identity import staff
from identity.actor import WORKER
from identity.roles import Role
from miniapps.catalog import queries as catalog
from miniapps.notices import service as notices
from miniapps.review import queries
from miniapps.review.errors import ReviewNotFound
from miniapps.review.events import ReviewOverdue
from miniapps.review.rules import ReviewState
from miniapps.review.tables import AppReview
from storage.clock import local_date
from storage.db import execute, transaction
from storage.outbox import emit

AT_ONCE = 100  # reviews of one sweep
CLOSE = """
UPDATE app_review SET state = 'closed', claimed_until = NULL WHERE state IN ('waiting', 'claimed')
AND NOT EXISTS (SELECT FROM mini_app_version v WHERE v.id = app_review.version_id AND v.state = 'queued')
"""


async def sweep(*, now: datetime) -> int:
    """Close rounds whose version is no longer queued, ring for those that are late; return how many are."""
    await execute(CLOSE)
    async with transaction():
        late = await queries.late(local_date(now), limit=AT_ONCE)
        for row in late:
            row.warned_at = now
            await row.save([AppReview.warned_at])
            await emit(ReviewOverdue(party_id=None, review_id=row.id, at=now), now=now)
    return len(late)


async def tell_overdue(review_id: UUID, *, now: datetime) -> None:
    """Tell the developer that his review is late, and who is to look at it: its reviewer, or all who may."""
    try:
        row = await queries.one(WORKER, review_id)
    except ReviewNotFound:
        return
    if row.state not in queries.OPEN:
        return
    told = {"name": row.name, "version": row.version, "due_on": f"{row.due_on:%Y年%m月%d日}"}
    key = f"review:{row.id}:overdue"
    await notices.tell_of(row.submitted_by, kind="review.overdue", parameters=told, key=key, now=now)
    hands = [row.claimed_by] if row.state == ReviewState.CLAIMED else await staff.holders(Role.OPERATOR)
    for hand in hands:
        await notices.tell_of(hand, kind="review.waits_for_you", parameters=told, key=key, now=now)


async def tell_decided(version_id: UUID, kind: str, *, now: datetime) -> None:
    """Tell who handed a version in how its review ended; `kind` is review.approved or review.refused."""
    row = await catalog.version(WORKER, version_id)
    app = await catalog.app_of(WORKER, row)
    told = {"name": app.name, "version": row.version}
    key = f"{kind}:{version_id}:{row.reviewed_at}"
    await notices.tell_of(row.submitted_by, kind=kind, parameters=told, key=key, now=now)
