"""Dead letters: jobs given up, why, and how to replay them."""

import re
import traceback
from typing import Any
from uuid import UUID

from banshi.errors import NotFound
from storage.db import execute, fetch, transaction
from storage.ids import new_id

LONGEST = 400  # characters kept of a message

_PERSONAL = re.compile(
    r"'[^']*'|\"[^\"]*\"|‘[^’]*’|“[^”]*”"  # quoted values
    r"|\S+@\S+"  # addresses
    r"|[\u3400-\u9fff]+"  # names
    r"|\d[\d\s-]{4,}[\dXx]"  # numbers of cards and phones
    r"|\([^)]*\)=\([^)]*\)"  # PostgreSQL's Key (column)=(value)
)

BURY = """
WITH dead AS (
  UPDATE job SET state = 'dead', holder = NULL, lease_until = NULL, ended_at = clock_timestamp(),
    error = $2, message = $3 WHERE id = $1 AND state <> 'dead'
  RETURNING id, fact_id, task, tries, starts)
INSERT INTO dead_letter (id, job_id, task, type, party_id, error, message, tries, starts, died_at)
SELECT $4, dead.id, dead.task, fact.type, fact.party_id, $2, $3, dead.tries, dead.starts, clock_timestamp()
FROM dead JOIN outbox fact ON fact.id = dead.fact_id
RETURNING (SELECT fact_id FROM dead) AS fact_id
"""

REPLAY = """
WITH letter AS (DELETE FROM dead_letter WHERE id = ANY($1::uuid[]) RETURNING job_id)
UPDATE job SET state = 'waiting', attempt = attempt + 1, tries = 0, starts = 0, ended_at = NULL,
  next_at = clock_timestamp(), enqueued_at = NULL
WHERE id IN (SELECT job_id FROM letter)
"""

SETTLE = """
UPDATE outbox SET settled_at = clock_timestamp()
WHERE id = $1 AND settled_at IS NULL
  AND NOT EXISTS (SELECT FROM job WHERE fact_id = $1 AND state IN ('waiting', 'running'))
RETURNING party_id
"""


def masked(text: str) -> str:
    """Return `text` without what could be personal: quotations, Chinese words, long numbers, addresses."""
    return _PERSONAL.sub("…", text)[:LONGEST]


def reason(error: BaseException) -> str:
    """Return the error's message, masked, and the line it was raised on."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {'/'.join(frames[-1].filename.split('/')[-3:])}:{frames[-1].lineno}" if frames else ""
    return masked(str(error).split("\n")[0])[: LONGEST - len(where)] + where


async def bury(job_id: UUID, *, error: str, message: str) -> None:
    """Give the job up in the caller's transaction; its fact may settle, so no party is blocked for ever."""
    rows = await fetch(BURY, job_id, error[:120], message[:LONGEST], new_id())
    for row in rows:
        await settle(row["fact_id"])


async def settle(fact_id: UUID) -> None:
    """Settle the fact if none of its jobs is open, and wake the relay for the party's next."""
    # two last jobs ending at once must see each other: the second waits here, then looks
    await execute("SELECT FROM outbox WHERE id = $1 FOR UPDATE", fact_id)
    settled = await fetch(SETTLE, fact_id)
    if settled and settled[0]["party_id"] is not None:
        await execute("SELECT pg_notify('outbox', '')")


async def letters(*, limit: int = 50) -> list[dict[str, Any]]:
    """Return the newest dead letters: id, task, type, error, message, tries, starts, died_at."""
    return await fetch(
        "SELECT id, task, type, error, message, tries, starts, died_at FROM dead_letter"
        " ORDER BY id DESC LIMIT $1",
        limit,
    )


async def show(letter_id: UUID) -> dict[str, Any]:
    """Return one dead letter with its fact: also fact_id, party_id, payload, emitted_at, trace_id.

    Raises:
        NotFound: no such letter, or it was replayed.
    """
    rows = await fetch(
        "SELECT letter.*, fact.id AS fact_id, fact.version, fact.payload, fact.emitted_at, fact.trace_id"
        " FROM dead_letter letter JOIN job ON job.id = letter.job_id"
        " JOIN outbox fact ON fact.id = job.fact_id WHERE letter.id = $1",
        letter_id,
    )
    if not rows:
        raise NotFound(what="dead letter", id=letter_id)
    return rows[0]


async def replay(letter_id: UUID) -> None:
    """Send the job of this dead letter again, with all its tries.

    Its fact stays settled: the party's later facts have long passed it, so a replay is out of order.

    Raises:
        NotFound: no such letter, or it was replayed.
    """
    if await _replay([letter_id]) == 0:
        raise NotFound(what="dead letter", id=letter_id)


async def replay_all() -> int:
    """Send the jobs of all dead letters again; return how many."""
    return await _replay([row["id"] for row in await fetch("SELECT id FROM dead_letter ORDER BY id")])


async def _replay(letter_ids: list[UUID]) -> int:
    async with transaction():
        tag = await execute(REPLAY, letter_ids)
        await execute("SELECT pg_notify('outbox', '')")
    return int(tag.split()[-1])
