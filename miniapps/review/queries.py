"""Reads.  Developers see the reviews of their team's versions, operators all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from piccolo.columns.combination import And, WhereRaw
from piccolo.custom_types import Combinable

from banshi.findings import Finding
from identity.actor import Actor
from identity.roles import Role
from identity.visibility import Holds, Same, Visibility, where
from miniapps.catalog.rules import VersionState
from miniapps.catalog.tables import MiniAppVersion
from miniapps.review.errors import ReviewNotFound
from miniapps.review.rules import PROMISED, Lane, Reason, ReviewState
from miniapps.review.tables import AppLook, AppNote, AppReview
from storage.db import fetch
from storage.paging import LARGEST, Page, page

REVIEWS: Visibility = (
    (Same(AppReview.team_id, "acting_for"), Holds(Role.DEVELOPER)),
    (Holds(Role.OPERATOR),),
)
LOOKS: Visibility = (
    (Same(AppLook.team_id, "acting_for"), Holds(Role.DEVELOPER)),
    (Holds(Role.OPERATOR),),
)
NOTES: Visibility = (
    (Same(AppNote.team_id, "acting_for"), Holds(Role.DEVELOPER)),
    (Holds(Role.OPERATOR),),
)
OPEN = (ReviewState.WAITING, ReviewState.CLAIMED)
IS_OPEN = (
    "state IN ('waiting', 'claimed') AND EXISTS"
    " (SELECT FROM mini_app_version v WHERE v.id = app_review.version_id AND v.state = 'queued')"
)
FIGURES = """
SELECT count(*) FILTER (WHERE decided_at >= $1) AS decided,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - queued_at))
    FILTER (WHERE decided_at >= $1) AS p50,
  percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - queued_at))
    FILTER (WHERE decided_at >= $1) AS p90,
  count(*) FILTER (WHERE decided_at >= $1 AND state = 'refused') AS refused,
  count(*) FILTER (WHERE is_open) AS waiting,
  count(*) FILTER (WHERE is_open AND due_on < $2) AS overdue
FROM (SELECT *, {open} AS is_open FROM app_review
      WHERE decided_at >= $1 OR state IN ('waiting', 'claimed')) AS app_review
"""
LOOKED = """
SELECT count(*) AS looked, percentile_cont(0.5) WITHIN GROUP (ORDER BY took_ms) AS p50,
  percentile_cont(0.9) WITHIN GROUP (ORDER BY took_ms) AS p90,
  count(*) FILTER (WHERE NOT is_walled) AS unwalled
FROM app_look WHERE done_at >= $1
"""


OWED = """
SELECT count(*) AS waiting, count(*) FILTER (WHERE submitted_at < $1) AS late
FROM mini_app_version WHERE state = 'submitted' AND package_sha256 IS NOT NULL
"""


@dataclass(frozen=True)
class Figures:
    """How long reviews took of late; seconds are from being queued to being decided, None without any."""

    decided: int
    refused: int
    p50_s: float | None
    p90_s: float | None
    waiting: int
    overdue: int
    looked: int  # how many versions the machine looked at
    look_p50_ms: float | None
    look_p90_ms: float | None
    unwalled: int  # of them, how many without kernel namespaces around
    looks_waiting: int  # how many versions the machine owes a verdict
    looks_late: int  # of them, how many for longer than promised


def visible_to(actor: Actor) -> Combinable:
    """Developers see their team's, operators all."""
    return where(REVIEWS, actor)


async def queue(
    actor: Actor, *, lane: Lane | None, mine: bool = False, first: int, after: UUID | None
) -> Page[AppReview]:
    """Return a page of what waits for a decision: the emergency lane first, then by when it is due.

    `mine`: of it only what the actor has claimed.
    """
    size = max(1, min(first, LARGEST))
    query = AppReview.objects().where(And(visible_to(actor), WhereRaw(IS_OPEN)))
    if lane is not None:
        query = query.where(AppReview.lane == lane)
    if mine:
        query = query.where(AppReview.claimed_by == actor.person_id)
    if after is not None:
        place = "(lane, due_on, id) > (SELECT lane, due_on, id FROM app_review WHERE id = {})"
        query = query.where(WhereRaw(place, after))
    ordered = query.order_by(AppReview.lane).order_by(AppReview.due_on).order_by(AppReview.id)
    rows = list(await ordered.limit(size + 1))
    return Page(rows=rows[:size], more=len(rows) > size)


async def past(actor: Actor, *, first: int, after: UUID | None) -> Page[AppReview]:
    """Return a page of what was decided or withdrawn, what was queued last first."""
    over = WhereRaw("state NOT IN ('waiting', 'claimed')")
    return await page(
        AppReview.objects().where(And(visible_to(actor), over)), AppReview.id, first=first, after=after
    )


async def one(actor: Actor, review_id: UUID) -> AppReview:
    """Return one review.  Raises: ReviewNotFound."""
    found = await AppReview.objects().where(And(visible_to(actor), AppReview.id == review_id)).first()
    if found is None:
        raise ReviewNotFound(id=review_id)
    return found


async def lock(actor: Actor, review_id: UUID) -> AppReview:
    """Return one review, its row locked until the transaction ends.  Raises: ReviewNotFound."""
    mine = AppReview.objects().where(And(visible_to(actor), AppReview.id == review_id))
    found = await mine.lock_rows().first()
    if found is None:
        raise ReviewNotFound(id=review_id)
    return found


async def is_queued(version_id: UUID) -> bool:
    """Say whether a version still waits for people."""
    waits = (MiniAppVersion.id == version_id) & (MiniAppVersion.state == VersionState.QUEUED)
    return bool(await MiniAppVersion.exists().where(waits))


async def rounds(version_id: UUID) -> list[AppReview]:
    """Return all rounds of a version, the first one first; for verbs, which have their own lock."""
    return await AppReview.objects().where(AppReview.version_id == version_id).order_by(AppReview.round)


async def reviews_of(actor: Actor, version_ids: Sequence[UUID]) -> dict[UUID, list[AppReview]]:
    """Return the rounds of each version that the actor may see, the first one first, in one statement."""
    these = WhereRaw("version_id = ANY({})", list(version_ids))
    rows = await AppReview.objects().where(And(visible_to(actor), these)).order_by(AppReview.round)
    found: dict[UUID, list[AppReview]] = {version_id: [] for version_id in version_ids}
    for row in rows:
        found[row.version_id].append(row)
    return found


async def looks_of(actor: Actor, version_ids: Sequence[UUID]) -> dict[UUID, AppLook]:
    """Return the machine's look at each version that the actor may see, in one statement."""
    these = WhereRaw("version_id = ANY({})", list(version_ids))
    rows = await AppLook.objects().where(And(where(LOOKS, actor), these))
    return {row.version_id: row for row in rows}


async def notes_of(actor: Actor, version_ids: Sequence[UUID]) -> dict[UUID, AppNote]:
    """Return the developers' note on each version that the actor may see, in one statement."""
    these = WhereRaw("version_id = ANY({})", list(version_ids))
    rows = await AppNote.objects().where(And(where(NOTES, actor), these))
    return {row.version_id: row for row in rows}


async def look(actor: Actor, version_id: UUID) -> AppLook:
    """Return the machine's look at a version.  Raises: ReviewNotFound: there is none to be seen (yet)."""
    found = (await looks_of(actor, [version_id])).get(version_id)
    if found is None:
        raise ReviewNotFound(id=version_id)
    return found


async def late(today: date, *, limit: int) -> list[AppReview]:
    """Return open reviews that were due before `today` and of which nobody was warned; for workers."""
    due = And(WhereRaw(IS_OPEN), (AppReview.due_on < today) & AppReview.warned_at.is_null())
    return await AppReview.objects().where(due).order_by(AppReview.id).limit(limit)


async def figures(*, days: int, now: datetime, today: date) -> Figures:
    """Return how long the reviews took that were decided in the last `days` days, and how many wait."""
    since = now - timedelta(days=days)
    [people] = await fetch(FIGURES.format(open=IS_OPEN), since, today)
    [machine] = await fetch(LOOKED, since)
    [owed] = await fetch(OWED, now - PROMISED)
    return Figures(
        decided=people["decided"], refused=people["refused"], p50_s=people["p50"], p90_s=people["p90"],
        waiting=people["waiting"], overdue=people["overdue"], looked=machine["looked"],
        look_p50_ms=machine["p50"], look_p90_ms=machine["p90"],
        unwalled=machine["unwalled"], looks_waiting=owed["waiting"], looks_late=owed["late"],
    )  # fmt: skip


def findings(row: AppLook) -> list[Finding]:
    """Return what a look found."""
    return msgspec.json.decode(row.findings, type=list[Finding])


def shots(row: AppLook) -> list[str]:
    """Return the names of a look's pictures."""
    return msgspec.json.decode(row.shots, type=list[str])


def evidence(row: AppReview) -> list[str]:
    """Return the names of the pictures that the reviewer took."""
    return msgspec.json.decode(row.shots, type=list[str])


async def pictures(actor: Actor, version_id: UUID) -> set[str]:
    """Return the names of all pictures of a version that the actor may see."""
    seen = (await looks_of(actor, [version_id])).get(version_id)
    taken = (await reviews_of(actor, [version_id]))[version_id]
    return {*(shots(seen) if seen else ()), *(name for row in taken for name in evidence(row))}


def reasons(row: AppReview) -> list[Reason]:
    """Return why a review refused."""
    return msgspec.json.decode(row.reasons, type=list[Reason])
