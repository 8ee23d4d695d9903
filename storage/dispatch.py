"""From fact to message: the relay's steps, each one transaction, each safe to run in several processes.

plant    facts whose turn has come get their job rows
enqueue  jobs that wait get a message in Valkey
expire   jobs whose worker fell silent wait again, or die after too many starts
resend   after Valkey was emptied, every waiting job gets a new message
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from arq.constants import job_key_prefix
from arq.jobs import serialize_job
from arq.utils import timestamp_ms

from storage.db import execute, fetch, transaction
from storage.dead import bury
from storage.ids import new_id
from storage.queue import MESSAGE_LIFE_MS, QUEUE, Task, redis

BATCH = 200  # rows per step, so that no transaction is long
MOST_STARTS = 3  # a job that took its process down so often is poison
SUSPECT_STARTS = 2  # after so many it runs alone, so that it takes no neighbour down
FORGOTTEN_S = 30  # a message not taken for so long is written again

AnsweredBy = Mapping[str, Sequence[str]]
"""Event type → names of the tasks that answer it."""

AT_ONCE = "fact.not_before IS NULL"
SCHEDULED = "fact.not_before <= $1"

UNHEARD = """
UPDATE outbox SET sent_at = clock_timestamp(), settled_at = clock_timestamp() WHERE id = ANY(ARRAY(
  SELECT fact.id FROM outbox fact
  WHERE fact.sent_at IS NULL AND (fact.not_before IS NULL OR fact.not_before <= $1)
    AND fact.type <> ALL($2::text[])
  LIMIT $3 FOR UPDATE SKIP LOCKED))
"""

TAKE = """
SELECT fact.id, fact.type FROM outbox fact
WHERE fact.sent_at IS NULL AND {due}
  AND (fact.party_id IS NULL OR NOT EXISTS (
        SELECT FROM outbox sent
        WHERE sent.party_id = fact.party_id AND sent.sent_at IS NOT NULL AND sent.settled_at IS NULL)
      AND NOT EXISTS (
        SELECT FROM outbox earlier
        WHERE earlier.party_id = fact.party_id AND earlier.seq < fact.seq AND earlier.settled_at IS NULL
          AND (earlier.not_before IS NULL OR earlier.not_before <= $1)))
ORDER BY fact.seq LIMIT $2 FOR UPDATE OF fact SKIP LOCKED
"""

PLANT = """
INSERT INTO job (id, fact_id, task, state, attempt, tries, starts, next_at)
SELECT unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::text[]), 'waiting', 1, 0, 0, clock_timestamp()
"""

SENT = "UPDATE outbox SET sent_at = clock_timestamp(), attempts = attempts + 1 WHERE id = ANY($1::uuid[])"

TO_ENQUEUE = """
SELECT id, fact_id, task, attempt, starts FROM job
WHERE state = 'waiting' AND enqueued_at IS NULL AND next_at <= clock_timestamp()
ORDER BY next_at LIMIT $1 FOR UPDATE SKIP LOCKED
"""

EXPIRED = """
SELECT id, task, starts FROM job WHERE state = 'running' AND lease_until < clock_timestamp()
LIMIT $1 FOR UPDATE SKIP LOCKED
"""

WAIT_AGAIN = """
UPDATE job SET state = 'waiting', attempt = attempt + 1, holder = NULL, lease_until = NULL, enqueued_at = NULL
WHERE id = ANY($1::uuid[])
"""

RESEND = """
WITH again AS (
  UPDATE job SET attempt = attempt + 1, enqueued_at = NULL
  WHERE state = 'waiting' AND enqueued_at IS NOT NULL RETURNING fact_id)
UPDATE outbox SET attempts = attempts + 1 WHERE id IN (SELECT fact_id FROM again)
"""

NEW_EPOCH = """
INSERT INTO queue_epoch (id, epoch, seen_at) VALUES ($1, $2, clock_timestamp())
ON CONFLICT (epoch) DO NOTHING RETURNING epoch
"""

FORGOTTEN = """
UPDATE job SET enqueued_at = NULL WHERE id = ANY(ARRAY(
  SELECT id FROM job WHERE state = 'waiting' AND enqueued_at < clock_timestamp() - make_interval(secs => $1)
  LIMIT $2 FOR UPDATE SKIP LOCKED))
"""

SETTLE_LEFT_OVER = """
UPDATE outbox SET settled_at = clock_timestamp()
WHERE sent_at IS NOT NULL AND settled_at IS NULL
  AND NOT EXISTS (SELECT FROM job WHERE fact_id = outbox.id AND state IN ('waiting', 'running'))
"""


def answers(tasks: Iterable[Task[Any]]) -> AnsweredBy:
    """Return which of `tasks` answer what, by name."""
    table: dict[str, list[str]] = {}
    for task in tasks:
        table.setdefault(task.event.type, []).append(task.name)
    return table


async def plant(answered_by: AnsweredBy, *, now: datetime) -> int:
    """Make job rows for the facts whose turn has come; settle those that nobody answers; return how many.

    A fact of a party waits while another of that party is with its tasks, and while an earlier one is
    due.  Schedules whose time has not come hold nobody up.
    """
    unheard = await execute(UNHEARD, now, list(answered_by), BATCH)
    at_once = await _plant(AT_ONCE, answered_by, now)
    scheduled = await _plant(SCHEDULED, answered_by, now)
    return int(unheard.split()[-1]) + at_once + scheduled


async def _plant(due: str, answered_by: AnsweredBy, now: datetime) -> int:
    async with transaction():
        facts = await fetch(TAKE.format(due=due), now, BATCH)
        jobs = [(fact["id"], task) for fact in facts for task in answered_by.get(fact["type"], ())]
        if facts:
            await execute(PLANT, [new_id() for _ in jobs], [job[0] for job in jobs], [job[1] for job in jobs])
            await execute(SENT, [fact["id"] for fact in facts])
    return len(facts)


async def enqueue() -> int:
    """Write messages for waiting jobs; return how many.  A crash half-way writes them again, unharmed."""
    async with transaction():
        jobs = await fetch(TO_ENQUEUE, BATCH)
        if jobs:
            await _write(jobs)
            await execute(
                "UPDATE job SET enqueued_at = clock_timestamp() WHERE id = ANY($1::uuid[])",
                [job["id"] for job in jobs],
            )
    return len(jobs)


async def _write(jobs: Sequence[Mapping[str, object]]) -> None:
    """Write what arq's own `enqueue_job` would, for all jobs in one round trip."""
    at_ms = timestamp_ms()
    async with redis().pipeline(transaction=True) as pipe:
        for job in jobs:
            message_id = f"{job['fact_id']}:{job['task']}:{job['attempt']}"
            alone = isinstance(job["starts"], int) and job["starts"] >= SUSPECT_STARTS
            args = (str(job["fact_id"]), job["task"], job["attempt"], alone)
            message = serialize_job("perform", args, {}, None, at_ms, serializer=redis().job_serializer)
            pipe.set(job_key_prefix + message_id, message, px=MESSAGE_LIFE_MS, nx=True)
            pipe.zadd(QUEUE, {message_id: at_ms}, nx=True)
        await pipe.execute()


async def expire() -> int:
    """Take back the jobs whose lease has run out; bury those that were started too often; return how many."""
    async with transaction():
        lost = await fetch(EXPIRED, BATCH)
        for job in lost:
            if job["starts"] >= MOST_STARTS:
                text = f"its process ended {job['starts']} times while it ran"
                await bury(job["id"], error="ProcessLost", message=text)
        again: list[UUID] = [job["id"] for job in lost if job["starts"] < MOST_STARTS]
        await execute(WAIT_AGAIN, again)
    return len(lost)


async def resend(epoch: UUID) -> bool:
    """Give every waiting job a new message, once per `epoch` of Valkey's memory; say whether it was now.

    The messages get new numbers, so that an old one that survived finds nothing to do.
    """
    async with transaction():
        new = await fetch(NEW_EPOCH, new_id(), epoch)
        if new:
            await execute("DELETE FROM queue_epoch WHERE epoch <> $1", epoch)
            await execute(RESEND)
    return bool(new)


async def remind() -> None:
    """The safety net: write again what nobody took, settle what nobody settled."""
    await execute(FORGOTTEN, FORGOTTEN_S, BATCH)
    await execute(SETTLE_LEFT_OVER)
