"""Which version citizens get, and whether they get the mini-app at all."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from banshi.manifest import Manifest
from identity import audit, departments, halts, tokens
from identity.actor import Actor
from miniapps.catalog import queries
from miniapps.catalog.errors import AppNotFound, NotApproved
from miniapps.catalog.events import AppReleased, AppSwitchedOff
from miniapps.catalog.rules import AppState, VersionState
from miniapps.catalog.service._review import approve
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from storage.db import transaction
from storage.outbox import emit


async def give(app_id: UUID, version_id: UUID, *, now: datetime) -> MiniApp:
    """Make an approved version the stable one of its mini-app (`app_id` is the row's), and list it (上架).

    A mini-app that is switched off stays so; one that was taken off the shelf comes back.  Who may do it, the
    audit and the news of it are the caller's.
    Raises: AppNotFound; NotApproved.
    """
    async with transaction():
        app = await MiniApp.objects().where(MiniApp.id == app_id).lock_rows().first()
        row = await MiniAppVersion.objects().where(MiniAppVersion.id == version_id).first()
        if app is None or row is None or row.app != app.id:
            raise AppNotFound(app=version_id)
        if row.state != VersionState.APPROVED:
            raise NotApproved(app_id=app.app_id, version=row.version, state=row.state)
        made = msgspec.json.decode(row.manifest, type=Manifest)
        app.released_id, app.name, app.purpose = row.id, made.name, made.purpose
        app.department, app.operator = made.department, made.operator
        app.department_id = await departments.named(made.department)
        if app.state in (AppState.NEW, AppState.DELISTED):
            app.state, app.state_reason = AppState.LISTED, ""
        await app.save()
    return app


async def set_state(app: MiniApp, state: AppState, reason: str, *, now: datetime) -> MiniApp:
    """Move a mini-app that the caller's transaction has locked to `state`; `reason` is for citizens to read.

    Switching off kills every token it holds, at once.  Who may do it and the audit are the caller's.
    """
    app.state, app.state_reason = state, reason
    await app.save([MiniApp.state, MiniApp.state_reason])
    if state == AppState.SUSPENDED:
        await halts.halt(app.app_id, until=now + tokens.LIFE)
        await emit(AppSwitchedOff(party_id=None, app_id=app.app_id, at=now), now=now)
    return app


async def set_stopped(version_ids: Sequence[UUID], *, stopped: bool) -> None:
    """Serve the files of these versions no more, or again; processes hear of it at once.

    Whether sessions open, who may do it and the audit are the caller's.
    """
    await MiniAppVersion.update({MiniAppVersion.is_stopped: stopped}).where(
        MiniAppVersion.id.is_in(list(version_ids))
    )


async def release(actor: Actor, version_id: UUID, *, now: datetime) -> MiniAppVersion:
    """Give a version to citizens, and find it good if it is still queued.

    Raises: as `approve` and `give` do.
    """
    async with transaction():
        row, app = await queries.lock_version(actor, version_id)
        if row.state == VersionState.QUEUED:
            row = await approve(actor, version_id, now=now)
        await give(app.id, version_id, now=now)
        await audit.record(actor, "app.release", f"app_version/{row.id}", now=now)
        await emit(AppReleased(party_id=None, version_id=row.id, at=now), now=now)
    return row


async def switch_off(actor: Actor, app_id: str, reason: str, *, now: datetime) -> MiniApp:
    """Pull the plug: nobody can open the mini-app, and every token it holds dies at once."""
    async with transaction():
        app = await queries.lock_app(actor, app_id)
        await set_state(app, AppState.SUSPENDED, reason, now=now)
        await audit.record(actor, "app.switch_off", f"app/{app_id}", now=now)
    return app


async def switch_on(actor: Actor, app_id: str, *, now: datetime) -> MiniApp:
    """Undo `switch_off`; citizens open it anew, for no token came back to life."""
    async with transaction():
        app = await queries.lock_app(actor, app_id)
        await set_state(app, AppState.LISTED if app.released_id else AppState.NEW, "", now=now)
        await audit.record(actor, "app.switch_on", f"app/{app_id}", now=now)
    return app
