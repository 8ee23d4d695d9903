"""One worker process: relay, heart, duties, and the jobs that arq hands over.

arq brings the word "go" and bounds how many jobs run at once; everything that must not be lost is in
PostgreSQL.  This is the only file that knows arq's worker.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import arq
import structlog

from storage import clock, duties
from storage.db import DB
from storage.dispatch import answers
from storage.duties import Duty
from storage.gate import Gate
from storage.heart import Heart
from storage.ids import new_id
from storage.jobs import tally
from storage.queue import QUEUE, Task, redis
from storage.relay import Relay
from storage.running import TRANSIENT, Claim, claim, perform

log = structlog.get_logger()

MOST_JOBS = 8  # at once; each may hold a connection of the pool
POLL_S = 0.1  # how often arq looks for messages
UNCLAIMED_S = 4  # a message taken but not claimed for so long is offered again
GRACE_S = 5  # how long running jobs may take to finish after SIGTERM
TALLY_S = 5
HEALTH_KEY = "banshi:worker:health"
HEALTH_S = 5


class Worker:
    """Answers facts with `tasks` and does `duties` until told to stop."""

    def __init__(self, tasks: Sequence[Task[Any]], periodic: Sequence[Duty] = ()) -> None:
        self.tasks = {task.name: task for task in tasks}
        assert len(self.tasks) == len(tasks), "two tasks have the same name"
        self.periodic = periodic
        self.holder = new_id()
        self.held: set[UUID] = set()
        self.gate = Gate()
        self.counts: Counter[tuple[str, str]] = Counter()
        self.relay = Relay(answers(tasks), clock=clock.now)
        dsn = str(DB.config["dsn"])
        self.heart = Heart(dsn, holder=self.holder, held=self.held, wake=self.relay.wake)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then let running jobs finish for a few seconds and put back the rest.

        Needs `storage.db.connect` and `storage.queue.connect`.
        """
        closing = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.heart.run(closing))  # leases are renewed until the last job has ended
            group.create_task(self._keep_tally(closing))
            carrying = group.create_task(self.relay.run(stop))
            doing_duties = [
                group.create_task(duties.run(lane, stop, leads=lambda: self.heart.leads, clock=clock.now))
                for lane in duties.lanes(self.periodic)
            ]
            await self._take_messages(stop)
            carrying.cancel()
            for lane in doing_duties:
                lane.cancel()  # what a duty leaves undone its next turn finds
            closing.set()

    async def _take_messages(self, stop: asyncio.Event) -> None:
        """Run arq until `stop`; it ends whenever Valkey does, and is then started anew."""
        while not stop.is_set():
            taker = self._taker()
            running = asyncio.create_task(taker.async_run())
            stopped = asyncio.create_task(stop.wait())
            await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            await _end(taker, running)
            if not stop.is_set():
                log.warning("worker.no_valkey")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), 1)

    def _taker(self) -> arq.Worker:
        taker = arq.Worker(
            [arq.func(self._perform, name="perform", keep_result=0)],  # type: ignore[arg-type]
            redis_pool=redis(),
            queue_name=QUEUE,
            handle_signals=False,
            max_jobs=MOST_JOBS,
            max_tries=1_000_000,  # tries are counted in PostgreSQL
            job_timeout=24 * 3600,  # each task has its own
            keep_result=0,
            poll_delay=POLL_S,
            health_check_interval=HEALTH_S,
            health_check_key=HEALTH_KEY,
            job_serializer=redis().job_serializer,
            job_deserializer=redis().job_deserializer,
            log_results=False,
        )
        taker.in_progress_timeout_s = UNCLAIMED_S
        return taker

    async def _perform(
        self, context: dict[str, Any], fact: str, task: str, attempt: int, alone: bool
    ) -> None:
        """Do what one message asks for, unless another has done it or is doing it."""
        try:
            async with self.gate.passing(alone=alone):
                job = await claim(UUID(fact), task, attempt, holder=self.holder)
                if job is not None:
                    await self._do(job, context["job_id"])
        except TRANSIENT as error:
            log.warning("job.postponed", task=task, reason=type(error).__name__)
            raise arq.Retry(defer=1) from error

    async def _do(self, job: Claim, message_id: str) -> None:
        self.held.add(job.id)
        try:
            with contextlib.suppress(*TRANSIENT):
                await redis().zrem(QUEUE, message_id)  # claimed: nobody need be offered it again
            outcome = await perform(job, self.tasks, now=await clock.now())
        finally:
            self.held.discard(job.id)
        self.counts[job.task, outcome.word] += 1
        self.relay.wake()

    async def _keep_tally(self, closing: asyncio.Event) -> None:
        """Write every few seconds how jobs ended; a killed worker loses so many seconds of these counts."""
        while not closing.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(closing.wait(), TALLY_S)
            counts, self.counts = self.counts, Counter()
            try:
                for (task, outcome), times in counts.items():
                    await tally(task, outcome, times)
            except TRANSIENT:
                log.warning("worker.counts_lost")


async def _end(taker: arq.Worker, running: asyncio.Task[None]) -> None:
    """Stop taking; let jobs finish; cancel what does not, which puts it back into the queue."""
    while not running.done():
        running.cancel()  # again and again: a client in the middle of a command may swallow it
        await asyncio.wait({running}, timeout=0.2)
    jobs = list(taker.tasks.values())
    if jobs:
        await asyncio.wait(jobs, timeout=GRACE_S)
    for job in jobs:
        job.cancel()
    await asyncio.gather(*jobs, running, return_exceptions=True)
