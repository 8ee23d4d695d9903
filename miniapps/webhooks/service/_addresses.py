"""Where a mini-app is told: registered by its team, for each environment one address."""

from asyncio import timeout
from datetime import datetime

from identity import audit, clients
from identity.actor import WORKER, Actor
from identity.errors import ClientInvalid
from identity.oidc import issuer
from identity.oidc.registration import check_web
from miniapps.catalog.errors import CredentialNotFound
from miniapps.catalog.rules import Environment
from miniapps.catalog.service import credentials
from miniapps.webhooks import queries
from miniapps.webhooks.errors import WebhookNotFound, WebhookRefused
from miniapps.webhooks.events import DeliveriesDue
from miniapps.webhooks.queries import Address
from miniapps.webhooks.service._planning import outside
from storage import outgoing
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from storage.outbox import emit
from storage.outgoing import OutgoingRefused

LOOK_UP_S = 5.0
SET = """
INSERT INTO webhook_address (id, client_id, url, registered_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (client_id) DO UPDATE SET url = excluded.url, registered_at = excluded.registered_at,
  failing_since = NULL, slow = FALSE, off = NULL, off_at = NULL
"""
ON = (
    "UPDATE webhook_address SET failing_since = NULL, slow = FALSE, off = NULL, off_at = NULL"
    " WHERE client_id = $1 AND EXISTS (SELECT FROM oidc_client c WHERE c.client_id = $1"
    " AND c.webhook_uri IS NOT NULL AND c.disabled_at IS NULL) RETURNING id"
)
AT_ONCE = (
    "UPDATE webhook_delivery SET next_at = $2 WHERE client_id = $1 AND state = 'waiting' AND next_at > $2"
)


async def register(
    actor: Actor, app_id: str, environment: Environment, url: str, *, now: datetime
) -> Address:
    """Send news of a mini-app to `url` from now on, and at once what waits; again: it is turned on again.

    Raises:
        ScopeMissing, AppNotFound; TeamOwnerNeeded for production.
        CredentialNotFound: there is nothing to sign with yet.
        WebhookRefused: the address is not on the public internet, or not https.
    """
    url = url.strip()
    await credentials.own(actor, app_id, environment)  # before anybody's name is looked up for him
    await _check(url)
    async with transaction():
        await credentials.own(actor, app_id, environment)
        named = credentials.client_id(app_id, environment)
        if await clients.get(named) is None:
            raise CredentialNotFound(client_id=named)
        await execute(SET, new_id(), named, url, now)
        await execute(AT_ONCE, named, now)
        await audit.record(actor, "webhook.register", f"client/{named}", now=now)
        await emit(DeliveriesDue(client_id=named), now=now)
        held = await queries.address(named)
    assert held is not None
    return held


async def turn_on(client_id: str, *, now: datetime) -> Address:
    """Send a client outside what waits, at the address that it is registered with, though it was turned off.

    Raises: WebhookNotFound.
    """
    async with transaction():
        held = await outside(client_id, now=now)
        if held is None or not await fetch(ON, client_id):
            raise WebhookNotFound(client_id=client_id)
        await execute(AT_ONCE, client_id, now)
        await audit.record(WORKER, "webhook.register", f"client/{client_id}", now=now)
        await emit(DeliveriesDue(client_id=client_id), now=now)
    return held


async def remove(actor: Actor, app_id: str, environment: Environment, *, now: datetime) -> None:
    """Send a mini-app nothing any more, and forget what waits; without an address nothing happens.

    Raises: ScopeMissing, AppNotFound; TeamOwnerNeeded for production.
    """
    async with transaction():
        await credentials.own(actor, app_id, environment)
        named = credentials.client_id(app_id, environment)
        await execute("DELETE FROM webhook_address WHERE client_id = $1", named)
        await execute("DELETE FROM webhook_delivery WHERE client_id = $1 AND state = 'waiting'", named)
        await audit.record(actor, "webhook.remove", f"client/{named}", now=now)


async def _check(url: str) -> None:
    try:
        check_web(url)
        async with timeout(LOOK_UP_S):
            await outgoing.reach(outgoing.place_of(url), loopback=issuer.loopback_allowed())
    except ClientInvalid as refused:
        raise WebhookRefused(problem=refused.data["problem"]) from None
    except OutgoingRefused as refused:
        raise WebhookRefused(problem=str(refused)) from None
    except (OSError, ValueError):
        raise WebhookRefused(problem="nobody knows this name") from None
