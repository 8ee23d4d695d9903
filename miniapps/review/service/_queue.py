"""The queue: what waits, who has claimed it, and what goes first."""

from datetime import datetime
from uuid import UUID

import msgspec

from banshi.manifest import Manifest
from identity import audit
from identity.actor import WORKER, Actor, check_operator
from identity.written import words
from miniapps.calendar import queries as calendar
from miniapps.catalog import queries as catalog
from miniapps.catalog.rules import VersionState
from miniapps.review import queries, rules
from miniapps.review.errors import ReviewNotForYou, ReviewOver, ReviewTaken
from miniapps.review.rules import Lane, ReviewState
from miniapps.review.tables import AppReview
from storage.clock import local_date
from storage.db import transaction

LONGEST_REASON = 200  # characters


async def open_(version_id: UUID, *, now: datetime, appeal: str = "") -> AppReview | None:
    """Put a queued version before people; None when it is not queued.  Twice is once."""
    async with transaction():
        row, app = await catalog.lock_version(WORKER, version_id)
        if row.state != VersionState.QUEUED:
            return None
        before = await queries.rounds(version_id)
        if before and before[-1].state in queries.OPEN:
            return before[-1]
        made = msgspec.json.decode(row.manifest, type=Manifest)
        due_on = (await calendar.current()).deadline(local_date(now), rules.DAYS[Lane.NORMAL])
        opened = AppReview(
            version_id=row.id, round=len(before) + 1, team_id=row.team_id, app_id=app.app_id,
            name=made.name, version=row.version, submitted_by=row.submitted_by, queued_at=now, due_on=due_on,
            appeal=appeal,
        )  # fmt: skip
        await opened.save()
    return opened


async def claim(actor: Actor, review_id: UUID, *, now: datetime) -> AppReview:
    """Take a review for three quarters of an hour, or keep it for as long again.

    Raises: ScopeMissing for whoever is no operator; ReviewNotFound; ReviewOver; ReviewTaken by another;
        ReviewNotForYou: the actor handed it in, or decided on it in an earlier round.
    """
    check_operator(actor)
    async with transaction():
        row = await queries.lock(actor, review_id)
        await check_open(row)
        await _check_hands(actor, row)
        if row.claimed_by not in (None, actor.person_id) and row.claimed_until > now:
            raise ReviewTaken(until=row.claimed_until.isoformat(timespec="minutes"))
        row.state, row.claimed_by, row.claimed_until = (
            ReviewState.CLAIMED, actor.person_id, now + rules.LEASE,
        )  # fmt: skip
        await row.save(CLAIM)
        await audit.record(actor, "review.claim", f"app_version/{row.version_id}", now=now)
    return row


async def unclaim(actor: Actor, review_id: UUID, *, now: datetime) -> AppReview:
    """Give a review back that the actor has claimed; one that he has not stays as it is.

    Raises: ScopeMissing; ReviewNotFound; ReviewOver.
    """
    check_operator(actor)
    async with transaction():
        row = await queries.lock(actor, review_id)
        await check_open(row)
        if row.claimed_by == actor.person_id:
            row.state, row.claimed_by, row.claimed_until = ReviewState.WAITING, None, None
            await row.save(CLAIM)
        await audit.record(actor, "review.unclaim", f"app_version/{row.version_id}", now=now)
    return row


async def hurry(actor: Actor, review_id: UUID, reason: str, *, now: datetime) -> AppReview:
    """Move a review into the emergency lane: due within one working day, and before all others.

    Raises: ScopeMissing; ReviewNotFound; ReviewOver; InvalidInput without a reason.
    """
    check_operator(actor)
    why = words("reason", reason, LONGEST_REASON, least=2)
    async with transaction():
        row = await queries.lock(actor, review_id)
        await check_open(row)
        days = rules.DAYS[Lane.EMERGENCY]
        due_on = (await calendar.current()).deadline(local_date(now), days)
        row.lane, row.lane_reason, row.due_on = Lane.EMERGENCY, why, min(row.due_on, due_on)
        await row.save([AppReview.lane, AppReview.lane_reason, AppReview.due_on])
        await audit.record(actor, "review.hurry", f"app_version/{row.version_id}", why, now=now)
    return row


CLAIM = [AppReview.state, AppReview.claimed_by, AppReview.claimed_until]


async def check_open(row: AppReview) -> None:
    """Refuse what is decided, or withdrawn.  Raises: ReviewOver."""
    if row.state not in queries.OPEN or not await queries.is_queued(row.version_id):
        raise ReviewOver


async def _check_hands(actor: Actor, row: AppReview) -> None:
    earlier = {each.decided_by for each in await queries.rounds(row.version_id)}
    if actor.person_id in {*earlier, row.submitted_by}:
        raise ReviewNotForYou
