"""The sections of docs/benchmarks.md, made of docs/benchmarks-data: `python -m bench._lab.pages`.

Between `<!-- bench NAME -->` and `<!-- /bench NAME -->` stands what this file writes; the rest is by hand.
"""

import json
import re
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench._lab import chart, rounds, targets
from bench._lab.report import DATA, OURS, PEER_NAMES, ROOT
from bench._lab.rounds import Round
from bench._lab.words import HALTING, cell, cell_of, table, where
from bench.home.page import alone
from bench.mix import page as mix
from bench.submit import page as submit

PAGE = ROOT / "docs/benchmarks.md"
CHART = DATA / "home.svg"


def main(*only: str) -> None:
    """Write the sections `only`, or every one, whose data is there."""
    for name, make in (
        ("home", home),
        ("submit", submit.section),
        ("mix", mix.section),
        ("shelf", shelf),
        ("gateway", gateway),
    ):
        file = DATA / f"{name}.json"
        if file.exists() and (not only or name in only):
            _put(PAGE, name, make(json.loads(file.read_text())))


def _put(page: Path, name: str, text: str) -> None:
    """Put `text` between the marks of a section, at the end of the page when it has none."""
    begin, end = f"<!-- bench {name} -->", f"<!-- /bench {name} -->"
    section = f"{begin}\n{text.strip()}\n{end}"
    old = page.read_text()
    found = re.search(f"{re.escape(begin)}.*?{re.escape(end)}", old, re.DOTALL)
    new = old.replace(found.group(0), section) if found else f"{old.rstrip()}\n\n{section}\n"
    page.write_text(new)


def home(found: Mapping[str, Any]) -> str:
    """Return the section of the home screen."""
    played = rounds.read(found.get("rounds", ()))
    data = found["data"]
    parts = [
        "## The home screen\n`scripts/bench home --report`\n",
        where(found),
        f"\n{found['citizens']:,} citizens, {data.get('case_file_rows', 0):,.0f} cases,"
        f" {data['bytes'] / 2**30:.1f} GiB, built in {data['seconds'] / 60:.1f} minutes."
        " Answers that differed between servers before and after:"
        f" **{found.get('different', 'not compared')}**.",
    ]
    if played:
        CHART.write_text(chart.bars(played))
        parts += [
            "\n![Home screens a second, one server process](benchmarks-data/home.svg)\n",
            _peers(played),
        ]
    parts.append(_targets(played, found))
    parts += [_techniques(found), alone(found), _rates(found), _connections(found), _rest(found)]
    return "\n".join(filter(None, parts))


def _peers(played: Sequence[Round]) -> str:
    head = ["server, one process", "answers/s", "app µs", "PG µs", "Valkey µs", "p50/p99 ms"]
    head += ["÷ mercurius-jit", "÷ memoised", "÷ PostGraphile", "÷ Strawberry", "app µs ÷ static"]
    lines = []
    for name in (*OURS, *PEER_NAMES):
        if name not in played[0]:
            continue

        def middle(what: str, name: str = name) -> float:
            return rounds.of(played, name, what).median

        cells = [chart.NAMES.get(name, name), f"{middle('per_s'):,.0f}"]
        cells += [f"{middle(what):,.0f}" for what in ("app_us", "pg_us", "valkey_us")]
        cells.append(f"{middle('p50_ms'):.1f}/{middle('p99_ms'):.1f}")
        cells += [cell(rounds.ratio(played, name, peer)) for peer in PEER_NAMES[:4]]
        lines.append([*cells, cell(rounds.ratio(played, name, "static", "app_us"))])
    told = f"{len(played)} shuffled rounds; ratios are formed inside a round: least/**median**/greatest.\n\n"
    return told + table(head, lines) + "\n"


def _targets(played: Sequence[Round], found: Mapping[str, Any]) -> str:
    lines = targets.lines(played, found)
    head = ["aimed at", "bar", "median", ""]
    return "\nWhat was aimed at, and what was reached:\n\n" + table(head, lines) if lines else ""


def _techniques(found: Mapping[str, Any]) -> str:
    each = {name: of for name, of in found.get("techniques", {}).items() if name != "rounds"}
    if not each:
        return ""
    head = ["technique", "answers/s, on ÷ off", "app µs, on ÷ off", "PG µs, on ÷ off", "p99, on ÷ off"]
    columns = ("per_s", "app_us", "pg_us", "p99_ms")
    lines = [[name, *(cell_of(of.get(what, {})) for what in columns)] for name, of in each.items()]
    return "\nEach technique switched off alone (`BANSHI_SWITCHED_OFF`), in the same rounds:\n\n" + table(
        head, lines
    )


def _rates(found: Mapping[str, Any]) -> str:
    lines = [
        [chart.NAMES.get(name, name), rate, cores, of["p50_ms"], of["p99_ms"], of["p99_9_ms"], of["bad"]]
        for name, rates in found.get("rate", {}).items()
        for rate, ways in rates.items()
        for cores, of in ((_cores(ways), ways), ("halting", ways.get("halting")))
        if of
    ]
    head = ["server", "requests/s", "cores", "p50 ms", "p99 ms", "p99.9 ms", "failed"]
    told = f"\nLatency at a fixed rate (64 connections, from the moment each request was due). {HALTING}\n\n"
    return told + table(head, lines) if lines else ""


def _cores(ways: Mapping[str, Any]) -> str:
    """Return how the cores were: a report of before ADR 188 knows them as the machine left them alone."""
    return "awake" if "halting" in ways else "as they were"


def _connections(found: Mapping[str, Any]) -> str:
    lines = [
        [chart.NAMES.get(name, name), count, of["per_s"], of["p50_ms"], of["p99_ms"]]
        for name, counts in found.get("connections", {}).items()
        for count, of in counts.items()
    ]
    head = ["server", "connections", "answers/s", "p50 ms", "p99 ms"]
    return "\nFew and many connections:\n\n" + table(head, lines) if lines else ""


def _rest(found: Mapping[str, Any]) -> str:
    parts = []
    if again := found.get("unlisted"):
        first = again["first_sight"]
        parts.append(
            f"\nAn operation in no manifest ÷ stock Strawberry: {cell_of(again['second_sight'])} from the"
            f" second sight on; at first sight {first['ours_ms']:.1f} ms, stock {first['stock_ms']:.1f} ms."
        )
    if first := found.get("first"):
        told = [f"{of['app_us']} µs (PostgreSQL {of['pg_us']} µs)" for of in first.values()]
        parts.append(
            f"\nCPU for the first request of a session {told[0]}, for the next {told[1]}, at 400 requests a"
            " second: in the rounds above most sessions have been met before."
        )
    if flat := found.get("flat"):
        parts.append(_flat(flat))
    return "\n".join(parts)


SHELF = {"shelf": "the shelf", "find": "a search over mini-apps and items", "home": "the home screen"}
SENT = {"nothing else": "alone", "mixed": "together"}


def shelf(found: Mapping[str, Any]) -> str:
    """Return the section of the shelf."""
    under = found["load"]
    lines = [
        [f"{SHELF[what]}, {how}", f"{spread['p50']:.3g} ms", f"{spread['p99']:.3g} ms"]
        for name, spread in found["alone"].items()
        for what, how in [name.split("_")]
    ]
    rates = [
        [f"{SHELF[what]}, {how}", *(f"{took[key]} ms" for took in ways for key in ("p50_ms", "p99_ms"))]
        for how, told in SENT.items()
        for what in under[told]
        for ways in [(under[told][what], under["halting"][told][what])]
    ]
    return (
        "## The shelf at a province's size\n`scripts/bench shelf --report`\n\n"
        f"{where(found)}\n\n{found['apps']:,} mini-apps and {found['items']:,} items. One asker, in one"
        " process and without HTTP: *made* is a first answer, which asks the database; *kept* is the next one"
        " within its minute, which asks it nothing and goes out by the short way that the home screen takes"
        " (ADR 081).\n\n"
        + table(["one asker", "p50", "p99"], lines)
        + f"\n\nOne server process over HTTP, at {under['per_s']:,} requests a second from the moment each"
        f" was due, medians of {under['rounds']} rounds of {under['seconds']:g} s: {under['answered']:,}"
        f" answered, {under['bad']} failed (bar: p99 ≤ 8 ms for each kind alone, as for the home screen,"
        " none failed). Mixed are home screens and looks into the catalogue as in a working day,"
        " 79 to 21."
        f" {HALTING}\n\n" + table(["under load", "p50", "p99", "p50, halting", "p99, halting"], rates)
    )


def _flat(found: Mapping[str, Any]) -> str:
    what = ("per_s", "app_us", "pg_us", "least_over_this")
    lines = [
        [name, f"{int(size):,}", *(cell_of(of.get(each, {})) for each in what), of.get("failed", 0)]
        for name, sizes in found.items()
        for size, of in sorted(sizes.items(), key=lambda each: int(each[0]))
    ]
    told = "\nThe same operations among more citizens, in the same shuffled rounds:\n\n"
    head = ["operation", "citizens", "answers/s", "app µs", "PG µs", "answers/s, fewest ÷ this", "failed"]
    return told + table(head, lines)


WAYS = {"direct": "nobody between", "nginx": "nginx", "gateway": "`/gw/{app}/{api}`", "mgop": "`/h5/mgop`"}


def gateway(found: Mapping[str, Any]) -> str:
    """Return the section of the gateway."""
    rate, halting, most = found["rate"], found["halting"], found["most"]

    def middle(played: Sequence[Mapping[str, Any]], way: str, what: str, form: str = ",.0f") -> str:
        return format(statistics.median(each[way][what] for each in played), form) if played else ""

    lines = [
        [
            told, f"{middle(rate, way, 'p50_ms', '.2f')}/{middle(rate, way, 'p99_ms', '.2f')}",
            cell_of(found["overhead_ms"].get(way, {})),
            f"{middle(halting, way, 'p50_ms', '.2f')}/{middle(halting, way, 'p99_ms', '.2f')}",
            cell_of(found["halting_overhead_ms"].get(way, {})), middle(most, way, "per_s"),
            cell_of(found["over_nginx"].get(way, {})),
            *(middle(most, way, what) for what in ("cpu_us", "around_us", "all_us")),
        ]
        for way, told in WAYS.items()
    ]  # fmt: skip
    head = ["between citizen and back end", "p50/p99 ms at 200/s", "− direct, ms", "halting: p50/p99 ms"]
    head += ["− direct, ms", "calls/s", "÷ nginx", "own µs", "PG and Valkey µs", "all µs"]
    return (
        f"## The gateway\n`scripts/bench gateway --report`\n\n{where(found)} nginx {found['nginx']}.\n\n"
        f"{found['citizens']:,} citizens, one back end on the same machine that answers at once, two"
        " processes of ours and two workers of nginx, which does nothing but pass on. Ours look at token,"
        " consent, quotas and both schemas, sign a token for the back end, note the audit and count. At 200"
        " calls a second each counts from the moment it was due; at saturation 32 connections. CPU is of one"
        " call;"
        " *all* adds PostgreSQL, Valkey and the back end, and leaves out who calls. Medians of"
        f" {max(len(rate), len(most))} shuffled rounds, differences and ratios formed inside each:"
        f" least/**median**/greatest. Failed: {found['failed']}. Bars: ≤ 1.0 ms over direct,"
        f" ≥ 3,000 calls/s. {HALTING}\n\n" + table(head, lines)
    )


if __name__ == "__main__":
    main()
