"""Servers of their own for the kill tests, since these are killed too, and workers that are started again."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from storage import db as storage_db
from storage import queue
from storage.embedded.postgres import Postgres
from storage.embedded.valkey import Valkey
from storage.migrations import migrate
from storage.settings import DatabaseSettings, QueueSettings
from tests.kill.facts import TABLES, TRACE

WORK = ("tests.kill.program", "work")
ROOT = Path(__file__).parent.parent.parent


class Crew:
    """Worker processes, each replaced when it ends, until `dismiss`."""

    def __init__(self, arguments: list[str], env: dict[str, str], size: int) -> None:
        self.command = [sys.executable, "-m", *arguments]
        self.env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'sdk/python'}", **env}
        self.workers = [self._start() for _ in range(size)]
        self.keeper = asyncio.create_task(self._keep())

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self.command, env=self.env, cwd=ROOT, stdout=subprocess.DEVNULL)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            for place, worker in enumerate(self.workers):
                if worker.poll() is not None:
                    self.workers[place] = self._start()

    async def dismiss(self) -> None:
        """End them with SIGTERM and take no new ones."""
        self.keeper.cancel()
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            await asyncio.to_thread(worker.wait, 15)


class Stage:
    """A fresh database, an empty Valkey, and a file of traces."""

    def __init__(self, postgres: Postgres, valkey: Valkey, folder: Path) -> None:
        self.postgres = postgres
        self.valkey = valkey
        self.trace = folder / "trace"
        self.trace.touch()
        self.crew: Crew | None = None

    @property
    def url(self) -> str:
        return self.postgres.url("app", "kill")

    def hire(self, size: int, program: tuple[str, ...] = WORK, **env: str) -> Crew:
        self.crew = Crew([*program, self.url, self.valkey.url], {TRACE: str(self.trace), **env}, size)
        return self.crew

    async def replace(self, server: Postgres | Valkey, last_words: signal.Signals) -> None:
        """Kill a server and start it again at once.

        In this thread: the kernel ends a server together with the thread that started it.
        """
        server.process.send_signal(last_words)
        await asyncio.to_thread(server.process.wait)
        server.start()

    def starts(self) -> list[tuple[int, int, float]]:
        """Return (number, pid, time) of every start of a task."""
        lines = [line.split() for line in self.trace.read_text().splitlines()]
        return [(int(number), int(pid), float(at)) for number, pid, at in lines]

    async def somebody_at_work(self) -> int:
        """Return a process that is at work, if possible when another is too, who will go on."""
        began = time.monotonic()
        while not (pids := self.at_work()) or (len(pids) < 2 and time.monotonic() < began + 4):
            assert time.monotonic() < began + 30, "nobody is at work"
            await asyncio.sleep(0.02)
        return pids[0]

    def at_work(self) -> list[int]:
        """Return the processes of the crew that have started a task in the last fifth of a second."""
        lately = {pid for _, pid, at in self.starts() if at > time.time() - 0.2}
        return sorted(lately & {worker.pid for worker in self.crew.workers})


@pytest.fixture(scope="module")
def servers(servers_folder: Path) -> Iterator[tuple[Postgres, Valkey]]:
    postgres = Postgres(servers_folder / "kill-postgres", durable=True)  # it is killed without warning
    valkey = Valkey(servers_folder / "kill-valkey")
    postgres.start()
    valkey.start()
    yield postgres, valkey
    valkey.stop()
    postgres.stop()


@pytest.fixture
async def stage(servers: tuple[Postgres, Valkey], tmp_path: Path) -> AsyncIterator[Stage]:
    postgres, valkey = servers
    here = Stage(postgres, valkey, tmp_path)
    await _make_database(postgres)
    await storage_db.connect(DatabaseSettings(url=here.url))
    await queue.connect(QueueSettings(url=valkey.url))
    await queue.redis().flushall()
    yield here
    if here.crew is not None:
        await here.crew.dismiss()
    await queue.disconnect()
    await storage_db.disconnect()


async def _make_database(postgres: Postgres) -> None:
    admin = await asyncpg.connect(postgres.url(database="postgres"))
    await admin.execute("DROP DATABASE IF EXISTS kill WITH (FORCE)")
    await admin.execute("CREATE DATABASE kill OWNER owner")
    await admin.close()
    await storage_db.connect(DatabaseSettings(url=postgres.url("owner", "kill"), pool_min=2, pool_max=2))
    await migrate()
    for statement in TABLES:
        await storage_db.execute(statement)
    await storage_db.disconnect()
