"""Sending again, and trying whether an address works."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from banshi.errors import InvalidInput
from banshi.events import EVENTS, PublicEvent
from identity import audit
from identity.actor import Actor
from miniapps.catalog.rules import Environment
from miniapps.catalog.service import credentials
from miniapps.webhooks import queries
from miniapps.webhooks.errors import WebhookNotFound
from miniapps.webhooks.events import DeliveriesDue
from miniapps.webhooks.service._planning import plan
from storage.db import execute, fetch, transaction
from storage.outbox import emit

MOST = 1000  # deliveries that are taken up again at once
ANEW = "state = 'waiting', failures = 0, next_at = $2, leased_until = NULL, ended_at = NULL"
ONE = f"UPDATE webhook_delivery SET {ANEW} WHERE id = $1"  # noqa: S608
SINCE = (
    f"UPDATE webhook_delivery SET {ANEW} WHERE id = ANY(ARRAY(SELECT id FROM webhook_delivery"  # noqa: S608
    " WHERE client_id = $1 AND state = 'dead' AND NOT test AND made_at >= $3 ORDER BY seq LIMIT $4"
    " FOR UPDATE SKIP LOCKED)) RETURNING id"
)
INVENTED: dict[str, Any] = {
    "sub": "0" * 32, "case_id": UUID(int=0), "number": "", "item": "", "state": "", "kinds": [],
    "client_id": "", "scopes": [], "withdrawn": [], "remaining": [], "request_id": UUID(int=0),
    "due_at": datetime(2000, 1, 1, tzinfo=UTC), "app_id": "", "app_version": "0.0.0", "stage": "none",
}  # fmt: skip
"""What a test tells: of nobody and nothing."""


async def replay(actor: Actor, id: UUID, *, now: datetime) -> queries.Opened:
    """Send a delivery once more, by the same id, with all its tries; in its old place in the line.

    Raises: ScopeMissing, DeliveryNotFound; TeamOwnerNeeded for production.
    """
    async with transaction():
        found = await queries.delivery(actor, id)
        await credentials.own(actor, found.app_id, found.environment)
        await execute(ONE, id, now)
        await audit.record(actor, "webhook.replay", f"webhook_delivery/{id}", now=now)
        await emit(DeliveriesDue(client_id=found.row.client_id), now=now)
        return await queries.delivery(actor, id)


async def replay_since(
    actor: Actor, app_id: str, environment: Environment, since: datetime, *, now: datetime
) -> int:
    """Send again what was given up and is not older than `since`, at most a thousand; return how many.

    Raises: ScopeMissing, AppNotFound; TeamOwnerNeeded for production.
    """
    async with transaction():
        await credentials.own(actor, app_id, environment)
        named = credentials.client_id(app_id, environment)
        taken = await fetch(SINCE, named, now, since, MOST)
        await audit.record(actor, "webhook.replay_since", f"client/{named}", since.isoformat(), now=now)
        if taken:
            await emit(DeliveriesDue(client_id=named), now=now)
    return len(taken)


async def try_out(
    actor: Actor, app_id: str, environment: Environment, type: str, *, now: datetime
) -> queries.Opened:
    """Send an address something that is marked as a test, once; of whichever type.

    Raises: ScopeMissing, AppNotFound, TeamOwnerNeeded; WebhookNotFound; InvalidInput for an unknown type.
    """
    kind = EVENTS.get(type)
    if kind is None:
        raise InvalidInput(field="type", problem=f"choose one of {', '.join(EVENTS)}")
    async with transaction():
        await credentials.own(actor, app_id, environment)
        named = credentials.client_id(app_id, environment)
        id = await plan(_invented(kind, app_id, now=now), named, line=None, test=True, now=now)
        if id is None:
            raise WebhookNotFound(client_id=named)
        await audit.record(actor, "webhook.try", f"client/{named}", type, now=now)
        return await queries.delivery(actor, id)


def _invented(kind: type[PublicEvent], app_id: str, *, now: datetime) -> PublicEvent:
    facts = {**INVENTED, "at": now, "app_id": app_id, "client_id": app_id}
    return kind(**{name: facts[name] for name in kind.__struct_fields__})
