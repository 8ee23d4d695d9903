"""What is revoked in one process is refused by another, within two seconds."""

import asyncio
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from identity import sessions
from tests.identity.factories import NOON, make_session

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def other(postgres, database) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.identity.verdict_program", postgres.url("app", database),
        stdin=PIPE, stdout=PIPE, cwd=ROOT,
    )  # fmt: skip
    yield process
    assert process.stdin
    process.stdin.close()
    await process.wait()


async def ask(process: Process, token: str) -> str:
    assert process.stdin and process.stdout
    process.stdin.write(token.encode() + b"\n")
    return (await process.stdout.readline()).decode().strip()


async def refusal_s(process: Process, token: str) -> float:
    """Return after how many seconds the process refuses the token."""
    began = time.monotonic()
    async with asyncio.timeout(10):
        while await ask(process, token) != "refused":
            await asyncio.sleep(0.01)
    return time.monotonic() - began


async def test_a_revocation_here_is_known_there(db, other):
    token, actor = await make_session()
    assert [await ask(other, token) for _ in range(2)] == ["kept", "kept"]

    assert actor.session_id
    await sessions.revoke(actor, actor.session_id, now=NOON)

    assert await refusal_s(other, token) < 2


async def test_a_process_that_slept_through_it_hears_it_when_it_wakes(db, other):
    token, actor = await make_session()
    assert await ask(other, token) == "kept"

    other.send_signal(signal.SIGSTOP)
    assert actor.session_id
    await sessions.revoke(actor, actor.session_id, now=NOON)
    await asyncio.sleep(0.5)
    other.send_signal(signal.SIGCONT)

    assert await refusal_s(other, token) < 2
