"""Sending what is due: several lines of one address at once, each in its order, a few addresses at a time."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from banshi import signing
from identity import clients
from identity.keys import Retention, existing_keys
from identity.oidc import issuer
from miniapps.catalog.service import credentials
from miniapps.catalog.service.credentials import SANDBOX
from miniapps.webhooks import queries
from miniapps.webhooks.events import DeliveriesDue
from miniapps.webhooks.rules import AT_ONCE, TIMEOUT_S, Try, message_id
from miniapps.webhooks.service._recording import record
from storage import outgoing, seal
from storage.db import execute, fetch
from storage.outbox import emit
from storage.outgoing import OutgoingRefused

MOST_ADDRESSES = 4  # at a time in one process, so that other jobs find room beside them
LATER = timedelta(seconds=2)
LEASE_S = 2 * TIMEOUT_S  # nobody else sends it meanwhile; a process that died has lost it then
LONGEST_S = 60.0  # of one job; what is left is for another

CLAIM = """
UPDATE webhook_delivery SET leased_until = clock_timestamp() + make_interval(secs => $4) WHERE id = ANY(ARRAY(
  SELECT due.id FROM webhook_delivery due
  WHERE due.client_id = $1 AND due.state = 'waiting' AND due.next_at <= $2
    AND (due.leased_until IS NULL OR due.leased_until < clock_timestamp())
    AND NOT EXISTS (SELECT FROM webhook_delivery ahead WHERE ahead.client_id = due.client_id
      AND ahead.line = due.line AND ahead.state = 'waiting' AND ahead.seq < due.seq)
  ORDER BY due.next_at LIMIT $3 FOR UPDATE SKIP LOCKED))
RETURNING id, party_id, line, type, body
"""

_busy: dict[str, bool] = {}  # clients that this process sends to: whether more has come since it looked


class Due(NamedTuple):
    """A delivery that is ours to send."""

    id: UUID
    party_id: UUID | None
    line: UUID
    type: str
    body: bytes


class Target(NamedTuple):
    """Where to send, and what to sign with."""

    client_id: str
    url: str
    secrets: list[str]


async def send_due(client_id: str, *, now: datetime) -> None:
    """Send a client all that is due.  It may run twice: each delivery is leased by one of them."""
    if client_id in _busy:
        _busy[client_id] = True
        return
    if len(_busy) >= MOST_ADDRESSES:
        await emit(DeliveriesDue(client_id=client_id), now=now, not_before=now + LATER)
        return
    _busy[client_id] = True
    try:
        while _busy[client_id]:
            _busy[client_id] = False
            await _send_due(client_id, now=now)
    finally:
        del _busy[client_id]


async def _send_due(client_id: str, *, now: datetime) -> None:
    began = time.monotonic()
    at = now
    while (target := await _target(client_id, now=at)) is not None:
        rows = [Due(**row) for row in await fetch(CLAIM, client_id, at, AT_ONCE, LEASE_S)]
        bodies = await _bodies(rows)
        sending = [asyncio.create_task(_send(target, due, body, at=at)) for due, body in bodies]
        for sent in asyncio.as_completed(sending):
            due, tried = await sent
            await record(client_id, due.id, due.line, tried)
        gone = time.monotonic() - began
        at = now + timedelta(seconds=gone)
        if not rows:
            return
        if gone > LONGEST_S:
            await emit(DeliveriesDue(client_id=client_id), now=at)
            return


async def _target(client_id: str, *, now: datetime) -> Target | None:
    """Return where a client is told now; None: nowhere."""
    address, client = await queries.address(client_id), await clients.enabled(client_id)
    if address is None or address.off is not None or client is None:
        return None
    secrets = await _secrets(client_id, now=now)
    return Target(client_id, address.url, secrets) if secrets else None


async def _secrets(client_id: str, *, now: datetime) -> list[str]:
    """Return every secret in force: of a mini-app several while it changes, of a client outside one."""
    app_id = client_id.removesuffix(SANDBOX)
    held = await credentials.webhook_secrets(app_id, queries.environment_of(client_id), now=now)
    if held:
        return held
    rows = await fetch("SELECT webhook_sealed FROM oidc_client WHERE client_id = $1", client_id)
    sealed = rows[0]["webhook_sealed"] if rows else None
    return [] if sealed is None else [seal.unwrap(sealed, aad=clients.webhook_aad(client_id)).decode()]


async def _send(target: Target, due: Due, body: bytes, *, at: datetime) -> tuple[Due, Try]:
    """Try once."""
    signed = signing.headers(target.secrets, message_id=message_id(due.id), at=at, body=body)
    began = time.monotonic()
    status, problem = await _post(target.url, body, {"content-type": "application/json", **signed})
    ms = round((time.monotonic() - began) * 1000)
    return due, Try(at=at + timedelta(milliseconds=ms), ms=ms, status=status, problem=problem)


async def _post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int | None, str]:
    """Return the status of the answer, or why there is none; the address is checked anew each time."""
    try:
        return await outgoing.post(
            url, body, headers, loopback=issuer.loopback_allowed(), timeout_s=TIMEOUT_S
        ), ""
    except OutgoingRefused:
        return None, "refused"
    except (OSError, ValueError):  # a name that has become none, too
        return None, "silent"


async def _bodies(rows: Sequence[Due]) -> list[tuple[Due, bytes]]:
    """Open what is to be sent; what was of a citizen who is gone is deleted instead."""
    parties = {due.party_id for due in rows if due.party_id is not None}
    held = await existing_keys(parties, Retention.CITIZEN)
    found = [(due, queries.opened(due.id, due.party_id, due.body, held)) for due in rows]
    lost = [due.id for due, body in found if body is None]
    if lost:
        await execute("DELETE FROM webhook_delivery WHERE id = ANY($1)", lost)
    return [(due, body) for due, body in found if body is not None]
