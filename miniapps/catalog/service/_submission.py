"""Handing a version in, and taking it back."""

from datetime import datetime
from uuid import UUID

import msgspec

from banshi import manifest as manifests
from banshi.manifest import Manifest
from identity import audit, clients, departments
from identity.actor import Actor
from identity.roles import Role
from miniapps.catalog import queries, rules
from miniapps.catalog.errors import (
    AppIdTaken,
    AppNotFound,
    PackageNeeded,
    TooManyApps,
    VersionExists,
)
from miniapps.catalog.events import AppVersionQueued, AppVersionSubmitted
from miniapps.catalog.rules import VersionState
from miniapps.catalog.service import _items, origins, stock
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from storage.db import transaction
from storage.outbox import emit

MOST_APPS = 50  # of one team: ids are names that others want, too


async def submit(actor: Actor, text: str, *, now: datetime) -> MiniAppVersion:
    """Hand the version described by the manifest `text` in for review; the same text twice is one version.

    Its pages lie on its developers' own host, so there is nothing for the machine to look into: it is queued
    for a person at once.

    Raises:
        ManifestRefused: the manifest is malformed, or names items that there are not; every fault is listed.
        PackageNeeded: its entry is a path in a package, or only packages are taken here.
        AppIdTaken: the id is another team's.
        TooManyApps: the team has as many as it may have.
        VersionExists: this version was handed in with other contents.
        AppInReview: another version of the mini-app is in review.
        TooManyVersions: the mini-app had as many within a day as it may have.
    """
    made = manifests.read(text)
    if made.is_packaged or origins.packages_only():
        raise PackageNeeded(app_id=made.id, entry=made.entry)
    async with transaction():
        app, before = await placed(actor, made, now=now)
        if before is not None:
            if before.text != text or before.package_sha256 is not None:
                raise VersionExists(app_id=made.id, version=made.version)
            return before
        await _items.check(made, text)
        row = await row_of(actor, app, made, text, now=now)
        row.state = VersionState.QUEUED
        await store(actor, row, now=now)
        await emit(AppVersionQueued(party_id=None, version_id=row.id, at=now), now=now)
    return row


async def placed(actor: Actor, made: Manifest, *, now: datetime) -> tuple[MiniApp, MiniAppVersion | None]:
    """Return the team's mini-app, locked, and the version of this number that it has.

    Raises: AppIdTaken; when it has none, AppInReview: another one is in review, and TooManyVersions.
    """
    app = await _own_app(actor, made, now=now)
    before = await _same_version(app, made)
    if before is None:
        await queries.check_none_in_review(app)
        await stock.check_pace(app, now=now)
    return app, before


async def _same_version(app: MiniApp, made: Manifest) -> MiniAppVersion | None:
    same = (MiniAppVersion.app == app.id) & (MiniAppVersion.version == made.version)
    return await MiniAppVersion.objects().where(same).first()


async def row_of(actor: Actor, app: MiniApp, made: Manifest, text: str, *, now: datetime) -> MiniAppVersion:
    """Return a new version; the department that it names may sign from now on."""
    department_id = await departments.named(made.department)
    if app.department_id != department_id:
        app.department_id = department_id
        await app.save([MiniApp.department_id])
    return MiniAppVersion(
        app=app.id, team_id=app.team_id, department_id=department_id, version=made.version, text=text,
        manifest=msgspec.json.encode(made).decode(), submitted_by=actor.person_id, submitted_at=now,
    )  # fmt: skip


async def store(actor: Actor, row: MiniAppVersion, *, now: datetime) -> None:
    """Store a new version, note who handed it in, and tell."""
    await row.save()
    await audit.record(actor, "app.submit", f"app_version/{row.id}", now=now)
    await emit(AppVersionSubmitted(party_id=None, version_id=row.id, at=now), now=now)


async def _own_app(actor: Actor, made: Manifest, *, now: datetime) -> MiniApp:
    """Return the team's mini-app, locked; register it when the id is free."""
    if not await MiniApp.exists().where(MiniApp.app_id == made.id):
        await _check_room(actor, made)
    await MiniApp.insert(
        MiniApp(
            app_id=made.id, name=made.name, purpose=made.purpose, department=made.department,
            operator=made.operator, team_id=actor.acting_for, created_at=now,
        )
    ).on_conflict(target=MiniApp.app_id, action="DO NOTHING")  # fmt: skip
    app = await MiniApp.objects().where(MiniApp.app_id == made.id).lock_rows().first()
    if app is None or app.team_id != actor.acting_for:
        raise AppIdTaken(app_id=made.id)
    return app


async def _check_room(actor: Actor, made: Manifest) -> None:
    """Refuse one more mini-app.  Raises: AppIdTaken by a relying party outside the catalogue; TooManyApps."""
    if await clients.get(made.id) is not None:
        raise AppIdTaken(app_id=made.id)
    if await MiniApp.count().where(MiniApp.team_id == actor.acting_for) >= MOST_APPS:
        raise TooManyApps(most=MOST_APPS)


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
