"""A mixed load as of a working day: 95 reads and 5 writes in a hundred.  `scripts/bench mix --minutes 10`.

Finds out how much one process answers, then sends 70 % of that at a fixed rate for so many minutes and looks
at errors, latency and memory; then compares CPU for one answer with two API processes and with one.
No worker runs: what it does afterwards is not this bench's.  The last line printed is one JSON object.
"""

import asyncio
import json
import statistics
import sys
import time
from typing import Any

from rich.table import Table

from bench._lab import awake, drafts, kernel, options, pace, pages, report, servers
from bench._lab.options import Options
from bench._lab.pace import Part, Seen
from bench._lab.servers import Running, serving
from bench._lab.stage import Stage, stage
from bench.mix import operations

PARTS = ("long", "processes")
SHARE = 0.7  # of saturation
GUESS_PER_S = 6_000  # more than any run so far; bounds how many writes are prepared
SAMPLE_S = 5.0
HALTING_S = 60.0
PERCENTILES = {"p50_ms": 50, "p99_ms": 99, "p99_9_ms": 99.9}


def prepared(at: Stage, count: int, seed: int) -> list[Part]:
    """Return all parts, with writes for `count` requests."""
    url = at.lab.postgres.url("postgres")
    needed = int(count * operations.SHARES["submit"] / 100 * 1.2) + 10
    made = asyncio.run(drafts.bring(at.lab.settings(), url, at.population, needed))
    reads = asyncio.run(operations.reads(at.population, url, seed=seed))
    return [*reads, *operations.writes(at.population, made, count, seed=seed)]


def saturation(at: Stage, server: Running, settings: Options) -> float:
    """Return how many requests of the mixture a second one server answers at most.

    The sender is the one of the long run: it takes its share of two cores, which `wrk` hardly does.
    """
    seconds = settings.seconds * 2
    parts = prepared(at, int(GUESS_PER_S * seconds), 1)
    seen = pace.send(server.port, parts, per_s=GUESS_PER_S, seconds=seconds)  # so no connection ever rests
    per_s = seen.answered / seen.lasted_s
    at.say(f"saturated at {per_s:.0f}/s, {sum(seen.refused.values())} refused")
    return per_s


def long(at: Stage, server: Running, without: Running, settings: Options) -> dict[str, Any]:
    """Send 70 % of saturation for so many minutes, then for one more to a server that lets cores halt."""
    most = saturation(at, server, settings)
    per_s, seconds = most * SHARE, settings.minutes * 60
    parts = prepared(at, int(per_s * seconds), 2)
    memory: list[tuple[float, float]] = []
    database = at.bench(settings).database
    before = server.cpu(), database()
    sending = pace.begin(server.port, parts, per_s=per_s, seconds=seconds)
    began = time.monotonic()
    while sending.process.poll() is None and time.monotonic() - began < seconds:
        memory.append((time.monotonic() - began, server.pss()))
        time.sleep(min(SAMPLE_S, max(0.2, seconds / 20)))
    seen = sending.end()
    after = server.cpu(), database()
    app, pg = (kernel.between(*pair) / max(1, seen.answered) for pair in zip(before, after, strict=True))
    show(at, seen, per_s)
    short = min(seconds, HALTING_S)
    parts = prepared(at, int(per_s * short), 3)
    with awake.halting():
        halted = pace.send(without.port, parts, per_s=per_s, seconds=short)
    return {
        "halting": {**times(halted), "bad": halted.bad},
        "writes_of_100": operations.WRITES, "kinds": kinds(seen), "app_us": round(app), "pg_us": round(pg),
        "per_s": round(per_s), "minutes": settings.minutes, "answered": seen.answered,
        "bad": seen.bad, "refused": seen.refused, **times(seen),
        "pss_mib": [(round(at_s), round(mib, 1)) for at_s, mib in memory],
        "pss_mib_an_hour": round(slope(memory[len(memory) // 2 :]) * 3600, 1),
    }  # fmt: skip


def times(seen: Seen) -> dict[str, float]:
    """Return percentiles of every request in ms."""
    return {name: round(seen.percentile(percent), 2) for name, percent in PERCENTILES.items()}


def kinds(seen: Seen) -> dict[str, dict[str, float]]:
    """Return the share in a hundred, the count, the failed and percentiles in ms of each kind of request."""
    found = {}
    for name, took in seen.took_ms.items():
        ordered = sorted(took)
        found[name] = {
            "of_100": round(operations.SHARES[name], 2), "sent": len(took), "bad": seen.refused.get(name, 0),
            **{name: round(pace.percentile(ordered, percent), 2) for name, percent in PERCENTILES.items()},
        }  # fmt: skip
    return found


def slope(points: list[tuple[float, float]]) -> float:
    """Return the slope of the straight line nearest to points, by least squares."""
    if len(points) < 2:
        return 0.0
    return statistics.linear_regression([x for x, _ in points], [y for _, y in points]).slope


def show(at: Stage, seen: Seen, per_s: float) -> None:
    """Print latencies by kind."""
    table = Table("request", "sent", "refused", "p50 ms", "p99 ms", "p99.9 ms", title=f"at {per_s:.0f}/s")
    for name, took in {**seen.took_ms, "all": seen.all_ms}.items():
        ordered = sorted(took)
        cells = [f"{pace.percentile(ordered, percent):.1f}" for percent in (50, 99, 99.9)]
        table.add_row(name, str(len(took)), str(seen.refused.get(name, 0)), *cells)
    at.console.print(table)
    if seen.bad:
        at.say(f"{seen.failed} failed; the first refused: {seen.example}")


def processes(at: Stage, settings: Options) -> dict[str, Any]:
    """Return CPU for one answer with one and with two API processes, in the same rounds."""
    pair = [servers.ours(at.lab, "one"), servers.ours(at.lab, "two", processes=2)]
    rate = 300 if settings.smoke else 1_200
    spent: dict[str, list[float]] = {each.name: [] for each in pair}
    with serving(pair, at.folder) as running:
        for number in range(settings.rounds + 1):
            for server in running if number % 2 else running[::-1]:
                parts = prepared(at, int(rate * settings.seconds * 2), 10 + number)
                before = server.cpu()
                seen = pace.send(server.port, parts, per_s=rate, seconds=settings.seconds)
                us = kernel.between(before, server.cpu()) / max(1, seen.answered)
                if number:  # the first is for warming up
                    spent[server.name].append(us)
                    at.say(
                        f"{server.name} process: {us:.0f} µs an answer, {seen.bad} bad {seen.example[:300]}"
                    )
    ratios = [two / one for one, two in zip(spent["one"], spent["two"], strict=True)]
    return {"one_us": spent["one"], "two_us": spent["two"], "two_over_one": statistics.median(ratios)}


def main() -> None:
    """Measure, print, and end with the figures."""
    settings = options.read("A mixed load with writes.", PARTS, small=("long",))
    found: dict[str, Any] = {"machine": kernel.machine(), "citizens": settings.citizens}
    figures: dict[str, Any] = {"bench": "mix"}
    with stage(settings, objects=True) as at:
        if settings.wants("long"):
            both = [servers.ours(at.lab), servers.halting(at.lab)]
            with serving(both, at.folder) as [server, without]:
                found["long"] = long(at, server, without, settings)
            names = ("per_s", "answered", "bad", "p50_ms", "p99_ms", "pss_mib_an_hour")
            figures |= {name: found["long"][name] for name in names}
        if settings.wants("processes"):
            found["processes"] = processes(at, settings)
            figures["cpu_two_processes_over_one"] = round(found["processes"]["two_over_one"], 3)
        report.keep("mix", found)
        if settings.report:
            report.write("mix", found)
            pages.main()
    print(json.dumps(figures))
    sys.exit(1 if figures.get("bad") else 0)


if __name__ == "__main__":
    main()
