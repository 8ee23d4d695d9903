"""Halting by itself, and telling those who make a mini-app."""

from datetime import datetime
from uuid import UUID

from identity.actor import WORKER
from miniapps.catalog.errors import AppNotFound, VersionKeyRevoked
from miniapps.catalog.tables import MiniApp
from miniapps.insight import queries as insight
from miniapps.insight.rules.limits import HALTING, WINDOW
from miniapps.notices import service as notices
from miniapps.notices.rules import spoken
from miniapps.release import queries
from miniapps.release.events import ReleaseHalted
from miniapps.release.queries import Held
from miniapps.release.rules import rising
from miniapps.release.rules.steps import StepKind
from miniapps.release.rules.switches import WATCHED
from miniapps.release.service._moving import Cause, move
from storage.db import transaction
from storage.outbox import emit

WHY = {"call_errors": "接口调用出错过多", "page_errors": "页面出错过多", "complaints": "投诉过多"}


async def consider(app_id: str, app_version: str, *, now: datetime) -> Held | None:
    """Halt the release of a version that passes a limit now, if it is on trial or went to everyone lately.

    Returns the release as it stands then; None: there was nothing to halt, or nothing to go back to.
    It may run twice: a version that was halted is on trial no more.
    """
    async with transaction():
        try:
            held = await queries.hold(WORKER, app_id)
        except AppNotFound:
            return None
        version_id = await _watched(held, app_version, now=now)
        if version_id is None or not (keys := await _limits_passed(held, app_version, now=now)):
            return None
        to = rising.halt(held.standing, version_id)
        if to is None:
            return None
        reason = "；".join(WHY[key] for key in keys)
        cause = Cause(actor=WORKER, kind=StepKind.HALT, version_id=version_id, reason=reason)
        try:
            halted = await move(held, to, cause, now=now)
        except VersionKeyRevoked:  # what it would give way to is lost as well
            return None
        event = ReleaseHalted(
            party_id=None, app_id=app_id, version_id=version_id, app_version=app_version, keys=keys, at=now
        )
        await emit(event, now=now)
        return halted


async def _watched(held: Held, app_version: str, *, now: datetime) -> UUID | None:
    """Return the id of the version if it may be halted: a candidate, or stable for a day."""
    row, standing = held.row, held.standing
    watched = {standing.candidate}
    if row.changed_at is not None and now < row.changed_at + WATCHED:
        watched.add(standing.stable)
    named = await queries.numbers({version for version in watched if version is not None})
    return next((id for id, number in named.items() if number == app_version), None)


async def _limits_passed(held: Held, app_version: str, *, now: datetime) -> tuple[str, ...]:
    since = now - WINDOW
    if held.row.watched_from is not None:
        since = max(since, held.row.watched_from)
    key = (held.app.app_id, app_version)
    found = await insight.troubles([key], since=since)
    return tuple(trouble.key for trouble in found.get(key, ()) if trouble.key in HALTING)


async def tell_of_halt(event: ReleaseHalted) -> None:
    """Tell those who make a mini-app that a version of it was taken back."""
    app = await MiniApp.objects().where(MiniApp.app_id == event.app_id).first()
    if app is None:
        return
    parameters = {
        "name": app.name, "version": event.app_version, "at": spoken(event.at),
        "why": "、".join(WHY[key] for key in event.keys),
    }  # fmt: skip
    for person_id in await queries.makers_of(app):
        await notices.tell_of(
            person_id, kind=event.type, parameters=parameters,
            key=f"{event.type}:{event.version_id}:{event.at.isoformat()}", now=event.at,
        )  # fmt: skip


async def tell_of_switch(app_id: str, *, at: datetime) -> None:
    """Tell those who make a mini-app that it was switched off, in the words that citizens read."""
    app = await MiniApp.objects().where(MiniApp.app_id == app_id).first()
    if app is None or not app.state_reason:
        return
    parameters = {"name": app.name, "at": spoken(at), "notice": app.state_reason}
    for person_id in await queries.makers_of(app):
        await notices.tell_of(
            person_id, kind="app.switched_off", parameters=parameters,
            key=f"app.switched_off:{app_id}:{at.isoformat()}", now=at,
        )  # fmt: skip
