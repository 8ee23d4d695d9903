"""What the machine and people say of a version."""

from datetime import datetime
from uuid import UUID

from identity import audit
from identity.actor import WORKER, Actor, check_operator
from miniapps.catalog import queries, rules
from miniapps.catalog.errors import FilesRemoved, OwnRelease, VersionMoveRefused
from miniapps.catalog.events import AppRefused, AppVersionApproved, AppVersionQueued
from miniapps.catalog.rules import VersionState
from miniapps.catalog.service import agreements
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from storage.db import transaction
from storage.outbox import emit


async def gate_passed(version_id: UUID, *, now: datetime) -> MiniAppVersion:
    """Let people look at a version that the machine has nothing against.

    A version that is past that stays as it is: the task may run twice.
    Raises: AppNotFound.
    """
    async with transaction():
        row, _ = await queries.lock_version(WORKER, version_id)
        if row.state != VersionState.SUBMITTED:
            return row
        row.state = VersionState.QUEUED
        await row.save([MiniAppVersion.state])
        await audit.record(WORKER, "app.gate_passed", f"app_version/{row.id}", now=now)
        await emit(AppVersionQueued(party_id=None, version_id=row.id, at=now), now=now)
    return row


async def gate_refused(version_id: UUID, reason: str, *, now: datetime) -> MiniAppVersion:
    """Send a version back in the machine's name; one that is past its look stays as it is.

    Raises: AppNotFound.
    """
    async with transaction():
        row, _ = await queries.lock_version(WORKER, version_id)
        if row.state != VersionState.SUBMITTED:
            return row
        await _refused(WORKER, row, reason, now=now)
    return row


async def approve(actor: Actor, version_id: UUID, *, now: datetime) -> MiniAppVersion:
    """Find a queued version good: it may be given to citizens from now on.

    Raises:
        ScopeMissing: the actor is no operator.
        AppNotFound: no such version.
        OwnRelease: the actor handed it in himself; nobody who reviews belongs to a team.
        VersionMoveRefused: it is not queued.
        AgreementMissing: department and vendor are not both bound.
    """
    async with transaction():
        row, app = await _reviewed(actor, version_id, VersionState.APPROVED)
        await agreements.check(app, row)
        row.state, row.reviewed_by, row.reviewed_at, row.reason = (
            VersionState.APPROVED, actor.person_id, now, "",
        )  # fmt: skip
        await row.save(OUTCOME)
        await audit.record(actor, "app.approve", f"app_version/{row.id}", now=now)
        await emit(AppVersionApproved(party_id=None, version_id=row.id, at=now), now=now)
    return row


async def refuse(actor: Actor, version_id: UUID, reason: str, *, now: datetime) -> MiniAppVersion:
    """Send a queued version back with the reviewer's reason; raises as `approve` does."""
    async with transaction():
        row, _ = await _reviewed(actor, version_id, VersionState.REFUSED)
        await _refused(actor, row, reason, now=now)
    return row


async def reopen(actor: Actor, version_id: UUID, *, now: datetime) -> MiniAppVersion:
    """Queue a refused version once more, so that another person looks at it (申诉).

    Raises: AppNotFound; VersionMoveRefused: it was not refused; AppInReview: another one is in review;
        FilesRemoved: there is nothing left to look at.
    """
    async with transaction():
        row, app = await queries.lock_version(actor, version_id)
        if row.state != VersionState.REFUSED:
            raise VersionMoveRefused(now=row.state, to=VersionState.QUEUED)
        if row.removed_at is not None:
            raise FilesRemoved(app_id=app.app_id, version=row.version)
        await queries.check_none_in_review(app)
        row.state = VersionState.QUEUED
        await row.save([MiniAppVersion.state])
        await audit.record(actor, "app.reopen", f"app_version/{row.id}", now=now)
        await emit(AppVersionQueued(party_id=None, version_id=row.id, at=now), now=now)
    return row


OUTCOME = [
    MiniAppVersion.state, MiniAppVersion.reviewed_by, MiniAppVersion.reviewed_at, MiniAppVersion.reason
]  # fmt: skip


async def _reviewed(actor: Actor, version_id: UUID, to: VersionState) -> tuple[MiniAppVersion, MiniApp]:
    """Return the version and its mini-app, locked, if its review may end so by this actor."""
    check_operator(actor)
    row, app = await queries.lock_version(actor, version_id)
    if row.submitted_by == actor.person_id:
        raise OwnRelease
    rules.check_move(VersionState(row.state), to)
    return row, app


async def _refused(actor: Actor, row: MiniAppVersion, reason: str, *, now: datetime) -> None:
    row.state, row.reviewed_by, row.reviewed_at, row.reason = (
        VersionState.REFUSED, actor.person_id, now, reason,
    )  # fmt: skip
    await row.save(OUTCOME)
    await audit.record(actor, "app.refuse", f"app_version/{row.id}", now=now)
    await emit(AppRefused(party_id=None, version_id=row.id, at=now), now=now)
