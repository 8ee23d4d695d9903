"""Workers, Valkey and PostgreSQL are killed at random moments; every fact still has its one effect."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from storage import clock, queue
from storage.db import execute, fetch
from storage.ids import new_id
from storage.outbox import emit
from tests.kill.conftest import ROOT, Stage
from tests.kill.facts import Poison, Tick
from tests.kill.program import FATAL, WISHES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

SEED = int(os.environ.get("BANSHI_SEED", "20260302"))
KILLS = 20
ROUNDS = 3
PAUSE_S = (0.2, 1.0)  # between kills
FACTS_PER_S = 20
PROMISED_S = 5.0


@dataclass
class History:
    """What was done to the system and what it acknowledged."""

    acked: list[tuple[int, UUID | None]] = field(default_factory=list)
    doubtful: set[int] = field(default_factory=set)  # the commit's answer was cut off
    kills: Counter[str] = field(default_factory=Counter)
    killed: list[tuple[int, float]] = field(default_factory=list)  # (pid, when) of workers


async def emit_steadily(history: History, chance: random.Random, stop: asyncio.Event) -> None:
    parties = [None, *(new_id() for _ in range(40))]
    number = 0
    while not stop.is_set():
        number += 1
        party = chance.choice(parties)
        try:
            await emit(Tick(party_id=party, number=number), now=clock.system_now())
            history.acked.append((number, party))
        except Exception:  # PostgreSQL is being killed: whatever it raises, the fact may be stored or not
            history.doubtful.add(number)
        await asyncio.sleep(1 / FACTS_PER_S)


async def kill_worker(stage: Stage, history: History, chance: random.Random) -> None:
    """Kill one that is at work: killing one that is still starting proves nothing."""
    pid = await stage.somebody_at_work()
    history.killed.append((pid, time.time()))
    os.kill(pid, signal.SIGKILL)


async def kill_all_workers(stage: Stage, history: History, chance: random.Random) -> None:
    await stage.somebody_at_work()
    for worker in stage.crew.workers:
        history.killed.append((worker.pid, time.time()))
        worker.kill()


async def freeze_worker(stage: Stage, history: History, chance: random.Random) -> None:
    """Stop a worker for longer than its lease, so that another takes its jobs, then let it go on."""
    pid = await stage.somebody_at_work()
    os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(4.5)
    os.kill(pid, signal.SIGCONT)


async def flush_valkey(stage: Stage, history: History, chance: random.Random) -> None:
    await queue.redis().flushall()


async def kill_valkey(stage: Stage, history: History, chance: random.Random) -> None:
    await stage.replace(stage.valkey, signal.SIGKILL)


async def kill_postgres(stage: Stage, history: History, chance: random.Random) -> None:
    await stage.replace(stage.postgres, signal.SIGQUIT)  # every backend stops at once, nothing is finished


Fault = Callable[[Stage, History, random.Random], Awaitable[None]]


def plan(chance: random.Random) -> list[Fault]:
    rare: list[Fault] = [freeze_worker, kill_postgres, kill_valkey, flush_valkey, flush_valkey, flush_valkey]
    often: list[Fault] = [kill_all_workers] * 2 + [kill_worker] * (KILLS - len(rare) - 2)
    return chance.sample(rare + often, KILLS)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "facts are still open"
        await asyncio.sleep(0.2)


async def all_settled() -> bool:
    return not await fetch("SELECT id FROM outbox WHERE settled_at IS NULL LIMIT 1")


def recoveries(stage: Stage, history: History) -> list[float]:
    """Return, for each job that ran in a worker when it was killed, the seconds until it ran again."""
    starts = stage.starts()
    found = []
    for pid, killed_at in history.killed:
        for number in {number for number, by, at in starts if by == pid and at < killed_at}:
            again = [at for other, by, at in starts if other == number and at > killed_at]
            if again:
                found.append(min(again) - killed_at)
    return sorted(found)


def percentile(times: list[float], part: float) -> float:
    return times[min(len(times) - 1, int(len(times) * part))]


def tell(history: History, effects: Counter[int], times: list[float], seconds: float) -> None:
    """Print the figures of the run."""
    print(
        f"\nseed {SEED}: {sum(history.kills.values())} kills {dict(history.kills)} in {seconds:.0f} s,"
        f" {len(history.acked)} facts acknowledged, {sum(effects.values())} effects"
    )
    tell_recovery(times)


def tell_recovery(times: list[float]) -> None:
    """Print how long jobs lay still."""
    if times:
        print(
            f"\n{len(times)} interrupted jobs ran again after p50 {percentile(times, 0.5):.2f} s,"
            f" p95 {percentile(times, 0.95):.2f} s, at most {times[-1]:.2f} s"
        )


async def test_no_effect_is_lost_or_doubled_by_kills_at_random_moments(stage):
    """At such a rate of kills the limit on starts is raised, or bad luck would look like poison."""
    chance, history, stop = random.Random(SEED), History(), asyncio.Event()
    began = time.monotonic()
    stage.hire(3, BANSHI_KILL_OFTEN="1")
    emitting = asyncio.create_task(emit_steadily(history, chance, stop))

    for fault in plan(chance):
        await fault(stage, history, chance)
        history.kills[fault.__name__] += 1
        await asyncio.sleep(chance.uniform(*PAUSE_S))
    stop.set()
    await emitting
    await until(all_settled, 60)

    rows = await fetch("SELECT number, party_id FROM effect ORDER BY id")
    effects = Counter(row["number"] for row in rows)
    tell(history, effects, recoveries(stage, history), time.monotonic() - began)
    assert {number for number, _ in history.acked} - set(effects) == set(), "lost"
    assert {number: count for number, count in effects.items() if count > 1} == {}, "doubled"
    assert set(effects) <= {number for number, _ in history.acked} | history.doubtful, "from nowhere"
    assert await fetch("SELECT * FROM dead_letter") == []
    assert_in_order(rows)


def assert_in_order(rows: list[dict[str, object]]) -> None:
    for party in {row["party_id"] for row in rows} - {None}:
        numbers = [row["number"] for row in rows if row["party_id"] == party]
        assert numbers == sorted(numbers), f"out of order for {party}"


async def test_the_jobs_of_a_killed_worker_run_again_within_five_seconds(stage):
    """Facts go on coming: on a quick machine a heap of them would be gone before the kill."""
    history, chance, stop = History(), random.Random(SEED), asyncio.Event()
    stage.hire(2)
    emitting = asyncio.create_task(emit_steadily(history, chance, stop))

    for _ in range(ROUNDS):
        await kill_worker(stage, history, chance)
        await asyncio.sleep(PROMISED_S)
    stop.set()
    await emitting
    await until(all_settled, 20)

    times = recoveries(stage, history)
    tell_recovery(times)
    assert len(times) >= ROUNDS, "the kills interrupted nothing: the test is blind"
    assert percentile(times, 0.95) <= PROMISED_S


async def test_a_job_that_kills_its_process_becomes_a_dead_letter_and_harms_no_other(stage):
    await emit(Poison(party_id=None), now=clock.system_now())
    for number in range(40):
        await emit(Tick(party_id=None, number=number), now=clock.system_now())

    stage.hire(1)
    await until(all_settled, 60)

    letters = await fetch("SELECT task, error, starts FROM dead_letter")
    assert letters == [{"task": "facts.die", "error": "ProcessLost", "starts": 3}]
    rows = await fetch("SELECT number FROM effect")
    assert sorted(row["number"] for row in rows) == list(range(40))


async def told(stage: Stage, duty: str) -> None:
    """Run a teller; it is killed at FATAL; start it again after that, as a supervisor would."""
    for first in (0, FATAL + 1):
        command = [sys.executable, "-m", "tests.kill.program", duty, stage.url, stage.valkey.url, str(first)]
        env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'sdk/python'}"}
        done = await asyncio.to_thread(subprocess.run, command, env=env, cwd=ROOT)
        assert done.returncode == (-signal.SIGKILL if first == 0 else 0)


async def lost() -> set[int]:
    rows = await fetch("SELECT number FROM wish EXCEPT SELECT number FROM effect")
    return {row["number"] for row in rows}


async def test_without_the_outbox_exactly_the_wish_at_the_kill_is_lost(stage):
    await told(stage, "tell-naively")

    while (number := await queue.redis().lpop("naive")) is not None:
        await execute("INSERT INTO effect (number) VALUES ($1)", int(number))

    assert await lost() == {FATAL}


async def test_with_the_outbox_the_same_kill_loses_nothing(stage):
    await told(stage, "tell")

    stage.hire(1)
    await until(all_settled, 20)

    assert await lost() == set()
    assert len(await fetch("SELECT id FROM effect")) == WISHES
