"""Pictures that a reviewer took himself, as evidence for a reason."""

import hashlib
from datetime import datetime
from uuid import UUID

import msgspec

from banshi.errors import InvalidInput
from identity import audit
from identity.actor import Actor, check_operator
from miniapps.review import queries
from miniapps.review.errors import ReviewNotClaimed, ReviewNotFound
from miniapps.review.service._queue import check_open
from miniapps.review.tables import AppReview
from storage import objects
from storage.db import transaction
from storage.inspection import desk
from storage.inspection.findings import DRAWN, WIDEST

LARGEST = 4 * 1024 * 1024  # bytes
LARGEST_DRAWN = 4 * LARGEST  # bytes of the PNG: it is shown, too
MOST = 20  # of one round


async def attach(actor: Actor, review_id: UUID, picture: bytes, *, now: datetime) -> str:
    """Keep a picture for a review that the actor has claimed, and return its name; the same one is kept once.

    It is drawn anew as PNG, so nothing but what is to be seen comes along (no places, no device).
    Raises: ScopeMissing; ReviewNotFound; ReviewOver; ReviewNotClaimed; InvalidInput; Unavailable.
    """
    check_operator(actor)
    row = await queries.one(actor, review_id)
    if row.claimed_by != actor.person_id:
        raise ReviewNotClaimed
    drawn = await _drawn(picture)
    name = f"review-{row.round}-{hashlib.sha256(drawn).hexdigest()[:12]}.png"
    await objects.put(key(row.version_id, name), drawn, media_type="image/png")
    async with transaction():
        row = await queries.lock(actor, review_id)
        await check_open(row)
        if row.claimed_by != actor.person_id:
            raise ReviewNotClaimed
        names = queries.evidence(row)
        if name not in names:
            if len(names) >= MOST:
                raise InvalidInput(field="picture", problem=f"at most {MOST} of one review")
            row.shots = msgspec.json.encode([*names, name]).decode()
            await row.save([AppReview.shots])
            await audit.record(actor, "review.attach", f"app_version/{row.version_id}", now=now)
    return name


async def _drawn(picture: bytes) -> bytes:
    verdict = await desk.inspect(picture, DRAWN)
    if verdict.finding is not None or len(verdict.clean) > LARGEST_DRAWN:
        raise InvalidInput(
            field="picture",
            problem=f"send a PNG, JPEG or WebP that can be read, at most {WIDEST} pixels either way",
        )
    return verdict.clean


async def shot(actor: Actor, version_id: UUID, name: str) -> bytes:
    """Return a picture of a version (PNG): of the machine's, or one that a reviewer took.

    Raises: ReviewNotFound: no such picture, or not of a version that the actor may see; Unavailable.
    """
    if name not in await queries.pictures(actor, version_id):
        raise ReviewNotFound(id=version_id)
    try:
        return await objects.read(key(version_id, name), max_bytes=LARGEST_DRAWN)
    except objects.Absent:
        raise ReviewNotFound(id=version_id) from None


def key(version_id: UUID, name: str) -> str:
    """Return the object that holds a picture of a version."""
    return f"gate/{version_id}/{name}"
