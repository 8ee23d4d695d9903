"""Figures for Prometheus.  Labels come from small fixed sets, never from what a client sends.

With several API processes behind one port, set `PROMETHEUS_MULTIPROC_DIR` to an empty folder that
they share: each scrape then adds up all of them.
"""

import os
from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from storage.jobs import Figures

REGISTRY = CollectorRegistry()

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Durations(Histogram):
    """A histogram that takes many figures at once: one by one they cost more than all else of a request."""

    def observe_all(self, seconds: Sequence[float]) -> None:
        """Observe each of `seconds`."""
        self._sum.inc(sum(seconds))
        for place, count in Tally(bisect_left(self._upper_bounds, each) for each in seconds).items():
            self._buckets[place].inc(count)


class Often:
    """A count of what happens thousands of times a second: it is told to its counter when others are."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._untold = 0

    def inc(self) -> None:
        """Count one."""
        self._untold += 1

    def tell(self) -> None:
        """Tell what was counted."""
        untold, self._untold = self._untold, 0
        if untold:
            self._counter.inc(untold)


requests = Durations(
    "banshi_http_request_seconds",
    "How long requests took",
    ["route", "method", "status"],
    buckets=SECONDS,
    registry=REGISTRY,
)
operations = Durations(
    "banshi_graphql_operation_seconds",
    "How long GraphQL operations took, by kind and root field",
    ["operation"],
    buckets=SECONDS,
    registry=REGISTRY,
)
paths = Counter("banshi_graphql_paths", "Operations by the way that answered", ["path"], registry=REGISTRY)
by_plan = Often(paths.labels("plan"))
plan_failures = Counter(
    "banshi_graphql_plan_failures", "Plans that failed on our side, by error", ["error"], registry=REGISTRY
)
errors = Counter("banshi_graphql_errors", "Errors answered, by code", ["code"], registry=REGISTRY)

queue = Gauge(
    "banshi_queue",
    "What stands where: jobs waiting, running and dead, facts unsent and scheduled",
    ["what"],
    registry=REGISTRY,
    multiprocess_mode="mostrecent",
)
lag = Gauge(
    "banshi_queue_lag_seconds",
    "Age of the oldest fact whose tasks are not all done",
    registry=REGISTRY,
    multiprocess_mode="mostrecent",
)
unsealed = Gauge(
    "banshi_audit_unsealed_seconds",
    "Age of the oldest audit row without a link in the chain",
    registry=REGISTRY,
    multiprocess_mode="mostrecent",
)
unsigned = Gauge(
    "banshi_audit_head_seconds",
    "Age of the youngest signed head in the second place",
    registry=REGISTRY,
    multiprocess_mode="mostrecent",
)
cores_awake = Gauge(
    "banshi_cores_awake",
    "Whether this process keeps the machine's cores from halting: 1 while requests come",
    registry=REGISTRY,
    multiprocess_mode="livemax",
)
heap_huge = Gauge(
    "banshi_heap_huge_bytes",
    "Memory in huge pages, as it was when processes began to serve",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
jobs_ended = Gauge(
    "banshi_jobs_ended",
    "Jobs ended since the beginning, by task and outcome",
    ["task", "outcome"],
    registry=REGISTRY,
    multiprocess_mode="mostrecent",
)


def show(standing: Figures) -> None:
    """Take over how the queue stands."""
    for what in ("waiting", "running", "dead", "unsent", "scheduled"):
        queue.labels(what).set(getattr(standing, what))
    lag.set(standing.lag_s)
    for task, outcomes in standing.totals.items():
        for outcome, total in outcomes.items():
            jobs_ended.labels(task, outcome).set(total)


def show_proof(unsealed_s: float, stored_s: float | None) -> None:
    """Take over how far the proof of the audit lags."""
    unsealed.set(unsealed_s)
    unsigned.set(float("nan") if stored_s is None else stored_s)


def exposition() -> bytes:
    """Return all figures as Prometheus text."""
    by_plan.tell()
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)
