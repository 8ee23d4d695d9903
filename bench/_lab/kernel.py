"""What the kernel knows of processes: CPU to the microsecond, memory counted once."""

import os
from pathlib import Path

from bench._lab import awake

MIB = 1024  # of the KiB that smaps_rollup counts in


def tree(root: int) -> list[int]:
    """Return process `root` and all below it."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(folder.name))
    found, todo = [], [root]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def cpu_us(root: int) -> dict[int, float]:
    """Return the microseconds that each thread under `root` has run, by thread id (schedstat)."""
    spent = {}
    for pid in tree(root):
        for task in Path(f"/proc/{pid}/task").glob("*"):
            try:
                spent[int(task.name)] = int((task / "schedstat").read_text().split()[0]) / 1000
            except (OSError, ValueError):
                continue
    return spent


def between(before: dict[int, float], after: dict[int, float]) -> float:
    """Return the microseconds run between two looks; threads born since count whole, those gone not."""
    return sum(us - before.get(thread, 0.0) for thread, us in after.items())


def pss_mib(root: int) -> float:
    """Return the memory of the tree in MiB, pages shared by several processes counted once over all."""
    total = 0
    for pid in tree(root):
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / MIB


def machine() -> dict[str, object]:
    """Return what the figures were taken on."""
    info = Path("/proc/cpuinfo").read_text()
    model = next((line.split(":", 1)[1].strip() for line in info.splitlines() if "model name" in line), "?")
    wakes = awake.waking()
    with awake.kept():
        kept = awake.waking()
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_mib": memory,
        "kernel": os.uname().release,
        "load": round(os.getloadavg()[0], 2),
        "wakes": wakes,
        "wakes_awake": kept,
    }
