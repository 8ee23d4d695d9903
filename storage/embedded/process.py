"""One child server: started, watched, ended; never left behind."""

import contextlib
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from storage.embedded import pidfile
from storage.embedded.trouble import DidNotStart, PortTaken, explain

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)

__all__ = ["DidNotStart", "PortTaken", "ServerProcess", "answers", "ask", "end", "free_port", "spawn"]


def free_port() -> int:
    """Return a TCP port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    user: pwd.struct_passwd | None = None,
    dying: signal.Signals = signal.SIGTERM,
    keep: Sequence[int] = (),
    folder: str | Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own; its output goes to the end of the file `log`.

    On Linux the child gets the signal `dying` when the thread that calls this dies, however it dies, so that
    a killed supervisor leaves no orphan: call it from the main thread.  `keep` are open files to inherit.
    """
    parent = os.getpid()

    def die_with_parent() -> None:
        if sys.platform == "linux":
            LIBC.prctl(PR_SET_PDEATHSIG, dying)
            if os.getppid() != parent:  # it died before the line above
                os.kill(os.getpid(), signal.SIGKILL)

    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603 - our own command lines
            [str(part) for part in command],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(env or {})},
            cwd=folder,
            start_new_session=True,
            preexec_fn=die_with_parent,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            pass_fds=keep,
        )


def answers(port: int) -> bool:
    """Say whether something on loopback accepts a connection on `port`."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.5):
        return True
    return False


def ask(port: int, question: bytes) -> bytes:
    """Send `question` to a loopback port; return all it says until it hangs up, or nothing."""
    said = b""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as wire:
        wire.sendall(question)
        while piece := wire.recv(4096):
            said += piece
    return said


def end(
    process: subprocess.Popen[bytes], *, stop: signal.Signals = signal.SIGTERM, seconds: float = 8
) -> None:
    """Ask `process` to stop, wait, and kill its whole session if it does not."""
    if process.poll() is None:
        process.send_signal(stop)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class ServerProcess:
    """The program of one server, with its log `<folder>.log` and its pid file `<folder>.pid`."""

    def __init__(self, name: str, folder: Path, *, stop: signal.Signals = signal.SIGTERM) -> None:
        self.name = name
        self.folder = folder
        self.log = folder.with_name(folder.name + ".log")
        self.pid_file = folder.with_name(folder.name + ".pid")
        self.stop_signal = stop
        self.popen: subprocess.Popen[bytes] | None = None
        self._told = 0  # bytes of the log that belong to earlier runs

    def end_orphan(self) -> None:
        """End the server that an earlier, killed supervisor of this folder left running, if any."""
        pidfile.end_recorded(self.pid_file, stop=self.stop_signal)

    def launch(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        user: pwd.struct_passwd | None = None,
        keep: Sequence[int] = (),
        folder: str | None = "/",
    ) -> None:
        """Start the program, in `folder` (None: ours); `wait` tells when it is of use."""
        self._told = self.log.stat().st_size if self.log.exists() else 0
        self.popen = spawn(
            command, log=self.log, env=env, user=user, dying=self.stop_signal, keep=keep, folder=folder
        )
        pidfile.record(self.pid_file, self.popen.pid)

    def wait(self, ready: Callable[[], bool], *, seconds: float = 30) -> None:
        """Return once `ready()`.

        Raises:
            PortTaken: another program has the port.
            DidNotStart: the program ended, or stayed silent for `seconds`; one line says why.
        """
        assert self.popen is not None, "launch comes first"
        deadline = time.monotonic() + seconds
        while not ready() or self.popen.poll() is not None:
            if self.popen.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise explain(self.name, self.folder, self.news(), log=self.log)
            time.sleep(0.02)

    def stop(self, seconds: float = 8) -> None:
        """End the program, by force after `seconds`; harmless when it does not run."""
        if self.popen is not None:
            end(self.popen, stop=self.stop_signal, seconds=seconds)
            self.popen = None
            self.pid_file.unlink(missing_ok=True)

    def news(self) -> str:
        """Return what the program has printed since it was launched."""
        with self.log.open("rb") as text:
            text.seek(self._told)
            return text.read().decode(errors="replace")
