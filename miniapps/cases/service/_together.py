"""Submissions of several applicants, written by one statement that is a transaction of its own.

    asked, pin, receipt, clock, line, fact         what each member brings: one array for each column
      └ held       its draft, locked, when it is exactly as it was read and what was chosen is still there
          └ file     files that the archive is to read from now on, locked
              └ claimed    the idempotency key, when nobody has used it
                  └ received   the case, handed in; every other row takes party and case from this one
                      └ materials, receipts, clocks, timeline, audit, facts

A member that fails on the way is not in the answer and has left nothing behind.  What somebody else has
locked is not waited for: it counts as failed, so no member holds up the others and no two statements block
each other.  `docs/adr/069` says why this is safe.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from identity import audit
from miniapps.materials.service import receipts
from miniapps.materials.service.receipts import Receipt
from storage import outbox
from storage.db import fetch, in_transaction
from storage.groups import Group
from storage.unnest import Parts, brought


class Asked(NamedTuple):
    """The case itself: what it was when it was read, and what it becomes."""

    command_id: UUID
    event_id: UUID
    case_id: UUID
    party_id: UUID
    was: bytes  # the draft's sealed content: each edit seals anew, so the same bytes are the same draft
    key: str
    digest: str
    number: str
    item_version: UUID
    title: str
    department_id: UUID
    content: bytes
    promises: bool  # some proof is replaced by a promise
    effects: str  # JSON
    person_id: UUID
    acting_for: UUID
    app_id: str | None
    at: datetime


class Pinned(NamedTuple):
    """How one material is satisfied: the columns of CaseMaterial, but for whose and for which case."""

    id: UUID
    kind: str
    name: str
    way: str
    holding_id: UUID | None = None
    holding_kind: str | None = None
    trust: str | None = None
    electronic: bool = False
    receipt_id: UUID | None = None
    promise: str | None = None
    handed_at: datetime | None = None
    due_on: date | None = None


class Started(NamedTuple):
    """A clock that begins to run."""

    id: UUID
    kind: str
    basis: str
    starts_on: date
    days: int
    unit: str
    due_on: date
    provisional: bool


@dataclass(frozen=True)
class Submission:
    """Everything that one submission writes, computed beforehand."""

    asked: Asked
    pin: Sequence[Pinned]
    receipt: Sequence[Receipt]
    clock: Sequence[Started]
    line: Sequence[audit.Line]
    fact: Sequence[outbox.Fact]


ASKED = Parts(Asked)
PARTS = {
    "pin": Parts(Pinned),
    "receipt": Parts(Receipt),
    "clock": Parts(Started),
    "line": Parts(audit.Line),
    "fact": Parts(outbox.Fact),
}
"""The fields of Submission that hold rows."""


def _of_received(name: str, order: str = "") -> str:
    """Return the rows `name` of those who were received, each with the party of its own case."""
    rows = f"SELECT received.party_id, {name}.* FROM {name} JOIN received USING (member)"  # noqa: S608
    return f"({rows} {order}) AS {name}"


WRITE = f"""
WITH {brought({"asked": ASKED, **PARTS})},
held AS MATERIALIZED (
  SELECT asked.* FROM asked
  JOIN case_file AS draft ON draft.id = asked.case_id AND draft.party_id = asked.party_id
  WHERE draft.state = 'draft' AND draft.content = asked.was
    AND NOT EXISTS (
      SELECT FROM receipt WHERE receipt.member = asked.member AND ({receipts.STILL_HELD}) IS NOT TRUE)
    AND (NOT asked.promises OR (
      SELECT id FROM commitment_bar WHERE party_id = asked.party_id AND repaired_at IS NULL LIMIT 1) IS NULL)
  FOR NO KEY UPDATE OF draft SKIP LOCKED),
file AS MATERIALIZED ({receipts.FILES}),
claimed AS (
  INSERT INTO case_command (id, party_id, app_id, key, digest, case_id, at)
  SELECT DISTINCT ON (case_id) command_id, party_id, coalesce(app_id, ''), key, digest, case_id, at FROM held
  WHERE NOT EXISTS (
    SELECT FROM receipt WHERE receipt.member = held.member AND receipt.object_id IS NOT NULL
      AND receipt.id NOT IN (SELECT id FROM file))
  ON CONFLICT (party_id, app_id, key) DO NOTHING RETURNING id),
received AS (
  UPDATE case_file AS mine SET state = 'submitted', number = held.number, item_version = held.item_version,
    title = held.title, department_id = held.department_id, content = held.content,
    received_at = held.at, complete_at = held.at
  FROM held JOIN claimed ON claimed.id = held.command_id WHERE mine.id = held.case_id
  RETURNING mine.id AS case_id, mine.party_id, mine.department_id, held.member, held.command_id,
    held.event_id, held.effects, held.person_id, held.acting_for, held.app_id, held.at),
kept AS ({receipts.KEEP}),
noted AS ({receipts.INSERT}),
pinned AS (
  INSERT INTO case_material (id, party_id, case_id, kind, name, way, holding_id, holding_kind, trust,
    electronic, receipt_id, promise, handed_at, due_on)
  SELECT pin.id, party_id, case_id, kind, name, way, holding_id, holding_kind, trust,
    electronic, receipt_id, promise, handed_at, due_on
  FROM pin JOIN received USING (member)),
started AS (
  INSERT INTO case_clock (id, party_id, case_id, kind, basis, starts_on, days, unit, extended_days,
    stopped_days, due_on, provisional)
  SELECT clock.id, party_id, case_id, kind, basis, starts_on, days, unit, 0, 0, due_on, provisional
  FROM clock JOIN received USING (member)),
told AS (
  INSERT INTO case_event (id, party_id, case_id, verb, from_state, to_state, person_id, acting_for,
    by_rule, reason, effects, at)
  SELECT event_id, party_id, case_id, 'submit', 'draft', 'submitted', person_id, acting_for,
    false, '', effects::jsonb, at
  FROM received),
audited AS ({audit.insert_lines(_of_received("line"))}),
emitted AS ({outbox.insert_facts(_of_received("fact", "ORDER BY fact.id"))})
SELECT command_id, pg_notify('outbox', '') FROM received
"""  # noqa: S608


async def write(submissions: Sequence[Submission]) -> set[UUID]:
    """Write several submissions at once; return the `command_id` of those that were written.

    Whoever is not among them was not as it was read, or somebody else is at it: it has left nothing
    behind.  An error, for example a row that breaks a constraint, is everybody's and nothing is written.
    One statement on a connection of the pool, in its own transaction: when it returns, what it wrote lasts.
    """
    assert not in_transaction(), "the statement is a transaction of its own"
    brought = [
        ASKED.arguments([[one.asked] for one in submissions]),
        *(PARTS[part].arguments([getattr(one, part) for one in submissions]) for part in PARTS),
    ]
    rows = await fetch(WRITE, *(array for arrays in brought for array in arrays))
    return {row["command_id"] for row in rows}


async def _answer(submissions: Sequence[Submission]) -> list[bool]:
    written = await write(submissions)
    return [one.asked.command_id in written for one in submissions]


GROUP = Group(_answer)
"""Submissions of this process on their way to the database."""


def share_statements(share: bool) -> None:
    """Let those who come at the same time share a statement, as is usual; or give each one of its own."""
    GROUP.grouping = share
