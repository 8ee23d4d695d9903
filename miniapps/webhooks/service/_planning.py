"""Planning a delivery: sealed, put at the end of its line, and due at once if nothing is ahead of it."""

from datetime import datetime
from uuid import UUID

from banshi import events
from banshi.events import MANDATORY, PublicEvent
from identity import keys
from identity.errors import PartyErased
from identity.keys import Retention
from miniapps.webhooks import queries
from miniapps.webhooks.events import DeliveriesDue
from miniapps.webhooks.queries import Address
from miniapps.webhooks.rules import HELD, LARGEST
from storage import seal
from storage.db import execute, fetch
from storage.ids import new_id
from storage.outbox import emit

OUTSIDE = """
INSERT INTO webhook_address (id, client_id, url, registered_at)
SELECT $1, client_id, webhook_uri, $3::timestamptz FROM oidc_client
WHERE client_id = $2 AND webhook_uri IS NOT NULL AND disabled_at IS NULL
ON CONFLICT (client_id) DO NOTHING
"""
PLAN = """
INSERT INTO webhook_delivery (id, party_id, client_id, line, seq, type, body, test, made_at, next_at)
SELECT $1, $2, $3::text, $4, nextval('webhook_seq'), $5, $6, $7, $8, CASE WHEN EXISTS (
  SELECT FROM webhook_delivery WHERE client_id = $3::text AND line = $4 AND state = 'waiting')
  THEN NULL ELSE $8::timestamptz END
RETURNING next_at
"""


async def plan(
    news: PublicEvent,
    client_id: str,
    *,
    line: UUID | None,
    party_id: UUID | None = None,
    test: bool = False,
    now: datetime,
) -> UUID | None:
    """Plan to tell a client, if it has an address, in the caller's transaction; return the delivery's id.

    What is in one `line` is sent in the order in which it was planned; None: it is in no other's way.
    For an address that is off for long only what it must hear is planned.
    Raises: ValueError for news that are too long to be sent.
    """
    body = events.body(news, test=test)
    if len(body) > LARGEST:
        raise ValueError(f"{news.type} has more than {LARGEST} bytes")
    address = await queries.address(client_id) or await outside(client_id, now=now)
    if address is None or not (test or _is_worth_keeping(news, address, now=now)):
        return None
    id = new_id()
    line = line or id
    await lock(client_id, line)
    owner, sealed = await _sealed(party_id, body, aad=queries.aad(id))
    rows = await fetch(PLAN, id, owner, client_id, line, news.type, sealed, test, now)
    if rows[0]["next_at"] is not None:
        await emit(DeliveriesDue(client_id=client_id), now=now)
    return id


async def outside(client_id: str, *, now: datetime) -> Address | None:
    """Return where a client outside is told, in the caller's transaction; None: nowhere."""
    await execute(OUTSIDE, new_id(), client_id, now)
    return await queries.address(client_id)


def _is_worth_keeping(news: PublicEvent, address: Address, *, now: datetime) -> bool:
    is_on = address.off_at is None or now - address.off_at <= HELD
    return is_on or news.type in MANDATORY


async def lock(client_id: str, line: UUID) -> None:
    """Let nobody else put something at the end of a line, or take its head, until the transaction ends."""
    await execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"webhook {client_id} {line}")


async def _sealed(party_id: UUID | None, body: bytes, *, aad: bytes) -> tuple[UUID | None, bytes]:
    """Return whose the row is, and its body; of who was erased meanwhile it is nobody's."""
    if party_id is not None:
        try:
            return party_id, seal.seal(body, await keys.data_key(party_id, Retention.CITIZEN), aad=aad)
        except PartyErased:
            pass
    return None, seal.wrap(body, aad=aad)
