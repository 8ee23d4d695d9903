"""The ways to hand an application in, down at the statements.

naive       four INSERTs in one transaction: idempotency row, case, event, fact
same_rows   every row that ours writes, one statement each, in one transaction
alone       ours, one application in a statement
grouped     ours, sixteen in a statement
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from uuid import UUID

import asyncpg

from bench._lab.data.population import Population
from bench._lab.drafts import Draft
from miniapps.cases.service import _together
from miniapps.cases.service._together import Submission
from storage.ids import new_id
from storage.outbox import EMIT, Fact

AT_ONCE = 16  # connections of every way
GROUP = 16

COMMAND = "INSERT INTO case_command (id, party_id, key, digest, case_id, at) VALUES ($1, $2, $3, $4, $5, $6)"
CASE = (
    "INSERT INTO case_file (id, party_id, applicant_id, item_version, code, title, region, state, content,"
    " delivery, opened_at, number, department_id, received_at, complete_at)"
    " VALUES ($1, $2, $2, $3, $4, $5, $6, 'submitted', $7, 'electronic', $8, $9, $10, $8, $8)"
)
EVENT = (
    "INSERT INTO case_event (id, party_id, case_id, verb, from_state, to_state, person_id, acting_for,"
    " by_rule, reason, effects, at)"
    " VALUES ($1, $2, $3, 'submit', 'draft', 'submitted', $2, $2, false, '', $4::jsonb, $5)"
)
RECEIVE = (
    "UPDATE case_file SET state = 'submitted', number = $2, item_version = $3, title = $4,"
    " department_id = $5, content = $6, received_at = $7, complete_at = $7"
    " WHERE id = $1 AND state = 'draft' AND party_id = $8"
)
PIN = (
    "INSERT INTO case_material (id, party_id, case_id, kind, name, way, holding_id, holding_kind, trust,"
    " electronic, receipt_id, promise, handed_at, due_on)"
    " VALUES ($1, $13, $14, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
)
CLOCK = (
    "INSERT INTO case_clock (id, kind, basis, starts_on, days, unit, due_on, provisional, party_id, case_id,"
    " extended_days, stopped_days) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0)"
)
LINE = (
    "INSERT INTO audit_row (id, at, person_id, acting_for, roles, session_id, app_id, delegation_id, act,"
    " object, basis, party_id)"
    " VALUES ($1, $2, $3, $4, string_to_array($5, ','), $6, $7, $8, $9, $10, $11, $12)"
)

SERIAL = count(time.time_ns() // 1000)
"""Numbers of cases that nobody else has."""

Way = Callable[["Desk", Sequence[Submission]], Awaitable[None]]


@dataclass(frozen=True)
class Desk:
    """Where submissions are written: a pool that gives connections back as they are."""

    pool: asyncpg.Pool


def copies(
    first: Submission, population: Population, drafts: Sequence[Draft], *, now: datetime
) -> list[Submission]:
    """Return one submission for each draft, with the rows that the service made for the first."""
    return [
        _copy(first, population.party_id(draft.owner), draft, f"{next(SERIAL):021d}", now) for draft in drafts
    ]


def _copy(first: Submission, party_id: UUID, draft: Draft, number: str, now: datetime) -> Submission:
    def fresh(row: tuple[object, ...], **changes: object) -> object:
        return row._replace(id=new_id(), **changes)  # type: ignore[attr-defined]

    asked = first.asked._replace(
        command_id=new_id(), event_id=new_id(), case_id=draft.case_id, party_id=party_id, was=draft.content,
        key=draft.case_id.hex, number=number, person_id=party_id,
        acting_for=party_id, at=now,
    )  # fmt: skip
    return replace(
        first,
        asked=asked,
        pin=[fresh(row) for row in first.pin],
        clock=[fresh(row) for row in first.clock],
        line=[fresh(row, person_id=party_id, acting_for=party_id) for row in first.line],
        fact=[fresh(row) for row in first.fact],
    )


async def naive(desk: Desk, submissions: Sequence[Submission]) -> None:
    """Write four rows for each, one statement each, in a transaction each."""

    async def one(connection: asyncpg.Connection, submission: Submission) -> None:
        each, case_id = submission.asked, new_id()
        case = (case_id, each.party_id, each.item_version, "330000000000", each.title, "330106", each.content)
        command = (each.command_id, each.party_id, each.key + "n", each.digest, case_id, each.at)
        async with connection.transaction():
            await connection.execute(COMMAND, *command)
            await connection.execute(CASE, *case, each.at, f"9{each.number[1:]}", each.department_id)
            await connection.execute(EVENT, each.event_id, each.party_id, case_id, each.effects, each.at)
            await connection.fetch(EMIT, *_fact(submission.fact[-1]._replace(id=new_id()), each.party_id))

    await _spread(desk, submissions, one)


async def same_rows(desk: Desk, submissions: Sequence[Submission]) -> None:
    """Write all that ours writes, one statement for each row, in a transaction each."""

    async def one(connection: asyncpg.Connection, submission: Submission) -> None:
        each = submission.asked
        whose = (each.party_id, each.case_id)
        command = (each.command_id, each.party_id, each.key, each.digest, each.case_id, each.at)
        becomes = (each.number, each.item_version, each.title, each.department_id, each.content, each.at)
        async with connection.transaction():
            await connection.execute(COMMAND, *command)
            await connection.execute(RECEIVE, each.case_id, *becomes, each.party_id)
            for row in submission.pin:
                await connection.execute(PIN, *row, *whose)
            for clock in submission.clock:
                await connection.execute(CLOCK, *clock, *whose)
            await connection.execute(EVENT, each.event_id, *whose, each.effects, each.at)
            for line in submission.line:
                await connection.execute(LINE, *line, each.party_id)
            for fact in submission.fact:
                await connection.fetch(EMIT, *_fact(fact, each.party_id))

    await _spread(desk, submissions, one)


def _fact(fact: Fact, party_id: UUID) -> tuple[object, ...]:
    return (*fact[:3], party_id, *fact[3:])


async def alone(desk: Desk, submissions: Sequence[Submission]) -> None:
    """Write ours, one application in a statement."""
    await _spread(desk, submissions, _write_one)


async def grouped(desk: Desk, submissions: Sequence[Submission]) -> None:
    """Write ours, sixteen applications in a statement, two statements at once as in the service."""
    groups = [submissions[start : start + GROUP] for start in range(0, len(submissions), GROUP)]
    await _spread(desk, groups, _write, at_once=2)


async def _write_one(connection: asyncpg.Connection, submission: Submission) -> None:
    await _write(connection, [submission])


async def _write(connection: asyncpg.Connection, group: Sequence[Submission]) -> None:
    brought = [
        _together.ASKED.arguments([[one.asked] for one in group]),
        *(_together.PARTS[part].arguments([getattr(one, part) for one in group]) for part in _together.PARTS),
    ]
    rows = await connection.fetch(_together.WRITE, *(array for arrays in brought for array in arrays))
    assert len(rows) == len(group), "a submission was not written"


async def _spread(
    desk: Desk, work: Sequence[object], one: Callable[..., Awaitable[None]], *, at_once: int = AT_ONCE
) -> None:
    """Do all work on so many held connections."""
    left = iter(work)

    async def line() -> None:
        async with desk.pool.acquire() as connection:
            for each in left:
                await one(connection, each)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(line())


WAYS: dict[str, Way] = {"naive": naive, "same_rows": same_rows, "alone": alone, "grouped": grouped}
COUNTS = {"naive": 3_000, "same_rows": 1_500, "alone": 3_000, "grouped": 12_000}
