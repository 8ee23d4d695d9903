"""What an operator does with a review: takes it, gives it back, hurries it, and decides."""

from typing import Final
from uuid import UUID

from litestar import Response, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.local import go, with_query
from api.web.operator.place import REVIEWS, filled
from api.web.operator.reviews import ONE, review_page
from banshi.errors import DomainError
from miniapps.review import queries, service
from miniapps.review.errors import ReviewNotFound, ReviewOver
from miniapps.review.rules import ReviewState

QUEUE: Final = with_query(REVIEWS, kind="mine")


@post(f"{ONE}/claim", status_code=200)
async def claim(request: AnyRequest, review_id: UUID) -> Response[bytes]:
    """Take it, or keep it for longer."""
    _, asker = await filled(request)
    try:
        await service.claim(asker.actor, review_id, now=asker.now)
    except DomainError as refusal:
        return await _again(request, asker, review_id, refusal)
    return done(review_id, "claimed")


@post(f"{ONE}/unclaim", status_code=200)
async def unclaim(request: AnyRequest, review_id: UUID) -> Response[bytes]:
    """Give it back."""
    _, asker = await filled(request)
    try:
        await service.unclaim(asker.actor, review_id, now=asker.now)
    except DomainError as refusal:
        return await _again(request, asker, review_id, refusal)
    return done(review_id, "unclaimed")


@post(f"{ONE}/hurry", status_code=200)
async def hurry(request: AnyRequest, review_id: UUID) -> Response[bytes]:
    """Move it into the emergency lane."""
    form, asker = await filled(request)
    try:
        await service.hurry(asker.actor, review_id, form.get("reason"), now=asker.now)
    except ReviewNotFound:
        raise
    except DomainError as refusal:
        return await review_page(request, asker, review_id, refusal=refusal, kept=form)
    return done(review_id, "hurried")


@post(f"{ONE}/approve", status_code=200)
async def approve(request: AnyRequest, review_id: UUID) -> Response[bytes]:
    """Find the version good."""
    _, asker = await filled(request)
    try:
        await service.approve(asker.actor, review_id, now=asker.now)
    except DomainError as refusal:
        if await was_decided(asker, review_id, refusal, ReviewState.APPROVED):
            return done(review_id, "approved")
        return await _again(request, asker, review_id, refusal)
    return done(review_id, "approved")


def done(review_id: UUID, what: str) -> Response[bytes]:
    """Send the browser back to the review, which says what was done."""
    return go(with_query(f"{REVIEWS}/{review_id}", done=what))


async def was_decided(asker: Asker, review_id: UUID, refusal: DomainError, state: ReviewState) -> bool:
    """Say whether the actor has just decided so himself: the form was sent twice."""
    if not isinstance(refusal, ReviewOver):
        return False
    row = await queries.one(asker.actor, review_id)
    return bool(row.state == state and row.decided_by == asker.actor.person_id)


async def _again(request: AnyRequest, asker: Asker, review_id: UUID, refusal: DomainError) -> Response[bytes]:
    if isinstance(refusal, ReviewNotFound):
        raise refusal
    return await review_page(request, asker, review_id, refusal=refusal)


ROUTES: list[ControllerRouterHandler] = [claim, unclaim, hurry, approve]
