"""What parties say of mini-apps: stars, comments, complaints.  Their names never leave here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from identity import audit
from identity.actor import Actor, check_operator
from identity.roles import Role
from identity.visibility import Holds, Same, Visibility, where
from miniapps.catalog import queries as catalog
from miniapps.shelf.errors import ComplaintNotFound, RatingNotFound
from miniapps.shelf.rules import OPENED_WITHIN, CommentState, ComplaintState, average
from miniapps.shelf.tables import AppComplaint, AppRating, AppScore
from storage.db import fetch
from storage.ids import first_id
from storage.paging import Page, page

OWN_RATING: Visibility = ((Same(AppRating.party_id, "acting_for"),),)
COMPLAINTS: Visibility = ((Same(AppComplaint.party_id, "acting_for"),), (Holds(Role.OPERATOR),))

_OPENED = "SELECT FROM audit_row WHERE party_id = $1 AND id > $2 AND act = 'app.open' AND object = $3 LIMIT 1"
_USED = (
    "SELECT basis FROM audit_row WHERE party_id = $1 AND id > $2 AND act = 'app.open' AND object = $3"
    " ORDER BY id DESC LIMIT 1"
)
_VERSION = (
    "SELECT v.version FROM mini_app m JOIN mini_app_version v ON v.id = m.released_id WHERE m.app_id = $1"
)


@dataclass(frozen=True)
class Comment:
    """Words beside stars, as everybody reads them: of nobody."""

    id: UUID
    app_id: str
    stars: int
    comment: str
    rated_at: datetime


async def rating(actor: Actor, app_id: str) -> AppRating | None:
    """Return what the actor's party gave a mini-app."""
    mine = AppRating.objects().where(where(OWN_RATING, actor))
    return await mine.where(AppRating.app_id == app_id).first()


async def comments(actor: Actor, app_id: str, *, first: int, after: UUID | None) -> Page[AppRating]:
    """Return what is said of a mini-app and may be read by everybody, newest first.

    Raises: AppNotFound.
    """
    await catalog.app(actor, app_id)
    said = AppRating.objects().where(
        AppRating.app_id == app_id, AppRating.comment_state == CommentState.SHOWN.value
    )
    return await page(said, AppRating.id, first=first, after=after)


@dataclass(frozen=True)
class Score:
    """How often a mini-app was given how many stars."""

    counts: Mapping[int, int]  # by stars
    average: float | None  # None while few rated it

    @property
    def rated(self) -> int:
        """How many rated it."""
        return sum(self.counts.values())


async def score(actor: Actor, app_id: str) -> Score:
    """Return the stars of a mini-app that the actor may see.

    Raises: AppNotFound.
    """
    await catalog.app(actor, app_id)
    row = await AppScore.objects().where(AppScore.app_id == app_id).first() or AppScore(app_id=app_id)
    counts = dict(enumerate((row.ones, row.twos, row.threes, row.fours, row.fives), start=1))
    return Score(counts, average(counts))


async def waiting(actor: Actor, *, first: int, after: UUID | None, now: datetime) -> Page[AppRating]:
    """Return comments that wait for an operator; the look is recorded with each party whose words they are.

    Raises: ScopeMissing.
    """
    check_operator(actor)
    held = AppRating.objects().where(AppRating.comment_state == CommentState.WAITING.value)
    found = await page(held, AppRating.id, first=first, after=after)
    seen = [(f"rating/{row.id}", row.party_id) for row in found.rows]
    await audit.record_reads(actor, "rating.comment.read", seen, now=now)
    return found


async def lock_waiting(actor: Actor, rating_id: UUID) -> AppRating:
    """Return a comment that waits, its row locked.

    Raises: ScopeMissing; RatingNotFound, also when its words were changed meanwhile.
    """
    check_operator(actor)
    held = AppRating.objects().where(
        AppRating.id == rating_id, AppRating.comment_state == CommentState.WAITING.value
    )
    found = await held.lock_rows().first()
    if found is None:
        raise RatingNotFound
    return found


async def has_opened(actor: Actor, app_id: str, *, now: datetime) -> bool:
    """Say whether the actor's party opened a mini-app within half a year, as the audit tells."""
    since = first_id(now - OPENED_WITHIN)
    return bool(await fetch(_OPENED, actor.acting_for, since, f"app/{app_id}"))


async def version_used(actor: Actor, app_id: str, *, now: datetime) -> str:
    """Return the number of the version that the actor's party opened last within half a year.

    Who opened none is taken to mean the version that citizens get; "" while none is released.
    """
    rows = await fetch(_USED, actor.acting_for, first_id(now - OPENED_WITHIN), f"app/{app_id}")
    if rows and rows[0]["basis"]:
        return str(rows[0]["basis"])
    rows = await fetch(_VERSION, app_id)
    return str(rows[0]["version"]) if rows else ""


async def complaints(
    actor: Actor, *, open_only: bool, first: int, after: UUID | None, now: datetime
) -> Page[AppComplaint]:
    """Return complaints, newest first: one's own, or everybody's for an operator, whose look is recorded."""
    seen = AppComplaint.objects().where(where(COMPLAINTS, actor))
    if open_only:
        seen = seen.where(AppComplaint.state == ComplaintState.OPEN.value)
    found = await page(seen, AppComplaint.id, first=first, after=after)
    read = [(f"complaint/{row.id}", row.party_id) for row in found.rows if row.party_id != actor.acting_for]
    await audit.record_reads(actor, "complaint.read", read, now=now)
    return found


async def lock_complaint(actor: Actor, complaint_id: UUID) -> AppComplaint:
    """Return a complaint, its row locked, for an operator.

    Raises: ScopeMissing, ComplaintNotFound.
    """
    check_operator(actor)
    found = await AppComplaint.objects().where(AppComplaint.id == complaint_id).lock_rows().first()
    if found is None:
        raise ComplaintNotFound
    return found
