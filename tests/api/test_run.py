"""Whole runs of `banshi run`: it starts, watches, recovers and ends everything."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.supervisor.folder import read_note
from api.supervisor.run import Supervisor
from storage.embedded import pidfile, place
from storage.embedded.process import free_port


def test_a_supervisor_with_wrong_settings_starts_nothing(tmp_path):
    done = banshi(tmp_path / "data", BANSHI_PORT="many")
    out, _ = done.communicate(timeout=60)

    assert done.returncode == 1
    assert out.startswith("banshi: BANSHI_PORT has an odd value")
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_run_starts_everything_restarts_what_dies_and_ends_on_sigterm(data, monkeypatch):
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)
        if line.startswith("started in"):
            assert read_note(data) is not None
            os.kill(pidfile.recorded(data / "worker.pid") or 0, signal.SIGKILL)
        if line == "worker started again":
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    port = str(free_port())
    env = {"BANSHI_DATA": str(data), "BANSHI_PORT": port, "BANSHI_PROCESSES": "1"}
    heard = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        Supervisor(env, parts={"api", "worker"}, tell=tell).run()
    finally:
        for number, handler in heard.items():
            signal.signal(number, handler)

    assert {"Valkey is up", "SeaweedFS is up", "PostgreSQL is up", "api-1 is up", "worker is up"} <= set(told)
    assert f"ready http://127.0.0.1:{port}" in told
    assert told[-2:] == ["stopping", "stopped"]
    assert not list(data.glob("*.pid"))
    assert read_note(data) is None


def banshi(data: Path, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "api.cli", "run"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "BANSHI_DATA": str(data), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until_ready(running: subprocess.Popen[str]) -> list[str]:
    assert running.stdout is not None
    lines = []
    for line in running.stdout:
        lines.append(line.rstrip())
        if line.startswith("started in"):
            return lines
    raise AssertionError("\n".join(lines))


def processes_of(data: Path) -> list[str]:
    """Return the command lines of processes that have to do with `data`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            known = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(data).encode() in known and process.name != str(os.getpid()):
            found.append(command)
    return found


@pytest.fixture
def data() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="banshi-run-", dir="/tmp"))
    home.chmod(0o755)
    yield home / "data"
    place.forget(home / "data" / "postgres")
    shutil.rmtree(home, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_sigterm_ends_everything_and_a_second_start_finds_the_data(data):
    port = str(free_port())
    running = banshi(data, BANSHI_PORT=port)
    until_ready(running)
    assert httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200
    secrets = (data / "secrets.json").read_bytes()
    prepared = (data / "prepare.log").stat()

    begun = time.monotonic()
    running.terminate()
    out, _ = running.communicate(timeout=20)

    assert time.monotonic() - begun < 10
    assert running.returncode == 0
    assert out.splitlines()[-1] == "stopped"
    assert processes_of(data) == []
    assert not list(data.glob("*.pid"))
    assert not (data / "run.json").exists()

    again = banshi(data, BANSHI_PORT=port)
    lines = until_ready(again)
    assert not any("migrations ran" in line for line in lines)
    assert (data / "secrets.json").read_bytes() == secrets
    assert (data / "prepare.log").stat().st_mtime == prepared.st_mtime  # it saw that nothing has to be done
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=20)
    assert processes_of(data) == []


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_killed_supervisor_needs_no_manual_step(data):
    port = str(free_port())
    first = banshi(data, BANSHI_PORT=port)
    until_ready(first)

    first.kill()
    first.communicate()
    second = banshi(data, BANSHI_PORT=port)
    until_ready(second)

    assert httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200
    third = banshi(data, BANSHI_PORT=port)
    refused, _ = third.communicate(timeout=30)
    assert third.returncode == 1
    assert "Banshi already runs there" in refused
    assert len(refused.strip().splitlines()) == 1
    second.terminate()
    second.communicate(timeout=20)
    assert processes_of(data) == []


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_killed_children_and_servers_are_started_again(data):
    port = str(free_port())
    running = banshi(data, BANSHI_PORT=port)
    until_ready(running)

    for name in ("api-1", "api-2", "worker", "postgres", "valkey", "seaweed"):
        pid = pidfile.recorded(data / f"{name}.pid")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        time.sleep(1)

    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False, timeout=5).status_code == 200:
                break
        except httpx.HTTPError:
            time.sleep(0.5)
    else:
        raise AssertionError("it did not recover")
    running.terminate()
    running.communicate(timeout=20)
    assert processes_of(data) == []


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_it_runs_under_a_private_folder(data):
    data.parent.chmod(0o700)
    running = banshi(data, BANSHI_PORT=str(free_port()), TMPDIR=str(data.parent))

    lines = until_ready(running)

    told = [line for line in lines if "runs as nobody, who cannot enter here" in line]
    assert len(told) == (1 if os.geteuid() == 0 else 0)
    running.terminate()
    running.communicate(timeout=20)
    assert processes_of(data) == []
