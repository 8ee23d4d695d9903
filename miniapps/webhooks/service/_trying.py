"""One try to deliver: where to, signed by which secrets, and what came of it; never longer than its lease."""

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
from miniapps.webhooks.rules import AT_ONCE, CUT, QUICK_S, TIMEOUT_S, Try, message_id
from storage import outgoing, seal
from storage.db import execute, fetch
from storage.outgoing import OutgoingRefused

LEASE_S = 2 * TIMEOUT_S  # nobody else sends it meanwhile; a process that died has lost it then
SPARE_S = 5.0  # before the end of the lease, in which a try is written down

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


class Due(NamedTuple):
    """A delivery that is ours to send."""

    id: UUID
    party_id: UUID | None
    line: UUID
    type: str
    body: bytes


class Target(NamedTuple):
    """Where to send, what to sign with, and whether it is known to let us wait."""

    client_id: str
    url: str
    slow: bool
    secrets: list[str]


async def target_of(client_id: str, *, now: datetime) -> Target | None:
    """Return where a client is told now; None: nowhere."""
    address, client = await queries.address(client_id), await clients.enabled(client_id)
    if address is None or address.off is not None or client is None:
        return None
    secrets = await _secrets(client_id, now=now)
    return Target(client_id, address.url, address.slow, secrets) if secrets else None


async def _secrets(client_id: str, *, now: datetime) -> list[str]:
    """Return every secret in force: of a mini-app several while it changes, of a client outside one."""
    app_id = client_id.removesuffix(SANDBOX)
    held = await credentials.webhook_secrets(app_id, queries.environment_of(client_id), now=now)
    if held:
        return held
    rows = await fetch("SELECT webhook_sealed FROM oidc_client WHERE client_id = $1", client_id)
    sealed = rows[0]["webhook_sealed"] if rows else None
    return [] if sealed is None else [seal.unwrap(sealed, aad=clients.webhook_aad(client_id)).decode()]


async def taken(client_id: str, *, at: datetime) -> list[tuple[Due, bytes]]:
    """Lease the heads of several lines, and open them; what was of a citizen who is gone is deleted."""
    while rows := [Due(**row) for row in await fetch(CLAIM, client_id, at, AT_ONCE, LEASE_S)]:
        parties = {due.party_id for due in rows if due.party_id is not None}
        held = await existing_keys(parties, Retention.CITIZEN)
        found = [(due, queries.opened(due.id, due.party_id, due.body, held)) for due in rows]
        if lost := [due.id for due, body in found if body is None]:
            await execute("DELETE FROM webhook_delivery WHERE id = ANY($1)", lost)
        if kept := [(due, body) for due, body in found if body is not None]:
            return kept
    return []


async def attempt(target: Target, due: Due, body: bytes, *, at: datetime, ends: float) -> tuple[Due, Try]:
    """Try once, until `ends` by the monotonic clock at most."""
    signed = signing.headers(target.secrets, message_id=message_id(due.id), at=at, body=body)
    began = time.monotonic()
    allowed_s = min(TIMEOUT_S if target.slow else QUICK_S, ends - began)
    headers = {"content-type": "application/json", **signed}
    status, problem = await _post(target.url, body, headers, allowed_s=allowed_s)
    ms = round((time.monotonic() - began) * 1000)
    return due, Try(at=at + timedelta(milliseconds=ms), ms=ms, status=status, problem=problem)


async def _post(
    url: str, body: bytes, headers: Mapping[str, str], *, allowed_s: float
) -> tuple[int | None, str]:
    """Return the status of the answer, or why there is none; the address is checked anew each time."""
    try:
        async with asyncio.timeout(allowed_s):
            loopback = issuer.loopback_allowed()
            return await outgoing.post(url, body, headers, loopback=loopback, timeout_s=TIMEOUT_S), ""
    except OutgoingRefused:
        return None, "refused"
    except TimeoutError:
        return None, "silent" if allowed_s >= TIMEOUT_S else CUT
    except (OSError, ValueError):  # a name that has become none, too
        return None, "silent"


def is_slow(tries: Sequence[Try]) -> bool:
    """Say whether somebody let us wait."""
    return any(tried.ms >= QUICK_S * 1000 or tried.problem == CUT for tried in tries)
