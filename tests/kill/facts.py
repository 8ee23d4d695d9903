"""Facts whose effects can be counted, and tasks that leave a trace of each start."""

import asyncio
import os
import random
import time
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from storage.db import execute
from storage.outbox import Event
from storage.queue import on

TRACE = "BANSHI_KILL_TRACE"
"""Environment variable: the file that gets one line `number pid time` at each start of a task."""

TABLES = (
    # no unique key: a second effect must show, not be refused
    "CREATE TABLE effect (id bigserial PRIMARY KEY, number int NOT NULL, party_id uuid)",
    "CREATE TABLE wish (number int PRIMARY KEY)",
)


@dataclass(frozen=True, kw_only=True)
class Tick(Event):
    """Asks for one row in `effect`."""

    type: ClassVar[str] = "kill.tick"
    number: int


@dataclass(frozen=True, kw_only=True)
class Poison(Event):
    """Ends whatever process answers it."""

    type: ClassVar[str] = "kill.poison"


@on(Tick, max_attempts=50)
async def leave(event: Tick, *, now: datetime) -> None:
    """Have the effect somewhere in the middle of some work, so that kills land on both sides of it."""
    with open(os.environ[TRACE], "a") as trace:
        trace.write(f"{event.number} {os.getpid()} {time.time()}\n")
    await asyncio.sleep(random.uniform(0, 0.3))
    await execute("INSERT INTO effect (number, party_id) VALUES ($1, $2)", event.number, event.party_id)
    await asyncio.sleep(random.uniform(0, 0.3))


@on(Poison)
async def die(event: Poison, *, now: datetime) -> None:
    """End the process as a fault in C would."""
    os._exit(1)


TASKS = [leave, die]
