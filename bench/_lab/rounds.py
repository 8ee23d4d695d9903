"""Shuffled, interleaved rounds, and what one may say of them: ratios inside a round."""

import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench._lab import awake, kernel, wires, wrk
from bench._lab.data.population import Population
from bench._lab.draws import Draws
from bench._lab.servers import Running
from bench._lab.wires import Ask

FRESH = 4_000  # draws of one run: new viewers in every run
WARM = 0.75  # of a run's time is spent on its draws beforehand: sessions and rows are met again, as in G1


@dataclass(frozen=True)
class Run:
    """One server's turn in one round."""

    per_s: float
    p50_ms: float
    p99_ms: float
    app_us: float  # CPU of the server's processes for one answer
    pg_us: float  # and of all PostgreSQL processes
    valkey_us: float
    bytes: float
    failed: int

    def __str__(self) -> str:
        return (
            f"{self.per_s:>9.0f}/s  app {self.app_us:>7.0f} µs  pg {self.pg_us:>6.0f} µs"
            f"  p99 {self.p99_ms:>6.1f} ms  failed {self.failed}"
        )


Round = dict[str, Run]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Spread:
    """The least, the median and the greatest of some rounds."""

    least: float
    median: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the spread of values, of which there is at least one."""
        return cls(min(values), statistics.median(values), max(values))

    def __str__(self) -> str:
        if self.least == self.most:
            return f"{self.median:.3g}"
        return f"{self.least:.3g}/{self.median:.3g}/{self.most:.3g}"

    def plain(self) -> dict[str, float]:
        """Return it for JSON."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


@dataclass
class Bench:
    """What all runs share."""

    population: Population
    database: Callable[[], dict[int, float]]  # CPU of PostgreSQL's threads so far
    valkey: Callable[[], dict[int, float]]
    seconds: float
    connections: int = 16
    seed: int = 0

    def run(self, server: Running, *, seconds: float | None = None, connections: int | None = None) -> Run:
        """Load one server with fresh viewers, who have been there a moment before."""
        return self.load(server, self.fresh(server), seconds=seconds, connections=connections)

    def load(
        self,
        server: Running,
        asked: Sequence[Ask],
        *,
        seconds: float | None = None,
        connections: int | None = None,
    ) -> Run:
        """Load one server with requests that have been asked a moment before."""
        at_once, whole = connections or self.connections, seconds or self.seconds
        with awake.kept():
            wrk.load(server.port, asked, connections=at_once, seconds=whole * WARM)
            before = server.cpu(), self.database(), self.valkey()
            load = wrk.load(server.port, asked, connections=at_once, seconds=whole)
            after = server.cpu(), self.database(), self.valkey()
        app, pg, valkey = (kernel.between(*pair) / load.requests for pair in zip(before, after, strict=True))
        return Run(load.per_s, load.p50_ms, load.p99_ms, app, pg, valkey, load.bytes, load.failed)

    def fresh(self, server: Running) -> list[Ask]:
        """Return the requests of draws not drawn before."""
        self.seed += 1
        return wires.asks(
            self.population, server.contender.wire, Draws(self.population, self.seed).take(FRESH)
        )

    def rounds(self, servers: Sequence[Running], count: int, tell: Tell) -> list[Round]:
        """Run every server once in each round, in an order of its own."""
        found: list[Round] = []
        dice = random.Random("order of rounds")
        for number in range(count):
            turn = list(servers)
            dice.shuffle(turn)
            found.append({})
            for server in turn:
                run = found[-1][server.name] = self.run(server)
                tell(f"round {number + 1}: {server.name:<22}{run}")
        return found


def ratio(rounds: Sequence[Round], over: str, under: str, what: str = "per_s") -> Spread | None:
    """Return `over` ÷ `under`, formed inside each round; None when one of them did not run."""
    both = [each for each in rounds if over in each and under in each and getattr(each[under], what) > 0]
    if not both:
        return None
    return Spread.of([getattr(each[over], what) / getattr(each[under], what) for each in both])


def of(rounds: Sequence[Round], name: str, what: str) -> Spread:
    """Return the spread of one figure of one server."""
    return Spread.of([getattr(each[name], what) for each in rounds if name in each])


def failed(rounds: Sequence[Round]) -> int:
    """Return how many answers were none."""
    return sum(run.failed for each in rounds for run in each.values())


def read(kept: Sequence[Mapping[str, Any]]) -> list[Round]:
    """Return the runs that `plain` wrote."""
    return [{name: Run(**run) for name, run in each.items()} for each in kept]


def plain(rounds: Sequence[Round]) -> list[dict[str, Any]]:
    """Return all runs for JSON."""
    return [
        {name: {key: round(value, 2) for key, value in asdict(run).items()} for name, run in each.items()}
        for each in rounds
    ]
