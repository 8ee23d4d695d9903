"""The parts of the home bench beside the comparison itself."""

import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

from api.variables import TECHNIQUES
from bench._lab import awake, kernel, pace, rounds, servers, wires
from bench._lab.data.population import Population
from bench._lab.draws import Draw, Draws
from bench._lab.options import Options
from bench._lab.rounds import Bench
from bench._lab.servers import Contender, Running, serving
from bench._lab.stage import Stage
from bench._lab.wires import Ask
from bench.home import micro as steps

AT_ONCE = (4, 64, 256)
RATES = {"ours": (1_200, 400), "mercurius_jit": (400,), "postgraphile": (400,)}
RATES_SMOKE = {"ours": (1_200,)}
POOL = 4_000  # draws of one run at a rate
FIRST_SIGHTS = 40  # documents never seen before
FIRST_PER_S = 400


def sample(population: Population) -> Draw:
    """Return a home screen that varies in nothing."""
    return Draw(population.viewers[1], "330106", "PERSON", elder=False)


def techniques(at: Stage, settings: Options) -> dict[str, Any]:
    """Return what each technique brings: on ÷ off, both in the same round."""
    reads = [name for name in TECHNIQUES if name not in ("groups", "compression", "awake")]
    off = [servers.ours(at.lab, f"without_{name}", SWITCHED_OFF=name) for name in reads]
    zipped = [
        servers.ours(at.lab, "zipped", wire=_zipped),
        servers.ours(at.lab, "without_compression", wire=_zipped, SWITCHED_OFF="compression"),
    ]
    with serving([servers.ours(at.lab), *off, *zipped], at.folder) as running:
        found = at.bench(settings).rounds(running, settings.rounds, at.say)
    for name in reads:
        at.say(f"{name}: answers/s {rounds.ratio(found, 'ours', f'without_{name}')} of those without it")
    pairs = {name: ("ours", f"without_{name}") for name in reads}
    pairs["compression"] = ("zipped", "without_compression")
    return {
        name: {
            what: spread.plain()
            for what in ("per_s", "app_us", "pg_us", "p99_ms")
            if (spread := rounds.ratio(found, *pair, what=what))
        }
        for name, pair in pairs.items()
    } | {"rounds": rounds.plain(found)}


def micro(at: Stage, settings: Options) -> dict[str, Any]:
    """Return what compressing and parsing one home screen costs."""
    with serving([servers.ours(at.lab)], at.folder) as [server]:
        ask = server.contender.wire(at.population, sample(at.population))
        answer = server.ask(ask)
    found = {
        "squeezed": steps.squeezed(answer, settings.rounds),
        "parsed": steps.parsed(ask.body, answer, settings.rounds),
    }
    at.say(f"compressing {found['squeezed']}; reading and writing {found['parsed']}")
    return found


def _zipped(population: Population, draw: Draw) -> Ask:
    plain = wires.ours(population, draw)
    return Ask(plain.body, {**plain.headers, "accept-encoding": "gzip"}, plain.path)


def connections(
    at: Stage, bench: Bench, running: Mapping[str, Running], settings: Options
) -> dict[str, dict[str, Any]]:
    """Return answers a second and latency with few and many connections."""
    found: dict[str, dict[str, Any]] = {}
    for name in ("ours", "mercurius_jit", "postgraphile"):
        for at_once in AT_ONCE:
            runs = [bench.run(running[name], connections=at_once) for _ in range(min(3, settings.rounds))]
            run = sorted(runs, key=lambda each: each.per_s)[len(runs) // 2]
            found.setdefault(name, {})[str(at_once)] = {
                "per_s": round(run.per_s), "p50_ms": round(run.p50_ms, 2), "p99_ms": round(run.p99_ms, 2),
            }  # fmt: skip
            at.say(f"{name} with {at_once} connections: {run.per_s:.0f}/s, p99 {run.p99_ms:.1f} ms")
    return found


def rates(at: Stage, running: Mapping[str, Running], settings: Options) -> dict[str, dict[str, Any]]:
    """Return latencies at fixed rates, medians over rounds; below "halting" of cores that halt."""
    with serving([servers.halting(at.lab)], at.folder) as [without]:
        return _rates(at, running, {**running, "ours": without}, settings)


def _rates(
    at: Stage, running: Mapping[str, Running], halting: Mapping[str, Running], settings: Options
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    count, seconds = (1, 2.0) if settings.smoke else (min(3, settings.rounds), 10.0)
    for name, speeds in (RATES_SMOKE if settings.smoke else RATES).items():
        for per_s in speeds:
            kept, halted = [], []
            for seed in range(count):
                with awake.kept():
                    kept.append(_rate(at, running[name], per_s, seconds, seed))
                with awake.halting():
                    halted.append(_rate(at, halting[name], per_s, seconds, seed))
            found.setdefault(name, {})[str(per_s)] = {**_middle(kept), "halting": _middle(halted)}
            said = next((seen.example for seen in kept + halted if seen.example), "")
            at.say(f"{name} at {per_s}/s: {found[name][str(per_s)]} {said}")
    return found


def _middle(seen: Sequence[pace.Seen]) -> dict[str, Any]:
    """Return percentiles as medians over rounds, and how many failed in all."""
    return {
        "p50_ms": round(statistics.median(each.percentile(50) for each in seen), 2),
        "p99_ms": round(statistics.median(each.percentile(99) for each in seen), 2),
        "p99_9_ms": round(statistics.median(each.percentile(99.9) for each in seen), 2),
        "bad": sum(each.bad for each in seen),
    }


def _rate(at: Stage, server: Running, per_s: float, seconds: float, seed: int) -> pace.Seen:
    draws = Draws(at.population, 10_000 + seed).take(POOL)
    asked = wires.asks(at.population, server.contender.wire, draws)
    pace.send(server.port, [pace.Part("home", 1, asked)], per_s=per_s, seconds=seconds / 3)
    return pace.send(server.port, [pace.Part("home", 1, asked)], per_s=per_s, seconds=seconds, seed=seed)


def unlisted(
    at: Stage, bench: Bench, running: Mapping[str, Running], settings: Options
) -> dict[str, dict[str, float]]:
    """Return how an operation in no manifest fares against stock, known already and never seen before."""
    ours = running["ours"]
    again = Running(_with_wire(ours.contender), ours.port, ours.process)
    pair = [again, running["strawberry_stock"]]
    found = rounds.ratio(bench.rounds(pair, settings.rounds, at.say), again.name, pair[1].name)
    first = [_first_sights(at, server) for server in pair]
    at.say(
        f"an unlisted operation: {found} x stock; at first sight {first[0]:.2f} ms, stock {first[1]:.2f} ms"
    )
    return {
        "second_sight": found.plain() if found else {},
        "first_sight": {"ours_ms": first[0], "stock_ms": first[1], "ratio": first[0] / first[1]},
    }


def _with_wire(contender: Contender) -> Contender:
    return Contender("ours_unlisted", contender.command, wires.unlisted, contender.env)


def _first_sights(at: Stage, server: Running) -> float:
    """Return the median time in ms of documents never seen before, one after the other."""
    took = []
    for number, draw in enumerate(Draws(at.population, 77).take(FIRST_SIGHTS)):
        plain = server.contender.wire(at.population, draw)
        text = wires.unlisted_text(f"{server.name} {number} {time.time_ns()}")
        ask = Ask(wires._json({"query": text, "variables": wires.variables(draw)}), plain.headers)
        server.ask(plain)  # now the viewer is known, the document is not
        began = time.perf_counter()
        server.ask(ask)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def first(at: Stage, settings: Options) -> dict[str, Any]:
    """Return what the first request of a session costs, and what the next does."""
    bench = at.bench(settings)
    found: dict[str, Any] = {}
    with serving([servers.ours(at.lab)], at.folder) as [server]:
        pace.send(server.port, [pace.Part("home", 1, bench.fresh(server)[:500])], per_s=200, seconds=3)
        new = {draw.viewer: draw for draw in Draws(at.population, 500).take(POOL)}
        once = pace.Part("home", 1, wires.asks(at.population, wires.ours, list(new.values())), once=True)
        for name in ("first", "next"):
            before = server.cpu(), bench.database()
            seen = pace.send(server.port, [once], per_s=FIRST_PER_S, seconds=0.95 * len(new) / FIRST_PER_S)
            after = server.cpu(), bench.database()
            app, pg = (kernel.between(*pair) / seen.answered for pair in zip(before, after, strict=True))
            found[name] = {"app_us": round(app), "pg_us": round(pg), "p50_ms": round(seen.percentile(50), 2)}
            at.say(f"the {name} request of a session at {FIRST_PER_S}/s: {found[name]}, {seen.bad} bad")
    return found
