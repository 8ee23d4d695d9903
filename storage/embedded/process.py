"""One child server: started, watched, ended; never left behind."""

import contextlib
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1


class DidNotStart(Exception):
    """A server ended or stayed silent while starting; the message says which and why, in one line."""


def free_port() -> int:
    """Return a TCP port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged() -> pwd.struct_passwd | None:
    """Return the user PostgreSQL must run as: `nobody` when we are root, None when we are not."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    user: pwd.struct_passwd | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own; its output goes to the file `log`.

    The child gets SIGTERM when we die, however we die, so that a killed supervisor leaves no orphan.
    """
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603 - our own command lines
            [str(part) for part in command],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(env or {})},
            start_new_session=True,
            preexec_fn=_die_with_parent,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], *, name: str, log: Path, seconds: float = 30
) -> None:
    """Return once `ready()`; raise DidNotStart with the log's last line if the child ends or is too slow."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            lines = log.read_text(errors="replace").strip().splitlines() or ["no output"]
            raise DidNotStart(f"{name} did not start: {lines[-1]} (log: {log})")
        time.sleep(0.02)


def answers(port: int) -> bool:
    """Say whether something on loopback accepts a connection on `port`."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.5):
        return True
    return False


def end(process: subprocess.Popen[bytes], *, stop: signal.Signals = signal.SIGTERM, seconds: float = 8) -> None:
    """Ask `process` to stop, wait, and kill its whole session if it does not."""
    if process.poll() is None:
        process.send_signal(stop)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
