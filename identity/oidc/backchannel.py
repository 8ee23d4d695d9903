"""Telling clients that a sign-in has ended (OpenID Connect Back-Channel Logout 1.0).

SessionEnded ──▶ one LogoutDue for each client that has an address for it ──▶ POST, tried again for a while
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

import structlog

from identity import clients, signing
from identity.events import SessionEnded
from identity.oidc import issuer
from identity.oidc.id_token import sid
from identity.signing import Purpose
from identity.subjects import pairwise_sub
from storage import outgoing
from storage.db import fetch
from storage.outbox import Event, emit
from storage.outgoing import OutgoingRefused
from storage.queue import Task, on

log = structlog.get_logger()

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPE = "logout+jwt"
LIFE = timedelta(minutes=2)
HEADERS = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}


@dataclass(frozen=True, kw_only=True)
class LogoutDue(Event):
    """A client is to be told that a session has ended."""

    type: ClassVar[str] = "oidc.logout_due"
    session_id: UUID
    client_id: str


@on(SessionEnded)
async def plan(event: SessionEnded, *, now: datetime) -> None:
    """Note which clients were signed in to in the session and want to know."""
    rows = await fetch(
        "SELECT DISTINCT g.client_id FROM oidc_grant g JOIN oidc_client c ON c.client_id = g.client_id"
        " WHERE g.party_id = $1 AND g.session_id = $2 AND g.code_used_at IS NOT NULL"
        " AND c.backchannel_logout_uri IS NOT NULL AND c.disabled_at IS NULL",
        event.party_id, event.session_id,
    )  # fmt: skip
    for row in rows:
        due = LogoutDue(party_id=event.party_id, session_id=event.session_id, client_id=row["client_id"])
        await emit(due, now=now, app_id=row["client_id"])


@on(LogoutDue, own_transaction=True, timeout_s=30)
async def tell(event: LogoutDue, *, now: datetime) -> None:
    """Tell one client; it may be told twice.

    Raises: ConnectionError, to be tried again, when it does not answer or fails itself.
    """
    client = await clients.enabled(event.client_id)
    if client is None or client.backchannel_logout_uri is None or event.party_id is None:
        return
    token = await logout_token(event.client_id, event.party_id, event.session_id, now=now)
    body = urlencode({"logout_token": token}).encode()
    try:
        status = await outgoing.post(
            client.backchannel_logout_uri, body, HEADERS, loopback=issuer.loopback_allowed()
        )
    except OutgoingRefused as refused:
        log.warning("oidc.logout_refused", client_id=event.client_id, reason=str(refused))
        return
    if status >= 500 or status == 429:
        raise ConnectionError(f"the client answered {status}")
    if status >= 300:
        log.warning("oidc.logout_declined", client_id=event.client_id, status=status)


async def logout_token(client_id: str, person_id: UUID, session_id: UUID, *, now: datetime) -> str:
    """Return the signed logout token (Back-Channel Logout 2.4)."""
    payload = {
        "iss": issuer.issuer(),
        "sub": pairwise_sub(client_id, person_id),
        "aud": client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "jti": secrets.token_hex(16),
        "events": {EVENT: {}},
        "sid": sid(client_id, session_id),
    }
    return await signing.sign(Purpose.ID_TOKEN, payload, type_=TYPE, now=now)


TASKS: list[Task[Any]] = [plan, tell]
