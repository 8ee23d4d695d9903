"""Cores that do not halt while latencies are taken: `kept()`, and how late a halted one wakes: `waking()`.

A virtual machine gives a core back when nothing wants to run, and its host takes its time to return it: a
request that passes through four processes waits for that four times, and the figure says more of the host
than of the program.  Inside `kept()` a program that does nothing runs on every core and gives way to all
others, so that no core halts: beside the figure as the machine is, that tells how much of it is the host's.

    python -m bench._lab.awake CORE STARTER GROUP     (one of these programs; it ends when that process does)
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

LOOKS = 1_000
PAUSE_S = 0.001
TURN = 200_000  # rounds between two looks at whether anybody still wants it
GROUPS = (Path("/sys/fs/cgroup/cpu/banshi-awake"), Path("/sys/fs/cgroup/banshi-awake"))  # versions 1 and 2


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Keep every core from halting while inside.

    Raises: RuntimeError at the end, when that was not so: a figure taken inside is not what it says.
    """
    me, group = str(os.getpid()), _group()
    command = [sys.executable, "-m", "bench._lab.awake"]
    idlers = [
        subprocess.Popen([*command, str(core), me, str(group or "")], start_new_session=True)
        for core in sorted(os.sched_getaffinity(0))
    ]
    try:
        yield
        if any(idler.poll() is not None for idler in idlers):
            raise RuntimeError("a core was not kept awake; what its program said is above")
    finally:
        for idler in idlers:
            idler.kill()
        for idler in idlers:
            idler.wait()
        if group is not None:
            with contextlib.suppress(OSError):  # another bench keeps cores awake, too
                group.rmdir()


def _group() -> Path | None:
    """Return a group of processes that run only when nothing else would; None where we may make none."""
    for group in GROUPS:
        try:
            group.mkdir(exist_ok=True)
            (group / "cpu.idle").write_text("1")
        except OSError:
            with contextlib.suppress(OSError):
                group.rmdir()
        else:
            return group
    return None


def waking() -> dict[str, float]:
    """Return how late a sleep of a millisecond ends when nothing else runs, p50 and p99 in ms."""
    late = []
    for _ in range(LOOKS):
        due = time.perf_counter() + PAUSE_S
        time.sleep(PAUSE_S)
        late.append((time.perf_counter() - due) * 1000)
    late.sort()
    return {"p50_ms": round(late[LOOKS // 2], 3), "p99_ms": round(late[LOOKS * 99 // 100], 3)}


def idle(core: int, starter: int, group: str) -> None:
    """Do nothing on one core, at the least of all priorities, as long as process `starter` lives.

    A priority counts inside a group of processes only, and without ours each session is one.
    """
    os.sched_setaffinity(0, {core})
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    if group:
        Path(group, "cgroup.procs").write_text(str(os.getpid()))
    else:
        with contextlib.suppress(OSError):  # a kernel that knows no groups of sessions
            Path("/proc/self/autogroup").write_text("19")
    while os.getppid() == starter:
        for _ in range(TURN):
            pass


if __name__ == "__main__":
    idle(int(sys.argv[1]), starter=int(sys.argv[2]), group=sys.argv[3])
