"""Back ends that are programs of their own: one that is killed, and one at a developer's desk."""

import asyncio
import os
import sys
import time
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from banshi.cli import main
from tests.api.relay.conftest import APP, TEXT, code_of
from tests.simulating import simulated

PROGRAM = """
import asyncio

from banshi import Citizen, MiniApp

app = MiniApp.from_manifest("miniapp.yaml")


@app.api("rent.slow", scope="cases:read")
async def slow(citizen: Citizen, ask: dict[str, int]) -> str:
    print("called", flush=True)
    await asyncio.sleep(ask["s"])
    return "done"
"""


@pytest.fixture
async def program(world, tmp_path):
    (tmp_path / "miniapp.yaml").write_text(TEXT)
    (tmp_path / "app.py").write_text(PROGRAM)
    secret = f"{APP}:{world.secrets[APP]}"
    env = {**os.environ, "MINIAPP_PLATFORM": world.urls[1], "MINIAPP_CREDENTIAL": secret}
    made = await asyncio.create_subprocess_exec(
        sys.executable, "-u", "-m", "banshi", "serve", cwd=tmp_path, env=env, stdout=asyncio.subprocess.PIPE
    )
    assert made.stdout is not None
    assert b"rent-app 1.0.0 answers rent.slow" in await asyncio.wait_for(made.stdout.readline(), 20)
    async with asyncio.timeout(10):
        while code_of(answer := await world.call("rent.slow", {"s": "no"})) == "APP_OFFLINE":
            await asyncio.sleep(0.05)
    assert answer.status_code != 503
    yield made
    if made.returncode is None:
        made.kill()
    await made.wait()


async def test_a_program_that_is_killed_during_a_call_is_told_at_once(world, program):
    call = asyncio.create_task(world.call("rent.slow", {"s": 30}))
    await asyncio.wait_for(program.stdout.readline(), 10)
    began = time.monotonic()
    program.kill()

    answer = await call
    assert (answer.status_code, code_of(answer)) == (502, "APP_LOST")
    assert time.monotonic() - began < 3
    assert code_of(await world.call("rent.slow", {"s": 0})) == "APP_OFFLINE"


async def test_a_program_that_is_asked_to_end_answers_first(world, program):
    call = asyncio.create_task(world.call("rent.slow", {"s": 1}))
    await asyncio.wait_for(program.stdout.readline(), 10)
    program.send_signal(2)

    assert (await call).json() == "done"
    assert await asyncio.wait_for(program.wait(), 10) == 0


async def test_the_simulator_calls_by_way_of_the_platform(world, sign_in, tmp_path: Path):
    folder = tmp_path / "hello-app"
    assert CliRunner().invoke(main, ["init", str(folder)]).exit_code == 0
    token = await sign_in("developer")

    async with (
        simulated(folder, platform=world.urls[0], token=token) as simulator,
        httpx.AsyncClient(base_url=simulator.url, timeout=15, trust_env=False) as http,
    ):
        await asyncio.sleep(0.1)
        ask = {"do": "call", "api": "hello", "input": {"name": "小王"}}
        before = await http.post("/do", json=ask)
        await http.post("/do", json={"do": "agree", "scopes": ["profile:read"]})
        answer = await http.post("/do", json=ask)

    assert code_of(before) == "APP_CONSENT_NEEDED"
    assert answer.json() == "小王，您好！您在 330106。"
