"""Facts leave the database only after the transaction that made them true."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec
import structlog
from piccolo.columns import JSONB, BigInt, Integer, Timestamptz, Varchar
from piccolo.columns import UUID as UUIDColumn
from piccolo.table import Table

from storage.db import DB, execute
from storage.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that has happened: ids and times only, never rows or personal data.

    Subclasses are frozen dataclasses in a slice's `events.py` and are named in the past tense.
    """

    type: ClassVar[str]  # dotted past tense, e.g. "case.decided"
    version: ClassVar[int] = 1
    party_id: UUID | None  # whose news it is: order is kept per party; None: nobody's, no order


class OutboxRow(Table, db=DB, tablename="outbox"):
    """One fact waiting to be told to the tasks that answer it."""

    id = UUIDColumn(primary_key=True, default=new_id)
    seq = BigInt(unique=True)  # from the sequence outbox_seq: the order in which facts were stored
    type = Varchar(80)
    version = Integer(default=1)
    party_id = UUIDColumn(null=True, default=None)
    app_id = Varchar(64, null=True, default=None)
    payload = JSONB()
    trace_id = Varchar(64, null=True, default=None)
    not_before = Timestamptz()
    attempts = Integer(default=0)
    sent_at = Timestamptz(null=True, default=None)
    settled_at = Timestamptz(null=True, default=None)


async def emit(
    event: Event, *, now: datetime, not_before: datetime | None = None, app_id: str | None = None
) -> UUID:
    """Store `event` in the caller's transaction and return its id; the relay ships it after commit.

    `not_before` schedules it: schedules live here, never in the queue.
    """
    fact_id = new_id()
    trace_id = structlog.contextvars.get_contextvars().get("request_id")
    await execute(
        "INSERT INTO outbox (id, seq, type, version, party_id, app_id, payload, trace_id, not_before, attempts)"
        " VALUES ($1, nextval('outbox_seq'), $2, $3, $4, $5, $6::jsonb, $7, $8, 0)",
        fact_id, event.type, event.version, event.party_id, app_id,
        msgspec.json.encode(asdict(event)).decode(), trace_id, not_before or now,
    )  # fmt: skip
    await execute("SELECT pg_notify('outbox', '')")
    return fact_id
