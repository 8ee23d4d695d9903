"""One contender's turns: calls at a fixed rate, and as many as fit."""

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass

from bench._lab import kernel, pace, wrk
from bench._lab.pace import Part
from bench._lab.servers import Running
from bench._lab.wires import Ask

RATE = 200.0  # calls a second
CONNECTIONS = 32
WARM = 0.3  # of a turn's time is spent beforehand, at saturation
SEEN = 1.0  # at the rate as long as the turn itself, see `paced`
FRESH = 12_000  # calls of one turn at saturation: none comes twice while its answer is kept
WAYS = ("direct", "nginx", "gateway", "mgop")
SAID = '"most":36000'  # by the back end, in every answer


@dataclass(frozen=True)
class Way:
    """One way to the back end."""

    name: str
    running: Running
    calls: Callable[[int], list[Ask]]  # so many, no two alike


@dataclass(frozen=True)
class Paced:
    """A turn at the rate; milliseconds from when a call was due."""

    p50_ms: float
    p99_ms: float
    bad: int
    example: str

    def __str__(self) -> str:
        return f"p50 {self.p50_ms:.3f} ms  p99 {self.p99_ms:.3f} ms  failed {self.bad} {self.example}"


@dataclass(frozen=True)
class Most:
    """A turn at saturation; microseconds of CPU for one call."""

    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float  # of the gateway's processes
    around_us: float  # of PostgreSQL and Valkey
    all_us: float  # of these and the back end
    failed: int

    def __str__(self) -> str:
        return (
            f"{self.per_s:>8.0f}/s  {self.cpu_us:>5.0f} µs  around {self.around_us:>4.0f} µs"
            f"  all {self.all_us:>5.0f} µs  p99 {self.p99_ms:>6.1f} ms  failed {self.failed}"
        )


def paced(way: Way, *, seconds: float, seed: int) -> Paced:
    """Send at the rate for so long, to processes that know most who call.

    One believes a token for a minute, which is fifteen calls of each of 400 citizens: in the long run one
    call in fifteen is somebody's first, but of the first seconds' a third.
    """

    def send(seconds: float, seed: int) -> pace.Seen:
        part = Part("call", 1.0, way.calls(int(RATE * seconds * 2) + 100), once=True, wants=SAID)
        return pace.send(way.running.port, [part], per_s=RATE, seconds=seconds, seed=seed)

    send(seconds * SEEN, seed + 1)
    seen = send(seconds, seed)
    return Paced(round(seen.percentile(50), 3), round(seen.percentile(99), 3), seen.bad, seen.example)


def most(way: Way, upstream: Running, around: Callable[[], dict[int, float]], *, seconds: float) -> Most:
    """Send as many as fit for so long; what did not reach the back end has failed."""
    asks = way.calls(FRESH)
    wrk.load(way.running.port, asks, connections=CONNECTIONS, seconds=max(1.0, seconds * WARM))
    asks = way.calls(FRESH)
    passed, cpu = _answered(upstream), way.running.cpu()
    beside, whole = around(), _all(way, upstream, around)
    load = wrk.load(way.running.port, asks, connections=CONNECTIONS, seconds=seconds)
    own = kernel.between(cpu, way.running.cpu()) / load.requests
    near = kernel.between(beside, around()) / load.requests
    everything = kernel.between(whole, _all(way, upstream, around)) / load.requests
    missing = load.requests - (_answered(upstream) - passed)
    return Most(
        per_s=round(load.per_s, 1), p50_ms=load.p50_ms, p99_ms=load.p99_ms, cpu_us=round(own, 1),
        around_us=round(near, 1), all_us=round(everything, 1), failed=load.failed + max(0, missing),
    )  # fmt: skip


def _all(way: Way, upstream: Running, around: Callable[[], dict[int, float]]) -> dict[int, float]:
    return {**around(), **upstream.cpu(), **way.running.cpu()}


def _answered(upstream: Running) -> int:
    wire = http.client.HTTPConnection("127.0.0.1", upstream.port, timeout=20)
    try:
        wire.request("GET", "/count")
        return int(json.loads(wire.getresponse().read()))
    finally:
        wire.close()
