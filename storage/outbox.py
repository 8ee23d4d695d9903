"""Facts leave the database only after the transaction that made them true."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple
from uuid import UUID

import msgspec
import structlog
from piccolo.columns import JSONB, BigInt, Integer, Timestamptz, Varchar
from piccolo.columns import UUID as UUIDColumn
from piccolo.constraints import Check
from piccolo.table import Table

from storage.db import DB, fetch
from storage.ids import new_id
from storage.unnest import Rows, unnest


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
    emitted_at = Timestamptz()  # by the clock handed down
    not_before = Timestamptz(null=True, default=None)  # null: at once
    attempts = Integer(default=0)  # how often it was sent
    sent_at = Timestamptz(null=True, default=None)  # when its jobs were made
    settled_at = Timestamptz(null=True, default=None)  # when the last of them was done or dead

    outbox_is_sent_before_settled = Check("settled_at IS NULL OR sent_at IS NOT NULL")


EMIT = """
WITH fact AS (
  INSERT INTO outbox
    (id, seq, type, version, party_id, app_id, payload, trace_id, emitted_at, not_before, attempts)
  VALUES ($1, nextval('outbox_seq'), $2, $3, $4, $5, $6::jsonb, $7, $8, $9, 0) RETURNING id
)
SELECT pg_notify('outbox', '') FROM fact
"""
"""The notice reaches the relay when, and only if, the caller's transaction commits."""


class Fact(NamedTuple):
    """The values of a fact about to be stored, but for its party."""

    id: UUID
    type: str
    version: int
    app_id: str | None
    payload: str  # JSON
    trace_id: str | None
    emitted_at: datetime
    not_before: datetime | None


def fact(
    event: Event, *, now: datetime, not_before: datetime | None = None, app_id: str | None = None
) -> Fact:
    """Return `event` as a row, for a statement that stores it together with what made it true."""
    return Fact(
        id=new_id(), type=event.type, version=event.version, app_id=app_id,
        payload=msgspec.json.encode(event).decode(),
        trace_id=structlog.contextvars.get_contextvars().get("request_id"),
        emitted_at=now, not_before=not_before,
    )  # fmt: skip


def insert_facts(source: str) -> str:
    """Return the INSERT of the facts in `source`, an item of FROM with `party_id` and the columns of Fact.

    They are stored in the order of `source`; who runs it also runs `pg_notify('outbox', '')`.
    """
    return (
        "INSERT INTO outbox (id, seq, type, version, party_id, app_id, payload, trace_id,"  # noqa: S608
        " emitted_at, not_before, attempts) SELECT id, nextval('outbox_seq'), type, version, party_id,"
        f" app_id, payload::jsonb, trace_id, emitted_at, not_before, 0 FROM {source}"
    )


async def emit(
    event: Event, *, now: datetime, not_before: datetime | None = None, app_id: str | None = None
) -> UUID:
    """Store `event` in the caller's transaction and return its id; the relay ships it after commit.

    `not_before` schedules it: schedules live here, never in the queue.
    """
    row = fact(event, now=now, not_before=not_before, app_id=app_id)
    await fetch(
        EMIT,
        row.id,
        row.type,
        row.version,
        event.party_id,
        row.app_id,
        row.payload,
        row.trace_id,
        now,
        not_before,
    )
    return row.id


_FACTS = Rows(Fact)
_MADE = f"{unnest(*_FACTS.types, 'uuid')} AS fact ({_FACTS.names}, party_id)"
_STORE = f"WITH told AS ({insert_facts(_MADE)} RETURNING id)"
EMIT_ALL = f"{_STORE} SELECT pg_notify('outbox', '') FROM told LIMIT 1"  # noqa: S608


async def emit_all(facts: Sequence[tuple[Fact, UUID | None]]) -> None:
    """Store facts, each with its party, in the caller's transaction and in this order; one statement."""
    if facts:
        rows, parties = [row for row, _ in facts], [party_id for _, party_id in facts]
        await fetch(EMIT_ALL, *_FACTS.arguments(rows), parties)
