"""The worker as a process: it starts, does what is stored, and ends when told to."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from api.supervisor.servers import stand_ins
from api.worker import DUTIES, TASKS
from identity.chain import heads, links
from miniapps.notices.events import NoticesAged
from storage import duties, objects
from storage.db import fetch
from storage.outbox import emit
from tests.storage.factories import NOON

ROOT = Path(__file__).parent.parent.parent


def test_every_task_has_a_name_of_its_own():
    names = [task.name for task in TASKS]

    assert len(names) == len(set(names))


def test_every_slice_with_tasks_is_listed():
    slices = {path.parent.name for path in (ROOT / "miniapps").glob("*/tasks.py")}
    slices |= {path.parent.parent.name for path in (ROOT / "miniapps").glob("*/tasks/__init__.py")}

    assert {task.name.split(".")[0] for task in TASKS} == slices | {
        "backchannel",
    }  # of identity.oidc


def test_the_log_is_sealed_and_signed_as_often_as_it_is_said_to_be():
    """Rows are chained within a second, the head is signed every minute, and neither waits for others."""
    often = {duty.function: (duty.seconds, duty.apart) for duty in DUTIES}

    assert often[heads.sign_head] == (60, True)
    seconds, apart = often[links.seal]
    assert max(seconds, duties.TICK_S) < 1
    assert apart


async def test_every_duty_runs_on_an_empty_database(db, seaweed):
    objects.configure(seaweed)
    await objects.ensure_bucket()
    for duty in DUTIES:
        await duty.function(now=NOON)


async def test_the_process_answers_facts_and_ends_soon_after_sigterm(
    db, database, postgres, valkey, tmp_path
):
    env = stand_ins({}) | {
        "BANSHI_DATABASE_URL": postgres.url("app", database),
        "BANSHI_REDIS_URL": valkey.url,
        "BANSHI_DATA": str(tmp_path),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'sdk/python'}",
    }
    process = subprocess.Popen([sys.executable, "-m", "api.worker"], env={**os.environ, **env}, cwd=tmp_path)
    try:
        await emit(NoticesAged(party_id=None), now=NOON)
        await settled(seconds=40)
    finally:
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        await asyncio.to_thread(process.wait, 20)

    assert process.returncode == 0
    assert time.monotonic() - began < 15  # about half a second on a machine at rest


async def settled(seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while await fetch("SELECT id FROM outbox WHERE settled_at IS NULL AND not_before IS NULL"):
        assert time.monotonic() < deadline, "the worker did not answer"
        await asyncio.sleep(0.05)


def test_a_bad_setting_is_told_in_one_line(tmp_path):
    env = {"PYTHONPATH": f"{ROOT}:{ROOT / 'sdk/python'}", "BANSHI_DATA": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-m", "api.worker"], env=env, cwd=tmp_path, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert "BANSHI_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
