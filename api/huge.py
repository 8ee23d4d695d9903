"""Huge pages: what a process keeps for good lies in pages of 2 MB, where Linux has them, instead of 4 kB.

A request passes through thousands of places of the heap.  For each page among them that the processor has
forgotten since the last request it reads the page tables, on a virtual machine two of them, one through
the other (ADR 190 has what that took).  The kernel moves memory at a program's word (madvise(2),
MADV_COLLAPSE, since Linux 6.1), whatever the machine's own setting is; where it does not, nothing happens.

Only what is nearly full is moved, so the process grows by little.
"""

import ctypes
import os
import re
from collections.abc import Iterator
from pathlib import Path

COLLAPSE = 25  # MADV_COLLAPSE in linux/mman.h
SIZE = Path("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size")
OURS = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw-p [0-9a-f]+ 00:00 0 *(?:\[heap\])?$", re.MULTILINE)
FULL = 0.9  # of its pages are there
ENTRY = 8  # bytes of /proc/PID/pagemap on one page, of which the highest bit says that it is there
THERE = 0x80

_libc = ctypes.CDLL(None)
_libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


def collapse() -> int:
    """Move the anonymous memory of this process to huge pages; return how many bytes lie there now."""
    try:
        size = int(SIZE.read_text())
        with Path("/proc/self/pagemap").open("rb", buffering=0) as pages:
            full = [at for at in _places(size) if _is_full(pages.fileno(), at, size)]
        return sum(size for at in full if _moved(at, size))
    except OSError:  # a kernel without
        return 0


def _places(size: int) -> Iterator[int]:
    """Return the addresses at which a huge page of ours could begin."""
    for begin, end in OURS.findall(Path("/proc/self/maps").read_text()):
        first = -(-int(begin, 16) // size) * size
        yield from range(first, int(end, 16) - size + 1, size)


def _is_full(pages: int, at: int, size: int) -> bool:
    page = os.sysconf("SC_PAGE_SIZE")
    told = os.pread(pages, size // page * ENTRY, at // page * ENTRY)
    there = sum(last & THERE != 0 for last in told[ENTRY - 1 :: ENTRY])
    return there >= FULL * size / page


def _moved(at: int, size: int) -> bool:
    return bool(_libc.madvise(at, size, COLLAPSE) == 0)
