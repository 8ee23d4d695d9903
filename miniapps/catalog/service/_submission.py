"""Handing a version in, and taking it back."""

from datetime import datetime
from uuid import UUID

import msgspec

from banshi import manifest as manifests
from banshi.manifest import Manifest
from identity import audit, departments
from identity.actor import Actor
from identity.roles import Role
from miniapps.catalog import queries, rules
from miniapps.catalog.errors import AppIdTaken, AppNotFound, VersionExists
from miniapps.catalog.events import AppVersionQueued, AppVersionSubmitted
from miniapps.catalog.rules import VersionState
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from storage.db import transaction
from storage.outbox import emit


async def submit(actor: Actor, text: str, *, now: datetime) -> MiniAppVersion:
    """Hand the version described by the manifest `text` in for review; the same text twice is one version.

    Its pages lie on its developers' own host, so there is nothing for the machine to look into: it is queued
    for a person at once.

    Raises:
        ManifestRefused: the manifest is malformed; every fault is listed.
        AppIdTaken: the id is another team's.
        VersionExists: this version was handed in with other contents.
        AppInReview: another version of the mini-app is in review.
    """
    made = manifests.read(text)
    async with transaction():
        app = await _own_app(actor, made, now=now)
        before = await _same_version(app, made)
        if before is not None:
            if before.text != text:
                raise VersionExists(app_id=made.id, version=made.version)
            return before
        row = _row(actor, app, made, text, now=now)
        row.state = VersionState.QUEUED
        await _store(actor, app, row, now=now)
        await emit(AppVersionQueued(party_id=None, version_id=row.id, at=now), now=now)
    return row


async def _same_version(app: MiniApp, made: Manifest) -> MiniAppVersion | None:
    same = (MiniAppVersion.app == app.id) & (MiniAppVersion.version == made.version)
    return await MiniAppVersion.objects().where(same).first()


def _row(actor: Actor, app: MiniApp, made: Manifest, text: str, *, now: datetime) -> MiniAppVersion:
    return MiniAppVersion(
        app=app.id, team_id=app.team_id, version=made.version, text=text,
        manifest=msgspec.json.encode(made).decode(), submitted_by=actor.person_id, submitted_at=now,
    )  # fmt: skip


async def _store(actor: Actor, app: MiniApp, row: MiniAppVersion, *, now: datetime) -> None:
    """Keep a new version of a mini-app that the transaction has locked.  Raises: AppInReview."""
    await queries.check_none_in_review(app)
    await row.save()
    await audit.record(actor, "app.submit", f"app_version/{row.id}", now=now)
    await emit(AppVersionSubmitted(party_id=None, version_id=row.id, at=now), now=now)


async def _own_app(actor: Actor, made: Manifest, *, now: datetime) -> MiniApp:
    """Return the team's mini-app, locked; register it when the id is free."""
    await MiniApp.insert(
        MiniApp(
            app_id=made.id, name=made.name, purpose=made.purpose, department=made.department,
            department_id=await departments.named(made.department), operator=made.operator,
            team_id=actor.acting_for, created_at=now,
        )
    ).on_conflict(target=MiniApp.app_id, action="DO NOTHING")  # fmt: skip
    app = await MiniApp.objects().where(MiniApp.app_id == made.id).lock_rows().first()
    if app is None or app.team_id != actor.acting_for:
        raise AppIdTaken(app_id=made.id)
    return app


async def withdraw(actor: Actor, version_id: UUID, *, now: datetime) -> MiniAppVersion:
    """Take a version back that is still in review.

    Raises:
        AppNotFound: no such version, or not one of the team the actor acts in.
        VersionMoveRefused: its review is over.
    """
    async with transaction():
        row, _ = await queries.lock_version(actor, version_id)
        if row.team_id != actor.acting_for or not actor.is_a(Role.DEVELOPER):
            raise AppNotFound(app=version_id)
        rules.check_move(VersionState(row.state), VersionState.WITHDRAWN)
        row.state = VersionState.WITHDRAWN
        await row.save([MiniAppVersion.state])
        await audit.record(actor, "app.withdraw", f"app_version/{row.id}", now=now)
    return row
