"""How long starting and stopping take, and how much memory the idle system needs.

Run from the repository: `python -m bench.startup [--runs N]`.  Its own data folder, its own port; prints a
table and, as the last line, one JSON object.  Memory is PSS: shared pages counted once over all processes.
CPU seconds are those of all processes from the command to `ready`: they say more than the clock on a machine
that does other work too.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from storage.embedded import place
from storage.embedded.process import free_port

IDLE_S = 5.0
TARGETS = {
    "first_s": 25.0,
    "later_s": 8.0,
    "stop_s": 10.0,
    "api_mib": 110.0,
    "worker_mib": 190.0,
    "total_mib": 600.0,
}


def start(data: Path, port: int) -> tuple[subprocess.Popen[str], float, float]:
    """Start `banshi run`; return it with the seconds until it said `ready`, by the clock and of CPU."""
    begun = time.monotonic()
    running = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "run"],
        env={**os.environ, "BANSHI_DATA": str(data), "BANSHI_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert running.stdout is not None
    said = []
    for line in running.stdout:
        said.append(line)
        if line.startswith("ready"):
            return running, time.monotonic() - begun, cpu(running.pid)
    sys.exit("it did not start:\n" + "".join(said))


def stop(running: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> float:
    """End it; return the seconds until it was gone."""
    begun = time.monotonic()
    running.send_signal(number)
    running.communicate(timeout=30)
    return time.monotonic() - begun


def cpu(root: int) -> float:
    """Return the CPU seconds that process `root`, its descendants and those that ended have used."""
    spent = (fields for pid in _descendants(root) if (fields := _stat(pid)))
    ticks = sum(int(number) for fields in spent for number in fields[11:15])  # utime … cstime, proc(5)
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(root: int) -> dict[str, float]:
    """Return the PSS in MiB of each of our processes and servers, by name, under process `root`."""
    found: dict[str, float] = {}
    names = {root: "supervisor"}
    for pid in _descendants(root):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        name = names.get(pid) or _name(command)
        pss = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
        while name.startswith("api") and name in found:
            name = f"api-{int(name.removeprefix('api-')) + 1}"
        found[name] = found.get(name, 0.0) + pss
    return found


def _name(command: str) -> str:
    marks = {"api.serve": "api-1", "api.worker": "worker", "postgres": "postgresql", "weed": "seaweedfs"}
    return next((name for mark, name in marks.items() if mark in command), "valkey")


def _descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        if fields := _stat(int(folder.name)):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, todo = [], [root]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name, none when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def measure(data: Path, runs: int) -> dict[str, float]:
    """Start, look and stop, once with nothing there and then `runs` times with data; kill the last one."""
    port = free_port()
    running, first, first_cpu = start(data, port)
    stops, later, later_cpu = [], [], []
    for _ in range(runs):
        stops.append(stop(running))
        running, seconds, spent = start(data, port)
        later.append(seconds)
        later_cpu.append(spent)
    time.sleep(IDLE_S)
    used = memory(running.pid)
    stop(running, signal.SIGKILL)
    running, after_kill, _ = start(data, port)
    stops.append(stop(running))
    return {
        "first_s": first,
        "first_cpu_s": first_cpu,
        "later_s": statistics.median(later),
        "later_cpu_s": statistics.median(later_cpu),
        "after_kill_s": after_kill,
        "stop_s": max(stops),
        "api_mib": max(mib for name, mib in used.items() if name.startswith("api")),
        "worker_mib": used["worker"],
        "total_mib": sum(used.values()),
    } | {f"{name}_mib": mib for name, mib in used.items() if name != "worker"}


def main() -> None:
    """Measure in a folder of its own and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1 if os.environ.get("SMOKE") else 3, help="later starts")
    runs = parser.parse_args().runs
    home = Path(tempfile.mkdtemp(prefix="banshi-bench-"))
    home.chmod(0o755)
    try:
        figures = {name: round(value, 2) for name, value in measure(home / "data", runs).items()}
    finally:
        place.forget(home / "data" / "postgres")
        shutil.rmtree(home, ignore_errors=True)
    load = round(os.getloadavg()[0], 1)
    for name, value in figures.items():
        target = f"at most {TARGETS[name]:g}" if name in TARGETS else ""
        print(f"{name:<18}{value:>8}   {target}")
    python = platform.python_version()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load}, {runs} later starts, Python {python}")
    print(json.dumps({"bench": "startup", "cores": os.cpu_count(), "load": load, "runs": runs, **figures}))


if __name__ == "__main__":
    main()
