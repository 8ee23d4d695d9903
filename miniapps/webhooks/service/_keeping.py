"""Start what was left behind, tell teams of addresses turned off, forget what is old."""

from datetime import datetime, timedelta
from uuid import UUID

from identity.actor import WORKER
from miniapps.catalog import queries as catalog
from miniapps.catalog.errors import AppNotFound
from miniapps.catalog.service.credentials import SANDBOX
from miniapps.insight import service as insight
from miniapps.insight.rules.limits import WEBHOOK_OFF
from miniapps.notices import service as notices
from miniapps.notices.rules import spoken
from miniapps.release import queries as releases
from miniapps.webhooks.events import DeliveriesDue, WebhookTurnedOff
from miniapps.webhooks.rules import KEPT, Off
from storage.db import execute, fetch
from storage.outbox import emit

LEFT = timedelta(seconds=20)  # what is due for so long was left by a process that died
AT_ONCE = 1000
WHY = {Off.FAILING: "连续三天没有收下任何消息", Off.GONE: "回答不再接收消息（410）"}
LEFT_OVER = """
SELECT client_id FROM webhook_address address WHERE off IS NULL AND EXISTS (
  SELECT FROM webhook_delivery due WHERE due.client_id = address.client_id AND due.state = 'waiting'
    AND due.next_at <= $1 AND (due.leased_until IS NULL OR due.leased_until < clock_timestamp()))
"""
OLD = """
DELETE FROM webhook_delivery WHERE id = ANY(ARRAY(
  SELECT id FROM webhook_delivery WHERE made_at < $1 ORDER BY made_at LIMIT $2 FOR UPDATE SKIP LOCKED))
"""
FREED = """
UPDATE webhook_delivery free SET next_at = $1
WHERE free.state = 'waiting' AND free.next_at IS NULL AND NOT EXISTS (
  SELECT FROM webhook_delivery ahead WHERE ahead.client_id = free.client_id AND ahead.line = free.line
    AND ahead.state = 'waiting' AND ahead.seq < free.seq)
"""


async def remind(*, now: datetime) -> None:
    """Let what was left over be sent: the job that was to do it ended with its process."""
    for row in await fetch(LEFT_OVER, now - LEFT):
        await emit(DeliveriesDue(client_id=row["client_id"]), now=now)


async def sweep(*, now: datetime) -> None:
    """Delete deliveries past keeping; what stood behind one that waited is free to go."""
    deleted = AT_ONCE
    while deleted == AT_ONCE:
        deleted = int((await execute(OLD, now - KEPT, AT_ONCE)).split()[-1])
    await execute(FREED, now)


async def forget(party_id: UUID) -> None:
    """Delete what was, or was to be, told of a party that is erased, in the caller's transaction."""
    await execute("DELETE FROM webhook_delivery WHERE party_id = $1", party_id)


async def tell_off(event: WebhookTurnedOff, *, now: datetime) -> None:
    """Tell those who make a mini-app that its address is turned off; clients outside have no inbox."""
    try:
        app = await catalog.app(WORKER, event.client_id.removesuffix(SANDBOX))
    except AppNotFound:
        return
    [waits] = await fetch(
        "SELECT count(*) AS n FROM webhook_delivery WHERE client_id = $1 AND state <> 'delivered'",
        event.client_id,
    )
    await insight.notice(app.app_id, WEBHOOK_OFF, found=waits["n"], now=now)
    parameters = {"name": app.name, "at": spoken(event.at), "why": WHY[Off(event.why)]}
    for person_id in await releases.makers_of(app):
        await notices.tell_of(
            person_id, kind=event.type, parameters=parameters, link=f"/developer/apps/{app.app_id}/webhooks",
            key=f"{event.type}:{event.client_id}:{event.at.isoformat()}", now=now,
        )  # fmt: skip
