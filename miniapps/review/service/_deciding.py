"""A person decides: approves, or refuses with reasons that cite rule and evidence."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from identity.actor import Actor, check_operator
from miniapps.catalog import service as catalog
from miniapps.review import queries, rules
from miniapps.review.errors import ReviewNotClaimed, ReviewOver
from miniapps.review.rules import Reason, ReviewState
from miniapps.review.service._queue import check_open, claim, open_
from miniapps.review.tables import AppReview
from storage.db import transaction


async def approve(actor: Actor, review_id: UUID, *, now: datetime) -> AppReview:
    """Find a version good that the actor has claimed: it may be given to citizens from now on.

    Raises: ScopeMissing; ReviewNotFound; ReviewOver; ReviewNotClaimed; as `catalog.approve` does.
    """
    check_operator(actor)
    async with transaction():
        row = await _claimed(actor, review_id)
        await catalog.approve(actor, row.version_id, now=now)
        await _decide(actor, row, ReviewState.APPROVED, (), now=now)
    return row


async def approve_at_once(actor: Actor, version_id: UUID, *, now: datetime) -> AppReview:
    """Claim a queued version and find it good, in one go; the round is on record as any other.

    Raises: as `claim` and `approve` do; ReviewOver: it is not queued.
    """
    async with transaction():
        opened = await open_(version_id, now=now)
        if opened is None:
            raise ReviewOver
        await claim(actor, opened.id, now=now)
        return await approve(actor, opened.id, now=now)


async def refuse(actor: Actor, review_id: UUID, reasons: Sequence[Reason], *, now: datetime) -> AppReview:
    """Send a version back that the actor has claimed, saying by which rules, and where that is to be seen.

    Raises: ScopeMissing; ReasonsNeeded; ReviewNotFound; ReviewOver; ReviewNotClaimed; as `catalog.refuse`.
    """
    check_operator(actor)
    async with transaction():
        row = await _claimed(actor, review_id)
        rules.check_reasons(reasons, await queries.pictures(actor, row.version_id))
        await catalog.refuse(actor, row.version_id, rules.in_words(reasons), now=now)
        await _decide(actor, row, ReviewState.REFUSED, reasons, now=now)
    return row


async def _claimed(actor: Actor, review_id: UUID) -> AppReview:
    """Return a review, locked, that the actor has claimed; late is well, as long as nobody else took it."""
    row = await queries.lock(actor, review_id)
    await check_open(row)
    if row.claimed_by != actor.person_id:
        raise ReviewNotClaimed
    return row


async def _decide(
    actor: Actor, row: AppReview, state: ReviewState, reasons: Sequence[Reason], *, now: datetime
) -> None:
    row.state, row.decided_by, row.decided_at = state, actor.person_id, now
    row.reasons = msgspec.json.encode(list(reasons)).decode()
    row.claimed_until = None
    await row.save(
        [
            AppReview.state,
            AppReview.decided_by,
            AppReview.decided_at,
            AppReview.reasons,
            AppReview.claimed_until,
        ]
    )
