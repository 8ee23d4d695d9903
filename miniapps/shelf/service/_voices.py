"""Stars, comments and complaints."""

from datetime import datetime
from uuid import UUID

from identity import audit
from identity.actor import Actor
from identity.written import words
from miniapps.catalog import queries as catalog
from miniapps.notices.rules import without_numbers
from miniapps.release import service as release
from miniapps.shelf import queries, rules
from miniapps.shelf.errors import RatingNotFound, RatingNotOpened
from miniapps.shelf.events import AppComplained, CommentDecided, ComplaintAnswered
from miniapps.shelf.rules import CommentState, ComplaintState, Concern
from miniapps.shelf.tables import AppComplaint, AppRating
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from storage.limits import take
from storage.outbox import emit

COMPLAINTS_AT_ONCE, COMPLAINTS_PER_S = 10, 1 / 3600

_COUNTED = "INSERT INTO app_score (app_id, ones, twos, threes, fours, fives)" \
    " VALUES ($1, 0, 0, 0, 0, 0) ON CONFLICT (app_id) DO NOTHING"  # fmt: skip
_COUNT = (
    "UPDATE app_score SET ones = ones + $2, twos = twos + $3, threes = threes + $4, fours = fours + $5,"
    " fives = fives + $6 WHERE app_id = $1"
)
_RATE = """
INSERT INTO app_rating AS r (id, party_id, app_id, stars, comment, comment_state, refusal, rated_at)
VALUES ($1, $2, $3, $4, $5, $6, '', $7)
ON CONFLICT (party_id, app_id) DO UPDATE SET stars = excluded.stars, rated_at = excluded.rated_at,
  id = CASE WHEN r.comment = excluded.comment THEN r.id ELSE excluded.id END,
  comment_state = CASE WHEN r.comment = excluded.comment THEN r.comment_state ELSE excluded.comment_state END,
  refusal = CASE WHEN r.comment = excluded.comment THEN r.refusal ELSE '' END, comment = excluded.comment
"""
"""Other words are another row to the operators, who decide about what they have read."""

_COMPLAINED = "SELECT FROM app_complaint WHERE party_id = $1 AND app_id = $2 AND version = $3 LIMIT 1"


async def rate(actor: Actor, app_id: str, stars: int, comment: str, *, now: datetime) -> AppRating:
    """Give a mini-app one to five stars, once for each party; again changes them.

    Shape: `comment` up to 500 characters, or none; others read it after an operator has, with ID and
        mobile numbers blotted out.  The same words again are not read again.
    Raises: InvalidInput, AppNotFound; RatingNotOpened when it was not opened within half a year.
    """
    rules.check_stars(stars)
    said = without_numbers(words("comment", comment, rules.LONGEST_COMMENT))[: rules.LONGEST_COMMENT]
    await catalog.app(actor, app_id)
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", actor.acting_for.int >> 65)
        before = await queries.rating(actor, app_id)
        if before is None and not await queries.has_opened(actor, app_id, now=now):
            raise RatingNotOpened
        state = CommentState.WAITING if said else CommentState.NONE
        await execute(_RATE, new_id(), actor.acting_for, app_id, stars, said, state.value, now)
        await _count(app_id, more=stars, less=before.stars if before else None)
        await audit.record(actor, "app.rate", f"app/{app_id}", now=now)
        after = await queries.rating(actor, app_id)
    assert after is not None, "it was stored a moment ago"
    return after


async def _count(app_id: str, *, more: int | None, less: int | None) -> None:
    if more == less:
        return
    changes = [(stars == more) - (stars == less) for stars in rules.STARS]
    await execute(_COUNTED, app_id)
    await execute(_COUNT, app_id, *changes)


async def moderate(
    actor: Actor, rating_id: UUID, *, show: bool, reason: str = "", now: datetime
) -> AppRating:
    """Show a comment to everybody, or refuse it with a reason for who wrote it; the stars count either way.

    Raises: ScopeMissing, InvalidInput; RatingNotFound when it does not wait, or its words changed.
    """
    said = words("reason", reason, rules.LONGEST_REASON, least=0 if show else 2)
    async with transaction():
        row = await queries.lock_waiting(actor, rating_id)
        row.comment_state = CommentState.SHOWN if show else CommentState.REFUSED
        row.refusal = "" if show else said
        await row.save([AppRating.comment_state, AppRating.refusal])
        act = "rating.show" if show else "rating.refuse"
        await audit.record(actor, act, f"rating/{row.id}", said or None, now=now, party_id=row.party_id)
        await emit(CommentDecided(party_id=row.party_id, rating_id=row.id, at=now), now=now)
    return row


async def complain(
    actor: Actor, app_id: str, *, concern: Concern, text: str, key: str, now: datetime
) -> AppComplaint:
    """Complain of a mini-app; the same key again is the same complaint.

    The figures of the version he used last hear of the first complaint of each party; what somebody says who
    never opened it is read, and takes no version back.
    Raises: InvalidInput, AppNotFound, RateLimited.
    """
    said = without_numbers(words("text", text, rules.LONGEST_COMPLAINT, least=5))
    rules.key(key)
    await catalog.app(actor, app_id)
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", actor.acting_for.int >> 65)
        same = AppComplaint.objects().where(AppComplaint.party_id == actor.acting_for)
        before = await same.where(AppComplaint.key == key).first()
        if before is not None:
            return before
        await take(f"complaint:{actor.person_id}", capacity=COMPLAINTS_AT_ONCE, per_s=COMPLAINTS_PER_S)
        version = await queries.version_used(actor, app_id, now=now)
        is_first = not await fetch(_COMPLAINED, actor.acting_for, app_id, version)
        counts = is_first and await queries.has_opened(actor, app_id, now=now)
        row = AppComplaint(
            party_id=actor.acting_for, app_id=app_id, version=version, concern=concern, text=said,
            complained_at=now, key=key,
        )  # fmt: skip
        await row.save()
        await audit.record(actor, "app.complain", f"complaint/{row.id}", now=now)
        if counts and version:
            told = AppComplained(
                party_id=None, complaint_id=row.id, app_id=app_id, app_version=version, at=now
            )
            await emit(told, now=now)
    return row


async def answer(actor: Actor, complaint_id: UUID, text: str, *, now: datetime) -> AppComplaint:
    """Answer a complaint, for who made it to read; answering again replaces the answer.

    Raises: ScopeMissing, InvalidInput, ComplaintNotFound.
    """
    said = words("answer", text, rules.LONGEST_COMPLAINT, least=2)
    async with transaction():
        row = await queries.lock_complaint(actor, complaint_id)
        if row.answer == said:
            return row
        row.state, row.answer, row.answered_at = ComplaintState.ANSWERED, said, now
        await row.save([AppComplaint.state, AppComplaint.answer, AppComplaint.answered_at])
        await audit.record(actor, "complaint.answer", f"complaint/{row.id}", now=now, party_id=row.party_id)
        await emit(ComplaintAnswered(party_id=row.party_id, complaint_id=row.id, at=now), now=now)
    return row


async def withdraw_rating(actor: Actor, app_id: str, *, now: datetime) -> None:
    """Take one's stars and words back.

    Raises: RatingNotFound.
    """
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", actor.acting_for.int >> 65)
        row = await queries.rating(actor, app_id)
        if row is None:
            raise RatingNotFound
        await _drop(row)
        await audit.record(actor, "app.unrate", f"app/{app_id}", now=now)


async def forget(party_id: UUID, *, now: datetime) -> None:
    """Drop what a party said that is erased, in the caller's transaction; its stars no longer count.

    Defects stay in the library: they are facts about mini-apps, without a word about their reporter.
    """
    for row in await AppRating.objects().where(AppRating.party_id == party_id):
        await _drop(row)
    await execute("DELETE FROM app_complaint WHERE party_id = $1", party_id)
    await release.end_trials(party_id)
    await execute("UPDATE app_tester SET ends_at = $2 WHERE party_id = $1 AND ends_at > $2", party_id, now)


async def _drop(row: AppRating) -> None:
    await execute("DELETE FROM app_rating WHERE party_id = $1 AND id = $2", row.party_id, row.id)
    await _count(row.app_id, more=None, less=row.stars)
