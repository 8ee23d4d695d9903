"""One step of a release: written down, audited and told in the transaction that holds it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from identity import audit
from identity.actor import Actor
from miniapps.catalog import service as catalog
from miniapps.catalog.events import AppReleased
from miniapps.catalog.tables import MiniApp
from miniapps.release import queries
from miniapps.release.events import ReleaseMoved
from miniapps.release.queries import Held
from miniapps.release.rules.rising import Standing
from miniapps.release.rules.steps import StepKind
from miniapps.release.rules.switches import state_of
from miniapps.release.tables import ReleaseStep
from storage.outbox import emit

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Who takes a step, why, and under which key."""

    actor: Actor
    kind: StepKind
    version_id: UUID
    reason: str = ""
    key: str | None = None
    asked: str | None = None


async def move(held: Held, to: Standing, cause: Cause, *, now: datetime) -> Held:
    """Bring a release that is held to the standing `to`, and write down the step."""
    before, row, app = held.standing, held.row, held.app
    if to.stable != before.stable and to.stable is not None:
        app = await catalog.give(app.id, to.stable, now=now)
        await emit(AppReleased(party_id=None, version_id=to.stable, at=now), now=now)
    if cause.kind == StepKind.PROMOTE and before.candidate != cause.version_id:
        row.watched_from = _watched_from(before, cause.version_id, now=now)
    row.stage, row.candidate_id, row.previous_id = to.stage, to.candidate, to.previous
    row.percent, row.regions, row.changed_at = to.percent, list(to.regions), now
    row.withdrawn, row.killed = list(to.withdrawn), list(to.killed)
    await row.save()
    await _write(app, to, cause, now=now)
    return replace(held, app=await settle(app, now=now))


def _watched_from(before: Standing, version_id: UUID, *, now: datetime) -> datetime:
    """Return since when errors count: of a version that erred before, not those of that minute."""
    minute = now.replace(second=0, microsecond=0)
    return minute + MINUTE if version_id in before.withdrawn else minute


async def _write(app: MiniApp, to: Standing, cause: Cause, *, now: datetime) -> None:
    step = ReleaseStep(
        app=app.id, version_id=cause.version_id, kind=cause.kind, stage=to.stage, percent=to.percent,
        regions=list(to.regions), person_id=cause.actor.person_id, reason=cause.reason, key=cause.key,
        asked=cause.asked, at=now,
    )  # fmt: skip
    await step.save()
    told = " ".join([f"{to.stage} {to.percent}%", *to.regions])
    basis = f"{told}: {cause.reason}" if cause.reason else told
    await audit.record(cause.actor, f"app.{cause.kind}", f"app_version/{cause.version_id}", basis, now=now)
    moved = ReleaseMoved(
        party_id=None, app_id=app.app_id, version_id=cause.version_id, kind=cause.kind, stage=to.stage, at=now
    )
    await emit(moved, now=now)


async def settle(app: MiniApp, *, now: datetime) -> MiniApp:
    """Bring the state of a mini-app that is held in line with its stable version and the switches."""
    stable = (await queries.numbers([app.released_id]))[app.released_id] if app.released_id else None
    stops = await queries.stops_of(app, stable)
    state, notice = state_of(stops, is_released=app.released_id is not None)
    if (state, notice) != (app.state, app.state_reason):
        return await catalog.set_state(app, state, notice, now=now)
    return app
