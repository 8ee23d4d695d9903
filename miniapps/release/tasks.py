"""What releases do by themselves."""

from datetime import datetime
from typing import Any

from miniapps.catalog.events import AppSwitchedOff, TeamKeyRevoked
from miniapps.insight.events import AppTroubled
from miniapps.release import service
from miniapps.release.events import ReleaseHalted
from storage.queue import Task, on


@on(AppTroubled)
async def halt_release(event: AppTroubled, *, now: datetime) -> None:
    """Take a version back that errs too much."""
    await service.consider(event.app_id, event.app_version, now=now)


@on(ReleaseHalted)
async def tell_of_halt(event: ReleaseHalted, *, now: datetime) -> None:
    """Tell those who make the mini-app."""
    await service.tell_of_halt(event)


@on(AppSwitchedOff)
async def tell_of_switch(event: AppSwitchedOff, *, now: datetime) -> None:
    """Tell those who make the mini-app that it was switched off."""
    await service.tell_of_switch(event.app_id, at=event.at)


@on(TeamKeyRevoked)
async def kill_what_it_signed(event: TeamKeyRevoked, *, now: datetime) -> None:
    """Let nobody get a version any more that a revoked key signed."""
    await service.revoke(event.team_id, event.key_id, now=now)


TASKS: list[Task[Any]] = [halt_release, kill_what_it_signed, tell_of_halt, tell_of_switch]
