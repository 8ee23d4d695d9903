"""The supervisor's parts: folder, keeper, log files, servers, listening; and with --all, whole runs."""

import errno
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.settings import Settings
from api.supervisor import folder as folders
from api.supervisor.child import Child
from api.supervisor.folder import DataFolder, read_note
from api.supervisor.keeper import Keeper, pause_after
from api.supervisor.logfile import LogFile
from api.supervisor.ready import await_go, report_ready
from api.supervisor.run import Supervisor, links, listen
from api.supervisor.servers import Servers, needed, stand_ins
from storage.embedded import pidfile, place
from storage.embedded.process import free_port
from storage.embedded.trouble import DidNotStart

GIVEN = {
    "BANSHI_DATABASE_URL": "postgresql://app@127.0.0.1:1/banshi",
    "BANSHI_REDIS_URL": "redis://127.0.0.1:1/0",
    "BANSHI_S3_ENDPOINT": "127.0.0.1:1",
}


def test_a_folder_is_held_by_one_supervisor_at_a_time(tmp_path):
    first = DataFolder(tmp_path / "data")
    first.hold()
    first.announce({"BANSHI_PORT": "8123"})

    with pytest.raises(DidNotStart) as caught:
        DataFolder(tmp_path / "data").hold()

    assert str(caught.value).endswith(f"Banshi already runs there (http://127.0.0.1:8123, pid {os.getpid()})")
    assert first.note.stat().st_mode & 0o777 == 0o600
    first.let_go()
    first.let_go()
    second = DataFolder(tmp_path / "data")
    second.hold()
    second.let_go()


def test_the_note_of_a_dead_supervisor_is_not_believed(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps({"pid": 1, "env": {}}))
    assert read_note(tmp_path) is None
    (tmp_path / "lock").touch()
    assert read_note(tmp_path) is None

    with (tmp_path / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note = read_note(tmp_path)
        (tmp_path / "run.json").write_text("{")
        assert read_note(tmp_path) is None

    assert note is not None
    assert note.pid == 1


def test_a_nearly_full_disk_is_told_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "LEAST_FREE_MIB", 2**40)

    with pytest.raises(DidNotStart, match=r"the disk that holds .* is full: \d+ MiB are free"):
        DataFolder(tmp_path).hold()


def test_a_data_folder_that_is_a_file_is_told_in_one_line(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(DidNotStart, match="cannot be used as data folder"):
        DataFolder(tmp_path / "file").hold()


def test_secrets_are_made_once_and_are_private(tmp_path):
    made = DataFolder(tmp_path).secrets()

    assert DataFolder(tmp_path).secrets() == made
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert len({made.postgres, made.valkey, made.s3, *made.keys.values()}) == 6
    Settings.read(GIVEN | {"BANSHI_S3_ACCESS_KEY": "a", "BANSHI_S3_SECRET_KEY": "b"} | made.keys)


def test_damaged_secrets_are_never_replaced(tmp_path):
    (tmp_path / "secrets.json").write_text("{")

    with pytest.raises(DidNotStart, match="is damaged"):
        DataFolder(tmp_path).secrets()


def test_pauses_double_up_to_half_a_minute():
    assert [pause_after(n) for n in (1, 2, 3, 8, 100)] == [0.25, 0.5, 1.0, 30.0, 30.0]


def test_a_keeper_restarts_with_growing_pauses_and_forgets_after_a_steady_while():
    code: list[int | None] = [-9]
    keeper = Keeper("worker", start=lambda: None, ended=lambda: code[0])
    keeper.started(0.0)

    unsteady = [keeper.tend(now) for now in (0.0, 0.1, 0.25, 0.3, 0.7, 0.8)]
    code[0] = None
    steady = keeper.tend(1.0)
    code[0] = 1
    later = keeper.tend(60.0)

    assert unsteady == [
        "worker ended with signal 9; starting it again in 0.25 s",
        None,
        "worker started again",
        "worker ended with signal 9; starting it again in 0.5 s",
        None,
        "worker started again",
    ]
    assert steady is None
    assert later == "worker ended with code 1; starting it again in 0.25 s"
    assert keeper.restarts == 2


def test_a_keeper_survives_a_start_that_fails():
    def fail() -> None:
        raise DidNotStart("api-1 did not start: no luck")

    keeper = Keeper("api-1", start=fail, ended=lambda: 1)

    told = [keeper.tend(now) for now in (0.0, 0.25)]

    assert told[1] == "api-1 did not start: no luck; starting it again in 0.5 s"


def test_a_log_file_shows_what_is_loud_and_stays_small(tmp_path):
    path = tmp_path / "api-1.log"
    log = LogFile(path, cap=300)
    assert list(log.loud()) == []
    with path.open("ab") as writer:
        writer.write(
            b'{"level":"info","event":"hi"}\nno json\n[]\n{"level":"warning","event":"slow","reason":"why"}\n'
        )
        writer.write(b'{"level":"error","event":"half')
        writer.flush()
        first = list(log.loud())
        writer.write(b'"}\n' + b"x" * 300)
        writer.flush()
        second = list(log.loud())
        log.rotate()
        writer.write(b'{"level":"error","event":"new"}\n')
        writer.flush()

    assert first == ["warning: slow why"]
    assert second == ["error: half"]
    assert list(log.loud()) == ["error: new"]
    assert path.stat().st_size < 100
    assert (tmp_path / "api-1.log.1").stat().st_size > 300


def test_a_port_in_use_is_told_with_the_way_out():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(DidNotStart, match=f"port {port} is in use by another program: give another"):
            listen("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_told():
    with pytest.raises(DidNotStart, match=os.strerror(errno.EADDRNOTAVAIL)):
        listen("192.0.2.1", free_port())


def test_only_what_is_not_given_is_started():
    assert needed({}) == set(GIVEN)
    assert needed({"BANSHI_REDIS_URL": "redis://r"}) == {"BANSHI_DATABASE_URL", "BANSHI_S3_ENDPOINT"}
    assert needed({"BANSHI_MODE": "production"}) == set()
    assert "BANSHI_MASTER_KEY" not in stand_ins({"BANSHI_MODE": "production"})
    Settings.read(stand_ins({}))


def test_a_given_server_that_does_not_answer_is_named(tmp_path):
    port = free_port()
    env = {"BANSHI_REDIS_URL": f"redis://127.0.0.1:{port}/0"}

    with pytest.raises(
        DidNotStart, match=f"BANSHI_REDIS_URL does not work: nothing answers at 127.0.0.1:{port}"
    ):
        Servers(DataFolder(tmp_path), env).start(print)


def test_given_servers_are_used_and_none_is_started(tmp_path, postgres, valkey, seaweed):
    env = {
        "BANSHI_DATABASE_URL": postgres.url(),
        "BANSHI_REDIS_URL": valkey.url,
        "BANSHI_S3_ENDPOINT": seaweed.endpoint,
    }
    servers = Servers(DataFolder(tmp_path), env)

    own = servers.start(print)

    assert servers.running == {}
    assert own["BANSHI_DATABASE_OWNER_URL"] == postgres.url()
    assert set(own) == {
        "BANSHI_DATABASE_OWNER_URL",
        "BANSHI_MASTER_KEY",
        "BANSHI_INDEX_KEY",
        "BANSHI_TOKEN_KEY",
    }


def test_a_child_tells_when_it_is_ready(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "api.supervisor.child.FRUGAL", {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    )
    (tmp_path / "slow_child.py").write_text(
        "import time\nfrom api.supervisor.ready import report_ready\nreport_ready()\ntime.sleep(60)\n"
    )
    child = Child("slow", "slow_child", folder=tmp_path, env={})
    with pytest.raises(DidNotStart, match="was not started"):
        child.ended()

    child.start()
    child.wait()

    assert child.ready()
    assert child.ended() is None
    child.ask_to_stop()
    child.stop()
    assert not (tmp_path / "slow.pid").exists()


def test_a_child_that_dies_while_starting_is_told(tmp_path):
    child = Child("broken", "no_such_module_here", folder=tmp_path, env={})
    child.start()

    with pytest.raises(DidNotStart, match="No module named no_such_module_here"):
        child.wait()


def test_without_a_supervisor_there_is_nobody_to_wait_for_or_to_tell(monkeypatch):
    monkeypatch.delenv("BANSHI_READY_FD", raising=False)
    monkeypatch.delenv("BANSHI_GO_FD", raising=False)

    await_go()
    report_ready()


def test_a_child_waits_for_its_environment_and_tells_when_it_is_ready(monkeypatch):
    theirs, go = os.pipe()
    ready, told = os.pipe()
    monkeypatch.setenv("BANSHI_GO_FD", str(theirs))
    monkeypatch.setenv("BANSHI_READY_FD", str(told))
    monkeypatch.setenv("BANSHI_PORT", "8000")
    os.write(go, b'{"BANSHI_PORT": "8123"}')
    os.close(go)

    await_go()
    report_ready()

    assert os.environ["BANSHI_PORT"] == "8123"
    assert "BANSHI_GO_FD" not in os.environ
    assert os.read(ready, 100) == b"ready\n"
    os.close(ready)


def test_what_a_child_printed_is_known_when_it_has_finished(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    (tmp_path / "short_child.py").write_text(
        "import os, sys\nfrom api.supervisor.ready import await_go\nawait_go()\n"
        "print(os.environ['WORD'])\nsys.exit(os.environ.get('FAULT'))\n"
    )
    child = Child("short", "short_child", folder=tmp_path, env={})

    child.start()
    child.go({"WORD": "done"})
    first = child.finish()
    child.start()  # it was told to go before, so it goes at once
    again = child.finish()
    other = Child("other", "short_child", folder=tmp_path, env={"FAULT": "no luck"})
    other.start()
    other.go({"WORD": "begun"})

    assert first == again == ["done"]
    with pytest.raises(DidNotStart, match=r"^no luck$"):
        other.finish()


def test_links_fit_what_runs():
    settings = Settings.read(stand_ins({}))

    assert links(settings, {"api", "worker"})[0] == "ready http://127.0.0.1:8000"
    assert links(settings, {"worker"}) == ["ready"]


def test_a_supervisor_with_wrong_settings_starts_nothing(tmp_path):
    done = banshi(tmp_path / "data", BANSHI_PORT="many")
    out, _ = done.communicate(timeout=60)

    assert done.returncode == 1
    assert out.startswith("banshi: BANSHI_PORT has an odd value")
    assert not (tmp_path / "data").exists()


def test_a_supervisor_ends_what_an_earlier_one_left(tmp_path):
    (tmp_path / "data").mkdir()
    left = subprocess.Popen(["/bin/sleep", "60"])
    pidfile.record(tmp_path / "data" / "worker.pid", left.pid)
    told: list[str] = []

    Supervisor({"BANSHI_DATA": str(tmp_path / "data")}, parts={"api"}, tell=told.append)._end_orphans()

    assert left.wait(timeout=5) == -signal.SIGTERM
    assert told == ["ending worker, which an earlier start left behind"]


# whole runs


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
    running = banshi(data, BANSHI_PORT=str(free_port()))

    lines = until_ready(running)

    told = [line for line in lines if "runs as nobody, who cannot enter here" in line]
    assert len(told) == (1 if os.geteuid() == 0 else 0)
    running.terminate()
    running.communicate(timeout=20)
    assert processes_of(data) == []
