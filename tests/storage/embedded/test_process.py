"""Children, pid files and the one line that says what ailed a server."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.embedded import pidfile
from storage.embedded.process import ServerProcess, answers, ask, end, free_port
from storage.embedded.trouble import DidNotStart, PortTaken, explain

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import time, signal as s; s.signal(s.SIGTERM, s.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]


def test_a_server_that_ends_while_starting_is_told_with_its_last_weighty_line(tmp_path):
    server = ServerProcess("Thing", tmp_path / "thing")
    server.launch(["/bin/sh", "-c", "echo starting; echo 'FATAL: no luck today'; echo bye; exit 3"])

    with pytest.raises(DidNotStart) as caught:
        server.wait(lambda: False)

    assert str(caught.value) == f"Thing did not start: FATAL: no luck today (log: {tmp_path}/thing.log)"
    assert server.popen is None


def test_a_server_that_stays_silent_is_given_up(tmp_path):
    server = ServerProcess("Thing", tmp_path / "thing")
    server.launch(SLEEPER)

    with pytest.raises(DidNotStart, match="no output"):
        server.wait(lambda: False, seconds=0.1)

    assert not server.pid_file.exists()


def test_only_the_lines_of_this_start_count(tmp_path):
    (tmp_path / "thing.log").write_text("ERROR: address already in use\n")
    server = ServerProcess("Thing", tmp_path / "thing")
    server.launch(["/bin/sh", "-c", "echo 'error: quite another'; exit 1"])

    with pytest.raises(DidNotStart, match="quite another"):
        server.wait(lambda: False)


def test_a_child_that_does_not_listen_to_sigterm_is_killed(tmp_path):
    process = subprocess.Popen(STUBBORN, start_new_session=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()

    end(process, seconds=0.2)

    process.stdout.close()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("command", [SLEEPER, STUBBORN], ids=["asked", "killed"])
def test_a_recorded_stranger_is_ended(tmp_path, command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    if command is STUBBORN:
        assert process.stdout is not None
        process.stdout.readline()
    pidfile.record(tmp_path / "pid", process.pid)

    pidfile.end_recorded(tmp_path / "pid", seconds=0.3)

    assert process.wait(timeout=5) in (-signal.SIGTERM, -signal.SIGKILL)
    assert process.stdout is not None
    process.stdout.close()
    assert not (tmp_path / "pid").exists()


@pytest.mark.parametrize(
    "written",
    ["", "word", "1", f"{os.getpid()} 7", "999999999 5"],
    ids=["empty", "word", "init", "another birth", "gone"],
)
def test_a_pid_file_of_another_process_is_nobodys(tmp_path, written):
    (tmp_path / "pid").write_text(written)

    pidfile.end_recorded(tmp_path / "pid")  # must not end this very test

    assert not (tmp_path / "pid").exists()


def test_a_child_dies_with_its_parent(tmp_path):
    parent = (
        "import os, pathlib, signal, sys;"
        "from storage.embedded.process import ServerProcess;"
        "s = ServerProcess('Thing', pathlib.Path(sys.argv[1]) / 'thing');"
        "s.launch(['/bin/sleep', '60']);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )

    subprocess.run(
        [sys.executable, "-c", parent, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    deadline = time.monotonic() + 5
    while pidfile.recorded(tmp_path / "thing.pid") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert pidfile.recorded(tmp_path / "thing.pid") is None


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("could not write: No space left on device", "the disk that holds /data is full"),
        (
            'FATAL:  could not read file "global/1262": read only 0 of 8192 bytes',
            "its data in /data is damaged",
        ),
        ("LOG: hello\nwell\n", "did not start: well (log:"),
        ("", "no output"),
    ],
)
def test_what_a_server_prints_becomes_one_line(output, says):
    told = explain("Thing", Path("/data"), output, log=Path("/data.log"))

    assert says in str(told)
    assert "\n" not in str(told)
    assert not isinstance(told, PortTaken)


def test_a_port_without_a_listener_answers_nothing():
    port = free_port()

    assert not answers(port)
    assert ask(port, b"hello") == b""
