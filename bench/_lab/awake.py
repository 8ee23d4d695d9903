"""Whether cores halt while latencies are taken: `kept()` and `halting()`, and how late they wake: `waking()`.

A server of ours keeps the machine's cores awake while requests come (`api.awake`, ADR 188).  A peer beside it
is to have that, too: `kept()` is around whoever is asked.  What it brings is seen by `halting()`, with a
server of ours that goes without.
"""

import contextlib
import os
import time
from collections.abc import Iterator

from api.awake import LOOK_S, QUIET_LOOKS, Cores

LOOKS = 1_000
PAUSE_S = 0.001
OFF = {"BANSHI_SWITCHED_OFF": "awake"}  # what makes a server of ours go without


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Keep every core from halting while inside, where a server of ours would."""
    cores = Cores()
    if cores.halt:
        with contextlib.suppress(OSError):  # the machine's owner does not let us: nor any server
            cores.hold()
    try:
        yield
    finally:
        cores.let_go()


@contextlib.contextmanager
def halting() -> Iterator[None]:
    """Let cores halt while inside: no server that was asked before keeps them awake any more.

    A smoke run, whose times say nothing, does not wait for that.
    """
    if not os.environ.get("SMOKE"):
        time.sleep((QUIET_LOOKS + 2) * LOOK_S)
    yield


def waking() -> dict[str, float]:
    """Return how late a sleep of a millisecond ends when nothing else runs, p50 and p99 in ms."""
    late = []
    for _ in range(LOOKS):
        due = time.perf_counter() + PAUSE_S
        time.sleep(PAUSE_S)
        late.append((time.perf_counter() - due) * 1000)
    late.sort()
    return {"p50_ms": round(late[LOOKS // 2], 3), "p99_ms": round(late[LOOKS * 99 // 100], 3)}
