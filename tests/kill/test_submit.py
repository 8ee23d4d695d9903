"""Killed while applications share a statement: each is wholly handed in or wholly a draft, and none twice."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from miniapps.cases import service
from miniapps.cases.service._together import WRITE
from storage import db as storage_db
from storage.db import fetch
from storage.settings import DatabaseSettings
from tests.kill.conftest import ROOT, Stage
from tests.miniapps.cases.factories import NOON, a_citizen, a_draft, a_town, hold
from tests.miniapps.cases.whole import state_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

SEED = int(os.environ.get("BANSHI_SEED", "20261122"))
CASES = 100
KILLS = 3

WRITING = "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%claimed AS (%'"
OTHERS = (
    "SELECT pid FROM pg_stat_activity WHERE datname = 'kill' AND pid <> ALL($1::int[]) AND usename = 'app'"
)


@pytest.fixture
async def drafts(stage: Stage) -> list[UUID]:
    await a_town()
    made = []
    for _ in range(CASES):
        citizen = a_citizen()
        await hold(citizen)
        made.append(UUID(str((await a_draft(citizen)).id)))
    return made


class Submitter:
    """A process that hands in every draft; `told` holds what it was told."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.told: dict[UUID, str] = {}
        self.again = 0
        self.hearing = asyncio.create_task(self._hear())

    @classmethod
    async def start(cls, url: str) -> "Submitter":
        env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'sdk/python'}"}
        command = [sys.executable, "-m", "tests.kill.submitter", url]
        process = await asyncio.create_subprocess_exec(
            *command, env=env, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        return cls(process)

    async def _hear(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            words = line.decode().split()
            if len(words) == 2 and words[1].isdigit() and len(words[1]) == 21:
                self.told[UUID(words[0])] = words[1]
            elif words[:1] == ["again"]:
                self.again += 1

    async def hear(self, count: int) -> None:
        """Wait until so many were told, or it is over."""
        while len(self.told) < count and self.process.returncode is None:
            await asyncio.sleep(0.002)

    async def end(self) -> int:
        code = await self.process.wait()
        await self.hearing
        return code


@pytest.fixture
async def admin(stage: Stage) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(stage.postgres.url(database="kill"))
    yield connection
    await connection.close()


async def check(drafts: list[UUID], told: dict[UUID, str]) -> list[str]:
    """Every case is whole, and what was told holds."""
    states = [await state_of(case_id) for case_id in drafts]
    rows = await fetch("SELECT id, number FROM case_file WHERE state = 'submitted'")
    numbers = {row["id"]: row["number"] for row in rows}
    assert told.items() <= numbers.items(), "told, and not so"
    [facts] = await fetch("SELECT count(*) AS n FROM outbox WHERE type = 'case.submitted'")
    assert facts["n"] == states.count("submitted") == len(numbers)
    return states


async def test_a_killed_process_leaves_each_case_whole(
    stage: Stage, drafts: list[UUID], admin: asyncpg.Connection
):
    chance, told, seen = random.Random(SEED), {}, []
    mine = [row["pid"] for row in await admin.fetch(OTHERS, [])]
    for _ in range(KILLS):
        submitter = await Submitter.start(stage.url)
        await submitter.hear(chance.randrange(1, CASES // (KILLS + 1)))
        await asyncio.sleep(chance.uniform(0, 0.01))
        submitter.process.send_signal(signal.SIGKILL)
        await submitter.end()
        while await admin.fetch(OTHERS, mine):  # what was under way ends, one way or the other
            await asyncio.sleep(0.02)
        told |= submitter.told
        states = await check(drafts, told)
        seen.append((states.count("submitted"), len(told)))

    print(f"\nseed {SEED}: submitted and told after each kill: {seen}")
    assert seen[-1][0] < CASES, "the kills came too late: the test is blind"
    submitter = await Submitter.start(stage.url)
    assert await submitter.end() == 0
    assert await check(drafts, told | submitter.told) == ["submitted"] * CASES


async def test_a_killed_backend_leaves_each_case_whole_and_the_same_keys_finish_the_work(
    stage: Stage, drafts: list[UUID], admin: asyncpg.Connection
):
    """PostgreSQL answers the death of one backend by ending all of them and recovering from its log."""
    await storage_db.disconnect()
    submitter = await Submitter.start(stage.url)
    await submitter.hear(CASES // 4)
    while not (pids := await admin.fetch(WRITING)):
        assert submitter.process.returncode is None
    os.kill(pids[0]["pid"], signal.SIGKILL)
    assert await submitter.end() == 0
    await storage_db.connect(DatabaseSettings(url=stage.url))

    print(f"\n{submitter.again} tries failed while PostgreSQL recovered")
    assert submitter.again > 0, "the kill hit nothing: the test is blind"
    assert len(submitter.told) == CASES
    assert await check(drafts, submitter.told) == ["submitted"] * CASES


async def test_the_connection_that_writes_waits_for_the_disk(stage: Stage):
    """A durable server's own settings are in force in the very transaction that submits."""
    owner = await asyncpg.connect(stage.postgres.url("owner", "kill"))
    await owner.execute(
        "CREATE TABLE seen (synchronous_commit text, fsync text, statement text);"
        " GRANT INSERT ON seen TO app;"
        " CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES"
        " (current_setting('synchronous_commit'), current_setting('fsync'), current_query());"
        " RETURN NULL; END $$;"
        " CREATE TRIGGER see AFTER UPDATE ON case_file FOR EACH ROW EXECUTE FUNCTION see()"
    )
    await a_town()
    citizen = a_citizen()
    await hold(citizen)
    case = await a_draft(citizen)

    await service.submit(citizen, case.id, idempotency_key="key", now=NOON)

    rows = await owner.fetch("SELECT * FROM seen")
    await owner.close()
    assert [tuple(row) for row in rows] == [("on", "on", WRITE)]
