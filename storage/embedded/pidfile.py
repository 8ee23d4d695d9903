"""Pid files that can be trusted: they hold the process's start too, since pids come round again."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path


def record(file: Path, pid: int) -> None:
    """Write down that `pid` is ours."""
    file.write_text(f"{pid} {_born(pid)}\n")


def recorded(file: Path) -> int | None:
    """Return the pid in `file` if that very process still runs, else None."""
    try:
        pid, born = file.read_text().split(maxsplit=1)
        return int(pid) if born.strip() and _born(int(pid)) == born.strip() else None
    except (OSError, ValueError):
        return None


def end_recorded(file: Path, *, stop: signal.Signals = signal.SIGTERM, seconds: float = 8) -> None:
    """End the process that `file` names, if it still runs, and remove the file."""
    pid = recorded(file)
    if pid is not None:
        end_stranger(pid, stop=stop, seconds=seconds)
    file.unlink(missing_ok=True)


def end_stranger(pid: int, *, stop: signal.Signals, seconds: float = 8) -> None:
    """End a process that is not our child: ask, wait, kill."""
    born = _born(pid)
    for each, patience in ((stop, seconds), (signal.SIGKILL, 2.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, each)
        deadline = time.monotonic() + patience
        while born and _born(pid) == born:
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
        else:
            return


def _born(pid: int) -> str:
    """Return a word that differs between two processes of one pid; empty for one that is gone or a zombie."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] in "ZX" else fields[19]  # starttime in ticks since boot, proc(5)
    told = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S603, S607
    return told.stdout.strip()
