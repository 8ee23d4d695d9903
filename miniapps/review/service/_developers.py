"""What developers say in a review: a note to who looks, and that they want it looked at again."""

from datetime import datetime
from uuid import UUID

from identity import audit
from identity.actor import Actor
from identity.roles import Role
from identity.written import words
from miniapps.catalog import queries as catalog_queries
from miniapps.catalog import service as catalog
from miniapps.catalog.errors import AppNotFound
from miniapps.catalog.rules import IN_REVIEW, VersionState
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from miniapps.review import queries, rules
from miniapps.review.errors import AppealRefused, ReviewOver
from miniapps.review.service._queue import open_
from miniapps.review.tables import AppNote, AppReview
from storage.db import transaction

LONGEST_NOTE, LONGEST_APPEAL, SHORTEST = 2000, 1000, 5  # characters


async def note(actor: Actor, version_id: UUID, text: str, *, now: datetime) -> AppNote:
    """Write to the reviewers what they should know of a version; writing again replaces it.

    Raises: AppNotFound; ReviewOver: the version is not in review; InvalidInput.
    """
    said = words("note", text, LONGEST_NOTE)
    async with transaction():
        row, _ = await _own(actor, version_id)
        if row.state not in IN_REVIEW:
            raise ReviewOver
        made = await AppNote.objects().where(AppNote.version_id == version_id).first()
        made = made or AppNote(version_id=version_id, team_id=row.team_id)
        made.text, made.written_at = said, now
        await made.save()
        await audit.record(actor, "review.note", f"app_version/{version_id}", now=now)
    return made


async def appeal(actor: Actor, version_id: UUID, why: str, *, now: datetime) -> AppReview:
    """Have a refused version looked at again, by another person (申诉); once.

    It goes to people also when the machine refused it.
    Raises: AppNotFound; AppealRefused; InvalidInput; AppInReview: another version is in review.
    """
    said = words("why", why, LONGEST_APPEAL, least=SHORTEST)
    async with transaction():
        row, _ = await _own(actor, version_id)
        if row.state != VersionState.REFUSED:
            raise AppealRefused(problem=f"it is {row.state}")
        before = await queries.rounds(version_id)
        if len(before) >= rules.MOST_ROUNDS or any(each.appeal for each in before):
            raise AppealRefused(problem="it was looked at again already")
        await catalog.reopen(actor, version_id, now=now)
        opened = await open_(version_id, now=now, appeal=said)
        assert opened is not None, "it was queued in this transaction"
        await audit.record(actor, "review.appeal", f"app_version/{version_id}", now=now)
    return opened


async def _own(actor: Actor, version_id: UUID) -> tuple[MiniAppVersion, MiniApp]:
    """Return a version of the actor's team, its mini-app locked.  Raises: AppNotFound."""
    row, app = await catalog_queries.lock_version(actor, version_id)
    if row.team_id != actor.acting_for or not actor.is_a(Role.DEVELOPER):
        raise AppNotFound(app=version_id)
    return row, app
