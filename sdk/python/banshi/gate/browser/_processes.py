"""A process and all that it began: what they take, and their end.  Without /proc only the first is seen."""

import contextlib
import os
import signal
from pathlib import Path

PROC = Path("/proc")
FIELD = "Pss:"  # memory that is shared counts in parts


def family(pid: int) -> list[int]:
    """Return a process and all that it began, oldest first; a browser's do not stay in one group."""
    children: dict[int, list[int]] = {}
    for place in PROC.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parent = int(place.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(place.parent.name))
    found = [pid]
    for each in found:
        found.extend(children.get(each, ()))
    return found


def memory_of(pid: int) -> int:
    """Return how much memory a process and all that it began take (MiB)."""
    total = 0
    for each in family(pid):
        with contextlib.suppress(OSError):
            told = (PROC / str(each) / "smaps_rollup").read_text()
            total += sum(int(line.split()[1]) for line in told.splitlines() if line.startswith(FIELD))
    return total // 1024


def end_all(pid: int) -> None:
    """End a process and all that it began, at once."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGSTOP)  # or it would begin others meanwhile
    for each in family(pid):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(each, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
