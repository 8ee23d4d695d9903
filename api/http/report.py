"""What is told of each request: one line of log and its figures, written every 100 ms.

A line holds nothing that a client chose (route, method and status from fixed sets, the operation by its
root field), so it need not pass the locks of `api.logs`; a test holds its keys to the same list.  A
process that is killed loses the lines of the last tenth of a second, and nothing else.
"""

import asyncio
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec
from msgspec import UNSET, UnsetType

from api import metrics

FLUSH_S = 0.1


class Line(msgspec.Struct, kw_only=True, gc=False):
    """One request, in the order in which its members are written."""

    route: str
    method: str
    status: int
    duration_ms: float
    codes: Sequence[str] = ()
    operation: str | UnsetType = UNSET
    event: str = "request"
    request_id: str
    level: str = "info"
    at: datetime


Told = tuple[
    str, str, int, float, str, Sequence[str], str | UnsetType, float
]  # as `report` takes it, and when

encode = msgspec.json.Encoder().encode_lines

_waiting: list[Told] = []
_bundling = False
_told = 0


def told() -> int:
    """Return how many requests were told of so far."""
    return _told


def report(
    *,
    route: str,
    method: str,
    status: int,
    seconds: float,
    request_id: str,
    codes: Sequence[str] = (),
    operation: str | UnsetType = UNSET,
) -> None:
    """Tell of one request that took `seconds`; at once, or with others inside `bundled`."""
    _waiting.append((route, method, status, seconds, request_id, codes, operation, time.time()))
    if not _bundling:
        flush()
    elif len(_waiting) == 1:
        asyncio.get_running_loop().call_later(FLUSH_S, flush)


def flush() -> None:
    """Write what waits."""
    global _told
    waiting = _waiting.copy()
    _waiting.clear()
    if not waiting:
        return
    _told += len(waiting)
    _observe(waiting)
    sys.stdout.write(encode([_line(*told) for told in waiting]).decode())
    sys.stdout.flush()


@contextmanager
def bundled() -> Iterator[None]:
    """Write in bundles while inside, on the running event loop; at the end nothing is left."""
    global _bundling
    _bundling = True
    try:
        yield
    finally:
        _bundling = False
        flush()


def _line(
    route: str, method: str, status: int, seconds: float, request_id: str, codes: Sequence[str],
    operation: str | UnsetType, at: float,
) -> Line:  # fmt: skip
    return Line(
        route=route,
        method=method,
        status=status,
        duration_ms=round(seconds * 1000, 2),
        codes=codes,
        operation=operation,
        request_id=request_id,
        at=datetime.fromtimestamp(at, UTC),
    )


def _observe(waiting: list[Told]) -> None:
    requests: defaultdict[tuple[str, str, str], list[float]] = defaultdict(list)
    operations: defaultdict[str, list[float]] = defaultdict(list)
    metrics.by_plan.tell()
    for route, method, status, seconds, _, codes, operation, _ in waiting:
        requests[route, method, str(status)].append(seconds)
        if operation is not UNSET:
            operations[operation].append(seconds)
        for code in codes:
            metrics.errors.labels(code).inc()
    for labels, each in requests.items():
        metrics.requests.labels(*labels).observe_all(each)
    for operation, each in operations.items():
        metrics.operations.labels(operation).observe_all(each)
