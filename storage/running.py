"""Doing one job: claim it, run its task together with the done-mark, record how it ended."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog
from redis.exceptions import RedisError

from banshi.errors import DomainError
from storage.db import execute, fetch, transaction
from storage.dead import bury, reason, settle
from storage.queue import Task

log = structlog.get_logger()

LEASE_S = 3  # renewed each second; a worker silent for longer has lost its jobs
SILENT_TRANSACTION_MS = 30_000  # PostgreSQL frees the locks of a worker that stopped inside a transaction
LONGEST_PAUSE_S = 300.0

Tasks = Mapping[str, Task[Any]]

TRANSIENT = (
    OSError,  # covers ConnectionError and TimeoutError
    RedisError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InternalClientError,
)

CLAIM = """
WITH mine AS (
  UPDATE job SET state = 'running', starts = starts + 1, holder = $4,
    lease_until = clock_timestamp() + make_interval(secs => $5)
  WHERE fact_id = $1 AND task = $2 AND attempt = $3 AND state = 'waiting'
  RETURNING id, fact_id, task, attempt, tries)
SELECT mine.*, fact.payload, fact.trace_id FROM mine JOIN outbox fact ON fact.id = mine.fact_id
"""

RENEW = """
UPDATE job SET lease_until = clock_timestamp() + make_interval(secs => $2) WHERE id IN (
  SELECT id FROM job WHERE id = ANY($1::uuid[]) AND holder = $3 FOR UPDATE SKIP LOCKED)
"""
"""A row that is locked is being finished this moment; one that was taken over is no longer ours to renew."""

DONE = """
UPDATE job SET state = 'done', holder = NULL, lease_until = NULL, ended_at = clock_timestamp(),
  error = NULL, message = NULL
WHERE id = $1 AND holder = $2
"""

PUT_BACK = """
UPDATE job SET state = 'waiting', holder = NULL, lease_until = NULL, enqueued_at = NULL,
  attempt = attempt + 1, starts = starts - 1
WHERE id = $1 AND holder = $2
"""

TRY_LATER = """
UPDATE job SET state = 'waiting', holder = NULL, lease_until = NULL, enqueued_at = NULL,
  attempt = attempt + 1, starts = 0, tries = tries + 1, error = $3, message = $4,
  next_at = clock_timestamp() + make_interval(secs => $5)
WHERE id = $1 AND holder = $2
"""


class LeaseLost(Exception):
    """Somebody else has taken the job over while we slept; what we did is rolled back."""


class TaskUnknown(Exception):
    """No task of this name is listed any more; list it again and replay."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A job that is ours while we renew its lease."""

    id: UUID
    fact_id: UUID
    task: str
    attempt: int
    tries: int
    payload: str
    trace_id: str | None
    holder: UUID


@dataclass(frozen=True)
class Outcome:
    """How a run ended: done, failed (will be tried again), dead, or lost; `error` is why not done."""

    word: str
    error: BaseException | None = None


async def claim(fact_id: UUID, task: str, attempt: int, *, holder: UUID) -> Claim | None:
    """Take the job for `holder` and count the start, committed at once; None when it is not to be had."""
    rows = await fetch(CLAIM, fact_id, task, attempt, holder, LEASE_S)
    return Claim(**rows[0], holder=holder) if rows else None


async def perform(job: Claim, tasks: Tasks, *, now: datetime) -> Outcome:
    """Run the job's task and record how it ended; raises only CancelledError, having put the job back."""
    with structlog.contextvars.bound_contextvars(
        request_id=job.trace_id, fact_id=str(job.fact_id), task=job.task, attempt=job.attempt
    ):
        try:
            await _run(job, tasks, now=now)
        except asyncio.CancelledError:
            await asyncio.shield(execute(PUT_BACK, job.id, job.holder))
            raise
        except LeaseLost as error:
            log.warning("job.lost")
            return Outcome("lost", error)
        except Exception as error:
            return await _failed(job, tasks.get(job.task), error)
        log.info("job.done")
        return Outcome("done")


async def _run(job: Claim, tasks: Tasks, *, now: datetime) -> None:
    task = tasks.get(job.task)
    if task is None:
        raise TaskUnknown(job.task)
    event = msgspec.json.decode(job.payload, type=task.event)
    async with asyncio.timeout(task.timeout_s):
        if task.own_transaction:
            await task(event, now=now)
        async with transaction():
            if not task.own_transaction:
                await _bound_silence()
                await task(event, now=now)
            await _mark_done(job)


async def _bound_silence() -> None:
    await execute(f"SET LOCAL idle_in_transaction_session_timeout = {SILENT_TRANSACTION_MS}")


async def _mark_done(job: Claim) -> None:
    if await execute(DONE, job.id, job.holder) != "UPDATE 1":
        raise LeaseLost
    await settle(job.fact_id)


async def _failed(job: Claim, task: Task[Any] | None, error: Exception) -> Outcome:
    """Let the job wait for another try, or bury it; a job that is no longer ours is left alone."""
    kind, message = type(error).__name__, reason(error)
    if task is not None and transient(error) and job.tries + 1 < task.max_attempts:
        log.warning("job.failed", reason=kind)
        await execute(TRY_LATER, job.id, job.holder, kind, message, pause_s(job.tries))
        return Outcome("failed", error)
    async with transaction():
        ours = await fetch("SELECT id FROM job WHERE id = $1 AND holder = $2 FOR UPDATE", job.id, job.holder)
        if not ours:
            return Outcome("lost", error)
        await bury(job.id, error=kind, message=message)
    log.error("job.dead", reason=f"{kind}: {message}")
    return Outcome("dead", error)


def transient(error: Exception) -> bool:
    """Say whether the same call may succeed later without anybody mending anything."""
    return isinstance(error, TRANSIENT) or (isinstance(error, DomainError) and error.retryable)


def pause_s(tries: int) -> float:
    """Return the seconds before the next try: 1, 2, 4 … 300, each up to a quarter longer by chance."""
    return min(LONGEST_PAUSE_S, float(2 ** min(tries, 10))) * random.uniform(1, 1.25)  # noqa: S311
