"""Telling clients what a citizen took back, by a webhook (Standard Webhooks 1.0).

ConsentWithdrawn ──▶ ConsentNewsDue, if the client has an address for it ──▶ POST, tried again for a day
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import structlog

from banshi import events, signing
from identity import clients
from identity.events import ConsentWithdrawn
from identity.oidc import issuer
from identity.subjects import pairwise_sub
from storage import outgoing
from storage.db import fetch
from storage.ids import new_id
from storage.outbox import Event, emit
from storage.queue import Task, on
from storage.seal import unwrap

log = structlog.get_logger()

GONE = 410  # the client wants to hear nothing any longer
TRIES = 300  # every five minutes at last: about a day


@dataclass(frozen=True, kw_only=True)
class ConsentNewsDue(Event):
    """A client is to be told what it lost.

    It is nobody's in the outbox: a client that is away must not hold up the citizen's other news.
    """

    type: ClassVar[str] = "oidc.consent_news_due"
    party_id: None = None
    message_id: UUID  # the same at every try, by which the client knows what it had
    client_id: str
    sub: str
    withdrawn: list[str]
    remaining: list[str]
    at: datetime


@on(ConsentWithdrawn)
async def plan(event: ConsentWithdrawn, *, now: datetime) -> None:
    """Note that the client is to be told, if it is one of ours and wants to know."""
    client = await clients.enabled(event.app_id)
    if client is None or client.webhook_uri is None:
        return
    due = ConsentNewsDue(
        message_id=new_id(), client_id=client.client_id, sub=pairwise_sub(client.client_id, event.party_id),
        withdrawn=event.withdrawn, remaining=event.remaining, at=event.at,
    )  # fmt: skip
    await emit(due, now=now, app_id=client.client_id)


@on(ConsentNewsDue, own_transaction=True, max_attempts=TRIES, timeout_s=30)
async def tell(event: ConsentNewsDue, *, now: datetime) -> None:
    """Tell one client; it may be told twice, by the same id.

    Raises: ConnectionError, to be tried again, when it does not answer or does not take it; OutgoingRefused
        when its address is none that we call, which is a dead job.
    """
    client = await clients.enabled(event.client_id)
    if client is None or client.webhook_uri is None:
        return
    body = events.body(
        events.ConsentWithdrawn(
            sub=event.sub, at=event.at, client_id=event.client_id, withdrawn=event.withdrawn,
            remaining=event.remaining,
        )
    )  # fmt: skip
    signed = signing.headers(
        [await _secret(event.client_id)], message_id=f"msg_{event.message_id.hex}", at=now, body=body
    )
    headers = {"content-type": "application/json", **signed}
    status = await outgoing.post(client.webhook_uri, body, headers, loopback=issuer.loopback_allowed())
    if status == GONE:
        log.warning("oidc.consent_news_declined", client_id=event.client_id, status=status)
    elif not 200 <= status < 300:
        raise ConnectionError(f"the client answered {status}")


async def _secret(client_id: str) -> str:
    [row] = await fetch("SELECT webhook_sealed FROM oidc_client WHERE client_id = $1", client_id)
    return unwrap(row["webhook_sealed"], aad=clients.webhook_aad(client_id)).decode()


TASKS: list[Task[Any]] = [plan, tell]
