"""Settled facts are kept for a while, then deleted in small batches.  Facts with dead letters are kept."""

from datetime import datetime

from storage.db import execute, transaction

KEPT_DAYS = 30
BATCH = 1000  # facts per transaction
MOST_BATCHES = 50  # per sweep, so that a sweep ends

OLD = """
SELECT fact.id FROM outbox fact
WHERE fact.settled_at < clock_timestamp() - make_interval(days => $1)
  AND NOT EXISTS (SELECT FROM job WHERE job.fact_id = fact.id AND job.state <> 'done')
ORDER BY fact.settled_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""

DELETE_JOBS = f"DELETE FROM job WHERE fact_id = ANY(ARRAY({OLD}))"  # noqa: S608
DELETE_FACTS = f"""
DELETE FROM outbox WHERE id = ANY(ARRAY({OLD}))
  AND NOT EXISTS (SELECT FROM job WHERE job.fact_id = outbox.id)
"""  # noqa: S608


async def sweep_facts(*, now: datetime, kept_days: int = KEPT_DAYS) -> int:
    """Delete facts settled more than `kept_days` machine days ago, with their jobs; return how many.

    `now` is not used: rows are stamped by the database's clock, which no sandbox moves.
    """
    deleted = 0
    for _ in range(MOST_BATCHES):
        async with transaction():
            await execute(DELETE_JOBS, kept_days, BATCH)
            tag = await execute(DELETE_FACTS, kept_days, BATCH)
        gone = int(tag.split()[-1])
        deleted += gone
        if gone < BATCH:
            break
    return deleted
