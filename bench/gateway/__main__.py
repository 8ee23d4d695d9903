"""What the gateway costs, beside nginx as a reverse proxy in the same run: `scripts/bench gateway`.

One back end; citizens call it directly, by nginx, by /gw/{app}/{api} and by /h5/mgop: at 200 calls a second,
each sent when it is due, and as many as fit; the former once more with cores that halt, which no bar is for.
Ours are two processes on real PostgreSQL and Valkey, with all that they do for a call: token, consent,
quotas, schemas in and out, audit, figures.  They keep cores awake while they are asked (ADR 188), and so
does the bench while others are.  Rounds are shuffled;
overheads and ratios are formed inside each.  The last line is one JSON object.
"""

import asyncio
import contextlib
import json
import random
import statistics
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from bench._lab import awake, kernel, options, pages, report, wires
from bench._lab.options import Options
from bench._lab.passing import Passing, passing
from bench._lab.rounds import Spread
from bench._lab.servers import Contender, Running, serving
from bench._lab.stage import console
from bench.gateway import app, nginx, people, turns
from bench.gateway.people import Citizen
from bench.gateway.turns import Most, Paced, Way

PARTS = ("rate", "most")
CITIZENS, FEW = 400, 100
PROCESSES = 2
TARGET_MS, TARGET_PER_S = 1.0, 3_000
NO_BOUND = "1000000"  # calls a second of the mini-app: none is refused, all are counted

Rounds = list[dict[str, Any]]


@contextlib.contextmanager
def playing(here: Passing) -> Iterator[tuple[Running, Running, Running, Running]]:
    """Run the back end, nginx, ours, and ours letting cores halt."""
    back_end = Contender("back_end", (sys.executable, "-m", "bench.gateway.upstream"), wires.plain)
    with serving([back_end], here.folder) as [upstream]:
        asyncio.run(app.release(here.postgres, upstream.port))
        folder = here.folder / "nginx"
        command = (sys.executable, "-m", "bench.gateway.nginx", str(folder), str(upstream.port), app.APP)
        env = here.settings.as_env() | {"BANSHI_APP_CALLS_PER_S": NO_BOUND}
        contenders = [
            Contender("nginx", command, wires.plain),
            *(
                Contender(name, (sys.executable, "-m", "api.serve"), wires.plain, of, processes=PROCESSES)
                for name, of in (("ours", env), ("halting", env | awake.OFF))
            ),
        ]
        with serving(contenders, here.folder) as [beside, ours, halting]:
            yield upstream, beside, ours, halting


def ways(upstream: Running, beside: Running, ours: Running, citizens: Sequence[Citizen]) -> list[Way]:
    """Return every way to the back end."""

    def new(count: int) -> list[wires.Ask]:
        return people.calls(citizens, count, old=False)

    def old(count: int) -> list[wires.Ask]:
        return people.calls(citizens, count, old=True)

    return [
        Way("direct", upstream, new), Way("nginx", beside, new), Way("gateway", ours, new),
        Way("mgop", ours, old),
    ]  # fmt: skip


def play(here: Passing, settings: Options, say: Any) -> tuple[Rounds, Rounds, Rounds]:
    """Play all rounds: at the rate, the same with cores that halt, and as many as fit.

    Citizens open the mini-app anew for each round, since its tokens are short.
    """
    dice = random.Random("order of rounds")
    rate: list[dict[str, Paced]] = []
    halted: list[dict[str, Paced]] = []
    most: list[dict[str, Most]] = []

    def around() -> dict[int, float]:
        servers = (here.postgres.process, here.valkey.process)
        return {thread: us for each in servers if each for thread, us in kernel.cpu_us(each.pid).items()}

    with playing(here) as (upstream, beside, ours, without):
        sessions = [people.sign_in(ours.port, index) for index in range(settings.citizens)]
        for number in range(settings.rounds):
            citizens = [people.open_app(ours.port, session) for session in sessions]
            order = [*zip(*(ways(upstream, beside, each, citizens) for each in (ours, without)), strict=True)]
            rate.append({})
            halted.append({})
            most.append({})
            dice.shuffle(order)
            for way, other in order if settings.wants("rate") else ():
                name, seconds = way.name, settings.seconds * 2
                with awake.kept():
                    rate[-1][name] = turns.paced(way, seconds=seconds, seed=2 * number)
                with awake.halting():
                    halted[-1][name] = turns.paced(other, seconds=seconds, seed=2 * number + 1)
                say(f"round {number + 1}: {name:8} {rate[-1][name]}; halting {halted[-1][name]}")
            for way, _ in order if settings.wants("most") else ():
                with awake.kept():
                    most[-1][way.name] = turns.most(way, upstream, around, seconds=settings.seconds)
                say(f"round {number + 1}: {way.name:8}{most[-1][way.name]}")
    return plain(rate), plain(halted), plain(most)


def plain(rounds: Sequence[dict[str, Any]]) -> Rounds:
    """Return all turns for JSON, without rounds that were not played."""
    return [{name: vars(turn) for name, turn in each.items()} for each in rounds if each]


def found_of(rate: Rounds, halted: Rounds, most: Rounds) -> dict[str, Any]:
    """Return medians by way, and spreads of what is formed inside a round."""
    found: dict[str, Any] = {"rate": rate, "halting": halted, "most": most}
    found["overhead_ms"], found["halting_overhead_ms"] = overheads(rate), overheads(halted)
    found["over_nginx"] = {
        name: vars(Spread.of([each[name]["per_s"] / each["nginx"]["per_s"] for each in most]))
        for name in ("gateway", "mgop") if most
    }  # fmt: skip
    turns = [turn for each in (*rate, *halted, *most) for turn in each.values()]
    found["failed"] = sum(turn.get("bad", 0) + turn.get("failed", 0) for turn in turns)
    return found


def overheads(rate: Rounds) -> dict[str, Any]:
    """Return how much later each way's middle call is answered than the direct one, formed in each round."""
    return {
        name: vars(Spread.of([each[name]["p50_ms"] - each["direct"]["p50_ms"] for each in rate]))
        for name in ("nginx", "gateway", "mgop") if rate
    }  # fmt: skip


def middle(rounds: Rounds, way: str, what: str) -> float:
    """Return the median of one figure of one way."""
    return statistics.median(each[way][what] for each in rounds)


def show(talk: Console, found: dict[str, Any]) -> None:
    """Print medians."""
    table = Table(
        "way", "p50 ms", "p99 ms", "− direct ms", "calls/s", "÷ nginx", "own µs", "around µs", "all µs"
    )
    for name in turns.WAYS:
        cells = [
            f"{middle(found['rate'], name, what):.3f}" for what in ("p50_ms", "p99_ms") if found["rate"]
        ] or ["", ""]
        cells.append(str(Spread(**found["overhead_ms"][name])) if name in found["overhead_ms"] else "")
        if found["most"]:
            cells.append(f"{middle(found['most'], name, 'per_s'):,.0f}")
            cells.append(str(Spread(**found["over_nginx"][name])) if name in found["over_nginx"] else "")
            cells += [
                f"{middle(found['most'], name, what):,.0f}" for what in ("cpu_us", "around_us", "all_us")
            ]
        table.add_row(name, *cells)
    talk.print(table)


def figures(found: dict[str, Any]) -> dict[str, Any]:
    """Return the last line."""
    told: dict[str, Any] = {"bench": "gateway", "citizens": found["citizens"], "failed": found["failed"]}
    for what in ("overhead_ms", "halting_overhead_ms"):
        told[what] = {name: round(each["median"], 3) for name, each in found[what].items()}
    if found["most"]:
        told["per_s"] = {name: middle(found["most"], name, "per_s") for name in turns.WAYS}
        told["all_us"] = {name: middle(found["most"], name, "all_us") for name in turns.WAYS}
    told["over_nginx"] = {name: round(each["median"], 3) for name, each in found["over_nginx"].items()}
    return told


def holds(told: dict[str, Any]) -> bool:
    """Say whether the bars were reached."""
    slow = told["overhead_ms"].get("gateway", 0.0) > TARGET_MS
    return not slow and told.get("per_s", {}).get("gateway", TARGET_PER_S) >= TARGET_PER_S


def main() -> None:
    """Measure, print, and end with the figures; a smoke run's times say nothing of the program."""
    settings = options.read("The gateway beside nginx.", PARTS, small=PARTS, citizens=CITIZENS, few=FEW)
    nginx.program()
    talk = console(settings)
    found: dict[str, Any] = {
        "machine": kernel.machine(),
        "nginx": nginx.version(),
        "citizens": settings.citizens,
    }
    with passing() as here:
        found |= found_of(*play(here, settings, lambda line: talk.print(line, highlight=False, markup=False)))
    show(talk, found)
    report.keep("gateway", found)
    if settings.report:
        report.write("gateway", found)
        pages.main("gateway")
    told = figures(found)
    print(json.dumps(told))
    sys.exit(1 if told["failed"] or not (settings.smoke or holds(told)) else 0)


if __name__ == "__main__":
    main()
