"""What workers do with news for others: plan what each fact tells whom, and send what is due."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from banshi import events as public
from banshi.events import ReleaseNews
from identity.events import ConsentGranted, ConsentWithdrawn
from miniapps.cases.events import CaseEvent
from miniapps.catalog.events import AppSwitchedOff, AppVersionApproved
from miniapps.release.events import ReleaseMoved
from miniapps.release.rules.steps import StepKind
from miniapps.webhooks import queries, service
from miniapps.webhooks.events import DeliveriesDue, WebhookTurnedOff
from storage.queue import Task, on

STEPS: Mapping[str, type[ReleaseNews]] = {
    StepKind.PROMOTE: public.ReleasePromoted,
    StepKind.ROLL_BACK: public.ReleaseRolledBack,
    StepKind.HALT: public.ReleaseHalted,
    StepKind.KILL: public.ReleaseKilled,
}


async def tell_of(event: CaseEvent, *, now: datetime) -> None:
    """Tell the mini-app that opened a case."""
    await service.of_case(event, now=now)


def _of_case(event: type[CaseEvent]) -> Task[CaseEvent]:
    """Return the same task for another fact, under a name of its own."""
    made = on(event)(tell_of)
    return replace(made, name=f"{made.name}.{event.type}")


@on(ConsentGranted)
async def tell_of_grant(event: ConsentGranted, *, now: datetime) -> None:
    """Tell a mini-app what it may do from now on."""
    await service.of_grant(event, now=now)


@on(ConsentWithdrawn)
async def tell_of_withdrawal(event: ConsentWithdrawn, *, now: datetime) -> None:
    """Tell a mini-app or client what it lost."""
    await service.of_withdrawal(event, now=now)


@on(AppVersionApproved)
async def tell_of_approval(event: AppVersionApproved, *, now: datetime) -> None:
    """Tell a mini-app that a version of it may be released."""
    await service.of_version(event.version_id, public.ReleaseApproved, at=event.at, now=now)


@on(ReleaseMoved)
async def tell_of_step(event: ReleaseMoved, *, now: datetime) -> None:
    """Tell a mini-app that a release of it took a step."""
    told = STEPS.get(event.kind)
    if told is not None:
        await service.of_version(event.version_id, told, at=event.at, now=now, stage=event.stage)


@on(AppSwitchedOff)
async def tell_of_stop(event: AppSwitchedOff, *, now: datetime) -> None:
    """Tell a mini-app that was switched off as a whole, or with its developer, that its versions are."""
    for version_id in await queries.living(event.app_id):
        await service.of_version(version_id, public.ReleaseKilled, at=event.at, now=now)


@on(DeliveriesDue, own_transaction=True, timeout_s=60)
async def send(event: DeliveriesDue, *, now: datetime) -> None:
    """Send a client what is due."""
    await service.send_due(event.client_id, now=now)


@on(WebhookTurnedOff)
async def tell_of_address(event: WebhookTurnedOff, *, now: datetime) -> None:
    """Tell those who make a mini-app that it hears nothing any more."""
    await service.tell_off(event, now=now)


TASKS: list[Task[Any]] = [
    *(_of_case(event) for event in service.HEARD), tell_of_grant, tell_of_withdrawal, tell_of_approval,
    tell_of_step, tell_of_stop, send, tell_of_address,
]  # fmt: skip
