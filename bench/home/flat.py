"""Whether answers come as fast among many citizens as among few: five operations, servers of every size."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench._lab import rounds, servers
from bench._lab.options import Options
from bench._lab.rounds import Bench, Round
from bench._lab.servers import Running, serving
from bench._lab.stage import Stage, stage
from bench._lab.wires import Ask
from bench.mix import operations

SIZES = (10_000, 100_000, 1_000_000)
OPERATIONS = ("home", "case", "cases", "wallet", "search")
SHORTER = 0.5  # of a home screen's run is a run of the others
MOST = 5  # requests of one viewer in a run, for many runs follow each other and the rate limit is on


@dataclass(frozen=True)
class Place:
    """A server among so many citizens."""

    size: int
    at: Stage
    server: Running
    bench: Bench

    def asks(self, seed: int) -> dict[str, Sequence[Ask]]:
        """Return requests of every operation that were not drawn before."""
        url = self.at.lab.postgres.url("postgres")
        parts = asyncio.run(operations.reads(self.at.population, url, seed=seed))
        return {part.name: calm(part.asks) for part in parts}


def calm(asks: Sequence[Ask]) -> list[Ask]:
    """Return the requests without those by which a viewer would ask more often than MOST times."""
    asked: Counter[str] = Counter()
    found = []
    for each in asks:
        who = each.headers["authorization"]
        asked[who] += 1
        if asked[who] <= MOST:
            found.append(each)
    return found


def flat(at: Stage, settings: Options) -> dict[str, Any]:
    """Return how much slower each operation is among more citizens, in the same rounds."""
    with _places(at, settings) as places:
        played = _play(at, places, settings)
    sizes = sorted(each.size for each in places)
    return {name: _compared(of, sizes) for name, of in played.items()}


@contextlib.contextmanager
def _places(at: Stage, settings: Options) -> Iterator[list[Place]]:
    """Run a server of each size up to the one that was asked for."""
    with contextlib.ExitStack() as open_:
        found = []
        for each in (at, *(_other(open_, settings, size) for size in SIZES if size < at.population.citizens)):
            size = each.population.citizens
            [server] = open_.enter_context(serving([servers.ours(each.lab, f"{size}")], each.folder))
            found.append(Place(size, each, server, each.bench(settings)))
        yield found


def _other(open_: contextlib.ExitStack, settings: Options, size: int) -> Stage:
    other = replace(settings, citizens=size)
    return open_.enter_context(stage(other, population=other.population))


def _play(at: Stage, places: Sequence[Place], settings: Options) -> dict[str, list[Round]]:
    """Return rounds by operation: operations in an order of the round's own, and the sizes within each."""
    dice = random.Random("order of sizes")
    found: dict[str, list[Round]] = {name: [] for name in OPERATIONS}
    for number in range(settings.rounds):
        asks = {place.size: place.asks(1_000 + number) for place in places}
        for name in dice.sample(OPERATIONS, len(OPERATIONS)):
            seconds = settings.seconds * (1 if name == "home" else SHORTER)
            turn: Round = {}
            for place in dice.sample(places, len(places)):
                run = place.bench.load(place.server, asks[place.size][name], seconds=seconds)
                turn[str(place.size)] = run
                at.say(f"round {number + 1}: {name:<8}among {place.size:>9,}{run}")
            found[name].append(turn)
    return found


def _compared(played: Sequence[Round], sizes: Sequence[int]) -> Mapping[str, Any]:
    """Return the spreads of one operation by size, and the fewest citizens' ÷ this."""
    found = {}
    for size in map(str, sizes):
        spread = rounds.ratio(played, str(sizes[0]), size)
        found[size] = {
            **{what: rounds.of(played, size, what).plain() for what in ("per_s", "app_us", "pg_us")},
            "least_over_this": spread.plain() if spread else {},
            "failed": sum(each[size].failed for each in played),
        }
    return found
