"""The simulator: citizens, consent, checks, events, files that change, and nobody else's pages."""

import asyncio
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from banshi.cli import main
from banshi.gate.browser._processes import family
from banshi.simulator import NOTE
from tests.simulating import simulated

SDK = Path(__file__).parents[2] / "sdk" / "python"


class Running:
    """A simulator of a fresh mini-app."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said = folder, []
        self.stack = AsyncExitStack()

    async def __aenter__(self) -> "Running":
        self.simulator = await self.stack.enter_async_context(simulated(self.folder, self.said.append))
        http = httpx.AsyncClient(base_url=self.simulator.url, timeout=15, trust_env=False)
        self.http = await self.stack.enter_async_context(http)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stack.aclose()

    async def until(self, there: Any) -> None:
        async with asyncio.timeout(20):
            while not there():
                await asyncio.sleep(0.02)

    async def do(self, **act: Any) -> httpx.Response:
        return await self.http.post("/do", json=act)

    async def call(self, name: str) -> httpx.Response:
        return await self.do(do="call", api="hello", input={"name": name})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "hello-app"
    assert CliRunner().invoke(main, ["init", str(made)]).exit_code == 0
    return made


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


async def test_a_citizen_agrees_calls_and_takes_it_back(folder):
    async with Running(folder) as running:
        before = await running.call("小王")
        await running.do(do="choose", value="he")
        await running.do(do="agree", scopes=["profile:read"])
        answer = await running.call("小王")
        await running.do(do="withdraw")
        after = await running.call("小王")
        log = (await running.http.get("/entries")).json()

    assert (before.status_code, code_of(before)) == (403, "APP_CONSENT_NEEDED")
    assert answer.json() == "小王，您好！您在 330802。"
    assert code_of(after) == "APP_CONSENT_NEEDED"
    assert [(each["kind"], each["status"]) for each in log] == [
        ("run", 200), ("call", 403), ("consent", 0), ("call", 200), ("consent", 0), ("call", 403),
    ]  # fmt: skip
    assert not (folder / NOTE).exists()


async def test_the_network_can_be_off_and_what_is_not_in_the_manifest_is_refused(folder):
    async with Running(folder) as running:
        await running.do(do="agree", scopes=["profile:read"])
        await running.do(do="network", value="offline")
        off = await running.call("小王")
        await running.do(do="network", value="fast")
        wrong = await running.do(do="call", api="hello", input={"name": 1})
        unknown = await running.do(do="call", api="bye", input={})
        odd = await running.do(do="agree", scopes=["cases:write"])

    assert [code_of(each) for each in (off, wrong, unknown, odd)] == [
        "NETWORK_OFF", "INVALID_INPUT", "API_UNKNOWN", "INVALID_INPUT",
    ]  # fmt: skip


async def test_a_slow_network_lets_calls_take_longer(folder):
    async with Running(folder) as running:
        await running.do(do="agree", scopes=["profile:read"])
        await running.do(do="network", value="slow")
        began = time.monotonic()
        answer = await running.call("小王")

    assert answer.status_code == 200
    assert time.monotonic() - began >= 1.5


async def test_the_command_does_again_what_the_log_tells_of(folder, monkeypatch):
    monkeypatch.chdir(folder)
    async with Running(folder) as running:
        await running.do(do="agree", scopes=["profile:read"])
        await running.call("小王")
        entry = (await running.http.get("/entries")).json()[-1]
        again, none = [
            await asyncio.to_thread(CliRunner().invoke, main, ["replay", id]) for id in (entry["id"], "none")
        ]
        log = (await running.http.get("/entries")).json()

    assert (again.exit_code, "小王，您好！" in again.output) == (0, True)
    assert [each["kind"] for each in log[-2:]] == ["call", "call"]
    assert none.exit_code == 1


async def test_events_are_delivered_and_anything_can_be_done_again(folder):
    async with Running(folder) as running:
        await running.do(do="agree", scopes=["profile:read"])
        await running.do(do="event", value="consent.withdrawn")
        await running.call("小王")
        log = (await running.http.get("/entries")).json()
        again = [await running.do(do="replay", value=each["id"]) for each in log[-2:]]
        nothing = await running.do(do="replay", value="none")

    assert [(each["kind"], each["status"]) for each in log[-2:]] == [("event", 202), ("call", 200)]
    assert [each.json()["status"] for each in again] == [202, 200]
    assert code_of(nothing) == "NOT_FOUND"


async def test_a_page_keeps_things_of_each_citizen_until_he_takes_his_consent_back(folder):
    manifest = folder / "miniapp.yaml"
    manifest.write_text(
        manifest.read_text().replace("scopes:", "scopes:\n  storage:keep: 记住您上次填写的内容")
    )
    draft = {"key": "draft", "value": '{"rent":3000}', "command": "c"}

    async with Running(folder) as running:

        async def store(field: str, **given: str) -> Any:
            return (await running.do(do="storage", api=field, input=given)).json()

        refused = await running.do(do="storage", api="storeValue", input=draft)
        await running.do(do="agree", scopes=["profile:read", "storage:keep"])
        revision = await store("storeValue", **draft)
        kept = await store("storedValue", key="draft")
        await running.do(do="choose", value="zhou")
        await running.do(do="agree", scopes=["storage:keep"])
        of_another = await store("storedValue", key="draft")
        await running.do(do="choose", value="lin")
        there = await store("storedKeys")
        await running.do(do="withdraw")
        await running.do(do="agree", scopes=["storage:keep"])
        after = await store("storedValue", key="draft")
        wrong = await running.do(do="storage", api="drop", input={})

    assert (code_of(refused), code_of(wrong)) == ("SCOPE_MISSING", "INVALID_INPUT")
    assert (kept["value"], kept["revision"]) == (draft["value"], revision)
    assert [edge["node"]["key"] for edge in there["edges"]] == ["draft"]
    assert (of_another, after) == (None, None)


ACTS = """    async with citizen.platform() as platform:
        level = (await platform.viewer()).level
    return f"{level} 级，"""


async def test_a_file_that_changes_is_taken_up_and_acts_at_a_platform_that_is_played(folder):
    async with Running(folder) as running:
        await running.do(do="agree", scopes=["profile:read"])
        program = folder / "app.py"
        program.write_text(program.read_text().replace('    return f"', ACTS))
        await running.until(lambda: len([e for e in running.simulator.desk.log if e.kind == "run"]) == 2)
        changed = await running.call("小王")
        program.write_text("this is no program")
        await running.until(lambda: not running.simulator.desk.running)
        broken = await running.call("小王")

    assert changed.json() == "3 级，小王，您好！您在 330106。"
    assert code_of(broken) == "APP_OFFLINE"
    assert any("SyntaxError" in line for line in running.said)


async def test_pages_of_others_can_neither_look_nor_act(folder):
    async with Running(folder) as running:
        url, app = running.simulator.url, running.simulator.app_origin
        rebound = await running.http.get("/state", headers={"host": "evil.example"})
        foreign = await running.http.post(
            "/do", json={"do": "withdraw"}, headers={"origin": "https://evil.example"}
        )
        framed = await running.http.post("/do", json={"do": "withdraw"}, headers={"origin": app})
        outside = await running.http.get(f"{app}/../miniapp.yaml")
        page = await running.http.get(f"{app}/index.html")

    assert {each.status_code for each in (rebound, foreign, framed)} == {403}
    assert outside.status_code == 404
    assert f"frame-ancestors {url}" in page.headers["content-security-policy"]


@pytest.fixture
def command(folder):
    """`miniapp dev &` in a script, once it runs: SIGINT is ignored there."""
    words = [sys.executable, "-m", "banshi", "dev", "--alone", "--no-open"]
    env = {**os.environ, "PYTHONPATH": str(SDK)}
    was = signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is started keeps it so
    try:
        running = subprocess.Popen(words, cwd=folder, env=env, stdout=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, was)
    assert running.stdout is not None
    assert "simulator" in running.stdout.readline()
    yield running
    running.kill()
    running.communicate(timeout=15)


def test_a_shell_that_keeps_ctrl_c_from_it_can_end_it(command, folder):
    command.terminate()
    command.communicate(timeout=15)

    assert command.returncode == 0
    assert not (folder / NOTE).exists()


def test_killed_it_leaves_no_program_behind(command):
    (program,) = family(command.pid)[1:]
    handle = os.pidfd_open(program)
    try:
        command.kill()

        assert select.select([handle], [], [], 15)[0], "it runs on"
    finally:
        os.close(handle)
