"""Which version citizens get, and whether they get the mini-app at all."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from banshi.manifest import Manifest
from identity import halts, tokens
from miniapps.catalog import queries
from miniapps.catalog.errors import AppNotFound, NotApproved
from miniapps.catalog.events import AppSwitchedOff
from miniapps.catalog.rules import AppState, VersionState
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from storage.db import transaction
from storage.outbox import emit

SANDBOX = "--sandbox"  # after the id of a mini-app: its client in the sandbox


async def give(app_id: UUID, version_id: UUID, *, now: datetime) -> MiniApp:
    """Make an approved version the stable one of its mini-app (`app_id` is the row's), and list it (上架).

    A mini-app that is switched off stays so; one that was taken off the shelf comes back.  Who may do it, the
    audit and the news of it are the caller's.
    Raises: AppNotFound; NotApproved; VersionKeyRevoked.
    """
    async with transaction():
        app = await MiniApp.objects().where(MiniApp.id == app_id).lock_rows().first()
        row = await MiniAppVersion.objects().where(MiniAppVersion.id == version_id).first()
        if app is None or row is None or row.app != app.id:
            raise AppNotFound(app=version_id)
        if row.state != VersionState.APPROVED:
            raise NotApproved(app_id=app.app_id, version=row.version, state=row.state)
        await queries.check_key(app, row)
        made = msgspec.json.decode(row.manifest, type=Manifest)
        app.released_id, app.name, app.purpose = row.id, made.name, made.purpose
        app.department, app.operator = made.department, made.operator
        if app.state in (AppState.NEW, AppState.DELISTED):
            app.state, app.state_reason = AppState.LISTED, ""
        await app.save()
    return app


async def set_state(app: MiniApp, state: AppState, reason: str, *, now: datetime) -> MiniApp:
    """Move a mini-app that the caller's transaction has locked to `state`; `reason` is for citizens to read.

    Switching off kills every token it holds at once, and whatever it is given until it is switched on; so it
    does in the sandbox, too.  Who may do it and the audit are the caller's.
    """
    was_off = app.state == AppState.SUSPENDED
    app.state, app.state_reason = state, reason
    await app.save([MiniApp.state, MiniApp.state_reason])
    for client_id in (app.app_id, f"{app.app_id}{SANDBOX}"):
        if state == AppState.SUSPENDED:
            await halts.halt(client_id, until=halts.FOREVER)
        elif was_off:
            await halts.lift(client_id, until=now + tokens.LIFE)
    if state == AppState.SUSPENDED and not was_off:
        await emit(AppSwitchedOff(party_id=None, app_id=app.app_id, at=now), now=now)
    return app


async def set_stopped(version_ids: Sequence[UUID], *, stopped: bool) -> None:
    """Serve the files of these versions no more, or again; processes hear of it at once.

    Whether sessions open, who may do it and the audit are the caller's.
    """
    await MiniAppVersion.update({MiniAppVersion.is_stopped: stopped}).where(
        MiniAppVersion.id.is_in(list(version_ids))
    )
