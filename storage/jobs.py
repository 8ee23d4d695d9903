"""What is to be done about each fact: one row per (fact, task), which is at once the done-table.

A job's life: waiting → running → done, or → waiting again (transient error, lost lease), or → dead.
Times here are the database's own, not the clock handed down: a lease must not move with a sandbox clock.
"""

from enum import StrEnum

import msgspec
from piccolo.columns import UUID, BigInt, ForeignKey, Integer, OnDelete, OnUpdate, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from storage.checks import one_of
from storage.db import DB, execute, fetch
from storage.ids import new_id
from storage.outbox import OutboxRow


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"  # for its message, its time, or its turn
    RUNNING = "running"  # `holder` has it until `lease_until`
    DONE = "done"
    DEAD = "dead"  # a dead letter says why


class Job(Table, db=DB, tablename="job"):
    """One task's answer to one fact."""

    id = UUID(primary_key=True, default=new_id)
    fact_id = ForeignKey(OutboxRow, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict)
    task = Varchar(120)
    state = Varchar(10, default=JobState.WAITING, choices=JobState)
    attempt = Integer(default=1)  # number of the message; an older message finds nothing to do
    tries = Integer(default=0)  # transient errors so far
    starts = Integer(default=0)  # starts since an outcome was last recorded
    holder = UUID(null=True, default=None)  # the worker process that runs it
    lease_until = Timestamptz(null=True, default=None)
    next_at = Timestamptz()  # not to be tried before
    enqueued_at = Timestamptz(null=True, default=None)  # when its message last went to Valkey
    error = Varchar(120, null=True, default=None)  # class of the last error
    message = Varchar(400, null=True, default=None)  # of the last error, without personal data
    ended_at = Timestamptz(null=True, default=None)

    job_answers_a_fact_once = Unique([fact_id, task])
    job_state_is_known = Check(one_of("state", JobState))
    job_has_a_holder_while_running = Check("(state = 'running') = (holder IS NOT NULL)")
    job_has_a_lease_while_running = Check("(state = 'running') = (lease_until IS NOT NULL)")


class DeadLetter(Table, db=DB, tablename="dead_letter"):
    """A job that was given up, and why; a maintainer mends the cause and replays it."""

    id = UUID(primary_key=True, default=new_id)
    job_id = ForeignKey(
        Job, null=False, unique=True, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict
    )
    task = Varchar(120)
    type = Varchar(80)  # of the fact
    party_id = UUID(null=True, default=None)
    error = Varchar(120)
    message = Varchar(400)
    tries = Integer()
    starts = Integer()
    died_at = Timestamptz()


class JobTally(Table, db=DB, tablename="job_tally"):
    """How often each task ended how, since the beginning."""

    id = UUID(primary_key=True, default=new_id)
    task = Varchar(120)
    outcome = Varchar(10)
    total = BigInt()

    job_tally_has_one_row_each = Unique([task, outcome])
    job_tally_outcome_is_known = Check("outcome IN ('done', 'failed', 'dead', 'lost')")


class QueueEpoch(Table, db=DB, tablename="queue_epoch"):
    """The memory of Valkey to which all waiting jobs have been written: one row, one random name."""

    id = UUID(primary_key=True, default=new_id)
    epoch = UUID(unique=True)
    seen_at = Timestamptz()


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How the queue stands, for operators and for Prometheus."""

    waiting: int
    running: int
    dead: int
    unsent: int  # due facts the relay has not yet looked at or that wait for their party's turn
    scheduled: int  # facts whose time has not come
    lag_s: float  # age of the oldest unsettled fact that is not scheduled
    totals: dict[str, dict[str, int]]  # task → outcome → times; outcomes: done, failed, dead, lost


FIGURES = """
SELECT (SELECT count(*) FROM job WHERE state = 'waiting' AND enqueued_at IS NULL)
         + (SELECT count(*) FROM job WHERE state = 'waiting' AND enqueued_at IS NOT NULL) AS waiting,
       (SELECT count(*) FROM job WHERE state = 'running') AS running,
       (SELECT count(*) FROM dead_letter) AS dead,
       (SELECT count(*) FROM outbox WHERE sent_at IS NULL AND not_before IS NULL) AS unsent,
       (SELECT count(*) FROM outbox WHERE sent_at IS NULL AND not_before IS NOT NULL) AS scheduled,
       coalesce((SELECT extract(epoch FROM clock_timestamp() - min(uuid_extract_timestamp(id)))::float8
                 FROM outbox WHERE settled_at IS NULL AND not_before IS NULL), 0) AS lag_s
"""


async def figures() -> Figures:
    """Count what waits, runs and died, in two queries over partial indexes."""
    counts = (await fetch(FIGURES))[0]
    totals: dict[str, dict[str, int]] = {}
    for row in await fetch("SELECT task, outcome, total FROM job_tally ORDER BY task, outcome"):
        totals.setdefault(row["task"], {})[row["outcome"]] = row["total"]
    return Figures(**{**counts, "lag_s": max(0.0, counts["lag_s"])}, totals=totals)


async def tally(task: str, outcome: str, times: int) -> None:
    """Add to the totals; workers gather for some seconds first, as one row per task would queue commits."""
    await execute(
        "INSERT INTO job_tally (id, task, outcome, total) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (task, outcome) DO UPDATE SET total = job_tally.total + excluded.total",
        new_id(), task, outcome, times,
    )  # fmt: skip
