"""What a process keeps for good lies in huge pages where the kernel has them (ADR 190)."""

import mmap
import re
import subprocess
import sys

import httpx

from api import huge
from storage.settings import DatabaseSettings, QueueSettings
from tests.api.conftest import some_settings
from tests.api.test_awake import alive, started

MIB = 2**20
BYTES = re.compile(r"^banshi_heap_huge_bytes (\S+)", re.MULTILINE)

HERE = """
import mmap
from api import huge
full, sparse = (mmap.mmap(-1, 64 * 2**20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) for _ in "ab")
for at in range(0, len(full), 4096):
    full[at] = at % 251
for at in range(0, len(sparse), 2**20):
    sparse[at] = 1
def told(name):
    return sum(int(line.split()[1]) for line in open("/proc/self/smaps") if line.startswith(name)) * 1024
before = told("Rss:")
moved = huge.collapse()
assert all(full[at] == at % 251 for at in range(0, len(full), 4096))
assert sparse[0] == 1 and sparse[1] == 0
print(moved, told("AnonHugePages:"), told("Rss:") - before)
"""


def test_what_is_full_is_moved_and_what_is_sparse_is_not():
    told = subprocess.run([sys.executable, "-c", HERE], check=True, capture_output=True, text=True).stdout
    moved, lies, grown = map(int, told.split())

    if huge.SIZE.exists():
        assert 60 * MIB < moved <= lies
        assert lies < 100 * MIB  # the sparse one would be another 64
    assert grown < 0.1 * moved + MIB


def test_a_kernel_without_is_no_fault(monkeypatch, tmp_path):
    monkeypatch.setattr(huge, "SIZE", tmp_path / "none")

    assert huge.collapse() == 0


def test_memory_that_the_kernel_does_not_move_is_not_counted(monkeypatch, tmp_path):
    (tmp_path / "size").write_text(f"{2 * MIB}\n")
    monkeypatch.setattr(huge, "SIZE", tmp_path / "size")
    monkeypatch.setattr(huge, "COLLAPSE", 0x7FFF)  # no advice that it knows
    held = mmap.mmap(-1, 8 * MIB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    held.write(bytes(b"x" * len(held)))

    assert huge.collapse() == 0


async def test_a_server_does_so_when_it_begins_and_tells(postgres, database, valkey):
    settings = some_settings(
        database=DatabaseSettings(url=postgres.url("app", database)), queue=QueueSettings(url=valkey.url)
    )
    both = started(settings), started(settings, switched_off=("huge",))
    try:
        async with httpx.AsyncClient() as client:
            for _, port in both:
                await alive(client, port)
            ours, off = [await _told(client, port) for _, port in both]
    finally:
        for process, _ in both:
            process.kill()
            process.wait()

    assert (ours > 20 * MIB) == huge.SIZE.exists()
    assert off == 0


async def _told(client: httpx.AsyncClient, port: int) -> float:
    found = BYTES.search((await client.get(f"http://127.0.0.1:{port}/metrics")).text)
    return float(found[1]) if found else 0.0
