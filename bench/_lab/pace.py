"""Starting the sender of bench._lab.rate, and reading what it saw."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bench._lab.wires import Ask

CONNECTIONS = 64


@dataclass(frozen=True)
class Part:
    """Requests of one kind and their share of all."""

    name: str
    share: float
    asks: Sequence[Ask]
    once: bool = False
    wants: str = ""  # in each answer, or it is a refusal


@dataclass(frozen=True)
class Seen:
    """What the sender saw; latencies in ms."""

    answered: int
    failed: int
    refused: dict[str, int]
    example: str
    took_ms: dict[str, list[float]]
    lasted_s: float  # until the last answer

    @property
    def all_ms(self) -> list[float]:
        """Every latency, sorted."""
        return sorted(ms for each in self.took_ms.values() for ms in each)

    @property
    def bad(self) -> int:
        """Answers that were none."""
        return self.failed + sum(self.refused.values())

    def percentile(self, percent: float) -> float:
        """Return the latency in ms that `percent` of the requests did not exceed."""
        return percentile(self.all_ms, percent)


def percentile(sorted_ms: Sequence[float], percent: float) -> float:
    """Return a percentile of sorted values, 0 of none."""
    if not sorted_ms:
        return 0.0
    return sorted_ms[min(len(sorted_ms) - 1, int(len(sorted_ms) * percent / 100))]


def send(
    port: int,
    parts: Sequence[Part],
    *,
    per_s: float,
    seconds: float,
    seed: int = 0,
    connections: int = CONNECTIONS,
) -> Seen:
    """Send at a fixed rate; blocks until all is answered."""
    return begin(port, parts, per_s=per_s, seconds=seconds, seed=seed, connections=connections).end()


class Sending:
    """A sender at work."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def end(self) -> Seen:
        """Wait for it and return what it saw."""
        assert self.process.stdout
        with self.process.stdout as out:
            told = out.read()
        if self.process.wait():
            sys.exit("the sender failed")
        return Seen(**json.loads(told))


def begin(
    port: int,
    parts: Sequence[Part],
    *,
    per_s: float,
    seconds: float,
    seed: int = 0,
    connections: int = CONNECTIONS,
) -> Sending:
    """Start a sender and return at once."""
    pools = [
        {"name": part.name, "share": part.share, "once": part.once, "wants": part.wants,
         "asks": [ask.raw().decode() for ask in part.asks]}
        for part in parts
    ]  # fmt: skip
    plan = {"port": port, "per_s": per_s, "seconds": seconds, "connections": connections, "seed": seed}
    process = subprocess.Popen(
        [sys.executable, "-m", "bench._lab.rate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    process.stdin.write(json.dumps({**plan, "pools": pools}))
    process.stdin.close()
    return Sending(process)
