"""The process that a file is checked in: bounded memory and time, nothing to write, and a one-word answer."""

import resource
import sys

from storage.inspection import checker
from storage.inspection.findings import Refused

MEMORY_BYTES = 1024**3
CPU_S = 15


def confine() -> None:
    """Give up what a file's parser never needs: memory, time, files, children."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(data: bytes, media_type: str) -> bytes:
    """Return one line, `ok` or a finding, and after `ok` the bytes to keep."""
    try:
        return b"ok\n" + checker.check(data, media_type)
    except Refused as refused:
        return refused.finding.value.encode() + b"\n"


def main(media_type: str) -> None:
    """Check standard input, answer on standard output."""
    confine()
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read(), media_type))
    sys.stdout.buffer.flush()
