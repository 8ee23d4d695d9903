"""What became of a try: delivered, to be tried again, given up; and what follows for its line and address."""

from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from miniapps.webhooks.events import DeliveriesDue, WebhookTurnedOff
from miniapps.webhooks.rules import CUT, FAILING, GONE, LINES, DeliveryState, Off, Try, pause
from miniapps.webhooks.service._planning import lock
from storage.db import execute, fetch, transaction
from storage.outbox import emit

log = structlog.get_logger()

HELD = (
    "SELECT failures, tries, test FROM webhook_delivery WHERE id = $1 AND state = 'waiting' FOR NO KEY UPDATE"
)
OVER = """
UPDATE webhook_delivery SET state = $2, tries = $3::jsonb, failures = $4, ended_at = $5, next_at = NULL,
  leased_until = NULL WHERE id = $1
"""
AGAIN = """
UPDATE webhook_delivery SET tries = $2::jsonb, failures = $3, next_at = $4, leased_until = NULL WHERE id = $1
"""
CUT_OFF = "UPDATE webhook_delivery SET tries = $2::jsonb, leased_until = NULL WHERE id = $1"
NEXT = """
UPDATE webhook_delivery SET next_at = coalesce(next_at, $3) WHERE id = (
  SELECT id FROM webhook_delivery WHERE client_id = $1 AND line = $2 AND state = 'waiting'
  ORDER BY seq LIMIT 1)
"""
TAKES = "UPDATE webhook_address SET failing_since = NULL WHERE client_id = $1 AND failing_since IS NOT NULL"
FAILS = """
UPDATE webhook_address SET failing_since = coalesce(failing_since, $2) WHERE client_id = $1
RETURNING failing_since, off
"""
TURN_OFF = (
    "UPDATE webhook_address SET off = $2, off_at = $3 WHERE client_id = $1 AND off IS NULL RETURNING id"
)


async def record(client_id: str, delivery_id: UUID, line: UUID, tried: Try) -> None:
    """Write down a try, for which one that was cut counts not; of a delivery that is over nothing changes."""
    async with transaction():
        await lock(client_id, line)
        rows = await fetch(HELD, delivery_id)
        if not rows:
            return
        before = msgspec.json.decode(rows[0]["tries"], type=list[Try])
        tries = msgspec.json.encode([*before, tried][-LINES:]).decode()
        if tried.problem == CUT:
            await execute(CUT_OFF, delivery_id, tries)
            return
        if tried.is_taken:
            await execute(OVER, delivery_id, DeliveryState.DELIVERED, tries, 0, tried.at)
            await execute(TAKES, client_id)
            await execute(NEXT, client_id, line, tried.at)
            return
        await _failed(
            client_id, delivery_id, line, rows[0]["failures"] + 1, tries, tried, test=rows[0]["test"]
        )


async def _failed(
    client_id: str, delivery_id: UUID, line: UUID, failures: int, tries: str, tried: Try, *, test: bool
) -> None:
    wait = None if test else pause(failures)
    gone = tried.status == GONE and not test
    if wait is not None or gone:
        next_at = tried.at if wait is None else tried.at + wait
        await execute(AGAIN, delivery_id, tries, failures, next_at)
        if not gone:
            await emit(DeliveriesDue(client_id=client_id), now=tried.at, not_before=next_at)
    else:
        await execute(OVER, delivery_id, DeliveryState.DEAD, tries, failures, tried.at)
        await execute(NEXT, client_id, line, tried.at)
    if test:
        return
    [address] = await fetch(FAILS, client_id, tried.at) or [{"failing_since": tried.at, "off": None}]
    if gone:
        await _turn_off(client_id, Off.GONE, at=tried.at)
    elif wait is None and tried.at - address["failing_since"] >= FAILING:
        await _turn_off(client_id, Off.FAILING, at=tried.at)


async def _turn_off(client_id: str, why: Off, *, at: datetime) -> None:
    """Send no more to an address; what waits goes on waiting."""
    if await fetch(TURN_OFF, client_id, why, at):
        await emit(WebhookTurnedOff(client_id=client_id, why=why, at=at), now=at)
        log.warning("webhook.turned_off", client_id=client_id, reason=why.value)
