"""Workers are killed while Chromium looks at a version; the look is taken up until there is a verdict."""

import asyncio
import io
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from banshi import manifest as manifests
from banshi import package
from banshi.gate.browser._processes import family
from banshi.package import MANIFEST
from identity.roles import Role
from miniapps.catalog import service as catalog
from miniapps.catalog.rules import VersionState
from miniapps.catalog.service import packages
from miniapps.review import queries, rules
from miniapps.review.rules import LookState
from storage import clock, objects, queue
from storage.db import execute, fetch
from storage.embedded.postgres import Postgres
from storage.embedded.valkey import Valkey
from storage.settings import DatabaseSettings, ObjectsSettings, QueueSettings
from tests.api.conftest import an_actor, some_settings
from tests.kill.conftest import ROOT
from tests.miniapps.catalog.packed import PEM, trust
from tests.sdk.gate import seen

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

BROWSING = 6  # processes: the looking one, the driver, and some of a browser
PATIENCE_S = 90.0
DEAD = 3  # kills, after which nobody tries the job itself again


class Hands:
    """One worker at a time, as the supervisor starts it."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        self.env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'sdk/python'}", **env}
        self.log = folder / "worker.log"
        self.hire()

    def hire(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "api.worker"]
            self.worker = subprocess.Popen(command, env=self.env, cwd=ROOT, stdout=log, stderr=log)

    def all_of_it(self) -> list[int]:
        return family(self.worker.pid)[1:]

    async def kill(self) -> list[int]:
        """Kill the worker, and it alone; return what it had started."""
        started = self.all_of_it()
        self.worker.kill()
        await asyncio.to_thread(self.worker.wait)
        return started

    async def dismiss(self) -> None:
        self.worker.terminate()
        await asyncio.to_thread(self.worker.wait, 20)


@pytest.fixture
async def hands(
    db: Any, postgres: Postgres, database: str, valkey: Valkey, seaweed: ObjectsSettings, tmp_path: Path
) -> AsyncIterator[Hands]:
    objects.configure(seaweed)
    await objects.ensure_bucket()
    packages.forget()
    await queue.connect(QueueSettings(url=valkey.url))
    await queue.redis().flushall()
    settings = some_settings(
        database=DatabaseSettings(url=postgres.url("app", database)),
        plan_database=postgres.url("plan", database),
        queue=QueueSettings(url=valkey.url),
        objects=seaweed,
        clock="system",
    )
    made = Hands(settings.as_env(), tmp_path)
    yield made
    await made.dismiss()
    await queue.disconnect()
    objects.close()


async def handed_in(developer: Any) -> Any:
    """A version of a mini-app that is good where it runs."""
    await trust(developer)
    text = seen.MANIFEST_TEXT.replace("https://rent-withdrawal.example/", "/index.html")
    files = {name: held.encode() for name, held in {MANIFEST: text, **seen.FILES}.items()}
    data = io.BytesIO(package.pack(manifests.read(text), files, PEM))
    return (await catalog.submit_package(developer, data, now=await clock.now()))[0]


async def until(condition: Any, why: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not await condition():
        assert time.monotonic() < deadline, why
        await asyncio.sleep(0.1)


async def look_of(version: Any) -> Any:
    [row] = await fetch("SELECT state, tries FROM app_look WHERE version_id = $1", version.id) or [{}]
    return row


async def state_of(version: Any) -> str:
    [row] = await fetch("SELECT state FROM mini_app_version WHERE id = $1", version.id)
    return str(row["state"])


async def killed_while_looking(hands: Hands, version: Any, attempt: int) -> None:
    """Kill the worker as soon as its browser runs; wait until nothing of it does."""

    async def is_looking() -> bool:
        row = await look_of(version)
        begun = row.get("state") == LookState.RUNNING and row["tries"] == attempt
        return begun and len(hands.all_of_it()) >= BROWSING

    await until(is_looking, f"nobody looked for the {attempt}. time")
    left = await hands.kill()
    assert (await look_of(version))["state"] == LookState.RUNNING, "it was over before the kill"
    assert await state_of(version) == VersionState.SUBMITTED

    async def is_gone() -> bool:
        return not any(is_alive(pid) for pid in left)

    await until(is_gone, "its browser goes on")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def has_passed(version: Any) -> None:
    async def is_queued() -> bool:
        return await state_of(version) == VersionState.QUEUED

    await until(is_queued, "there is no verdict")
    assert (await look_of(version))["state"] == LookState.DONE


async def test_a_worker_killed_while_its_browser_looks_leaves_the_look_to_the_next(hands):
    version = await handed_in(developer := an_actor(Role.DEVELOPER))

    await killed_while_looking(hands, version, 1)
    hands.hire()
    await has_passed(version)

    look = await queries.look(developer, version.id)
    assert (look.tries, look.found, await fetch("SELECT task FROM dead_letter")) == (2, 0, [])


async def test_a_look_whose_job_died_with_its_workers_is_taken_up_by_the_clock(hands):
    version = await handed_in(an_actor(Role.DEVELOPER))

    for attempt in range(1, DEAD + 1):
        await killed_while_looking(hands, version, attempt)
        hands.hire()
    await until(lambda: fetch("SELECT FROM dead_letter"), "nobody gave the job up")
    assert await state_of(version) == VersionState.SUBMITTED
    await hands.dismiss()
    await execute("UPDATE app_look SET tried_at = tried_at - $1::interval", rules.LOST)
    hands.hire()
    await has_passed(version)

    assert (await look_of(version))["tries"] == DEAD + 1
