"""Settling facts inside a test, by the worker's own claim, run and settle code; only Valkey is left out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from storage.db import fetch
from storage.dispatch import answers, plant
from storage.ids import new_id
from storage.queue import Task
from storage.running import Outcome, claim, perform

READY = (
    "SELECT job.fact_id, job.task, job.attempt FROM job JOIN outbox fact ON fact.id = job.fact_id"
    " WHERE job.state = 'waiting' AND job.next_at <= clock_timestamp() ORDER BY fact.seq, job.task"
)


async def drain(tasks: Iterable[Task[Any]], now: datetime, *, allow_dead: bool = False) -> list[Outcome]:
    """Let `tasks` answer every fact due at `now`, and those that their answers bring; return the outcomes.

    A task that fails for good raises its own error here, unless `allow_dead`.  A transient error
    leaves its job waiting for its back-off, as in the worker.
    """
    listed = list(tasks)
    by_name = {task.name: task for task in listed}
    holder = new_id()
    outcomes: list[Outcome] = []
    while True:
        moved = await plant(answers(listed), now=now)
        ready = await fetch(READY)
        if not moved and not ready:
            return outcomes
        for job in ready:
            mine = await claim(job["fact_id"], job["task"], job["attempt"], holder=holder)
            assert mine is not None
            outcome = await perform(mine, by_name, now=now)
            outcomes.append(outcome)
            if outcome.word == "dead" and not allow_dead and outcome.error is not None:
                raise outcome.error
