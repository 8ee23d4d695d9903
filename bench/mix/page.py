"""The section of docs/benchmarks.md about the mixed load, and the line of its memory."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from bench._lab.report import DATA
from bench._lab.targets import line
from bench._lab.words import table, where

LINE = DATA / "mix.svg"
WIDTH, HEIGHT, EDGE = 780, 150, 34
PLATEAU = 2  # per cent that the last tenth of the time may hold more than the middle tenth

Series = Sequence[Sequence[float]]  # seconds since the beginning, MiB


def section(found: Mapping[str, Any]) -> str:
    """Return the section of the mixed load."""
    long = found["long"]
    LINE.write_text(drawn(long["pss_mib"]))
    return "\n\n".join(
        [
            "## A mixed load\n`scripts/bench mix --report`",
            where(found),
            f"{found['citizens']:,} citizens. {_told(long, found.get('processes'))}",
            "![Memory of the server process](benchmarks-data/mix.svg)",
            "What was aimed at, and what was reached:",
            table(["aimed at", "bar", "measured", ""], bars(found)),
            *_kinds(long.get("kinds")),
        ]
    )


def bars(found: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for each figure that has a bar."""
    long = found["long"]
    rows = [
        line("p99 in ms at 70 % of saturation", long["p99_ms"], 20, is_most=True),
        ["requests that failed", "0", str(long["bad"]), "**missed**" if long["bad"] else "reached"],
        line("growth of memory from the middle tenth of the time to the last, %", growth(long["pss_mib"]),
             PLATEAU, is_most=True),
    ]  # fmt: skip
    if both := found.get("processes"):
        told = "CPU for one answer, two API processes ÷ one"
        rows.append(line(told, both["two_over_one"], 1.1, is_most=True))
    return rows


def growth(series: Series) -> float:
    """Return by how much per cent the last tenth of the time holds more than the tenth around its middle.

    Of ten minutes each is one.  What is filled once is filled by the middle; what leaks goes on.
    """
    end = series[-1][0]
    return (_level(series, 0.9 * end, end) / _level(series, 0.45 * end, 0.55 * end) - 1) * 100


def _level(series: Series, first_s: float, last_s: float) -> float:
    """Return the mean between two moments; of none the one nearest to them."""
    held = [mib for at_s, mib in series if first_s <= at_s <= last_s]
    middle = (first_s + last_s) / 2
    return statistics.mean(held or [min(series, key=lambda each: abs(each[0] - middle))[1]])


def _told(long: Mapping[str, Any], both: Mapping[str, Any] | None) -> str:
    first, last = long["pss_mib"][0][1], long["pss_mib"][-1][1]
    cpu = (
        f" CPU for one answer: {long['app_us']} µs, PostgreSQL {long['pg_us']} µs."
        if "app_us" in long
        else ""
    )
    rounds = f" Processes were compared in {len(both['one_us'])} rounds." if both else ""
    halted = f" {_halting(long['halting'])}" if "halting" in long else ""
    return (
        f"Shares of a working day with {long['writes_of_100']} writes in a hundred (applications, uploads and"
        f" sign-ins 4 : 2 : 1). {long['per_s']:,} requests a second, 70 % of what one process answers, for"
        f" {long['minutes']:g} minutes: {long['answered']:,} answered, {long['bad']} failed,"
        f" p50 {long['p50_ms']} ms, p99 {long['p99_ms']} ms, p99.9 {long['p99_9_ms']} ms.{halted}{cpu}"
        f" Memory (PSS): {first} MiB at the beginning, {last} MiB at the end, in the second half"
        f" {long['pss_mib_an_hour']} MiB an hour more. It plateaus when the last minute of ten holds at most"
        f" {PLATEAU} % more than the minute in the middle: what is filled once is full by then, what leaks"
        f" goes on.{rounds}"
    )


def _halting(seen: Mapping[str, Any]) -> str:
    return (
        f"In a minute with cores that halt: {seen['p50_ms']}, {seen['p99_ms']} and {seen['p99_9_ms']} ms,"
        f" {seen['bad']} failed."
    )


def _kinds(kinds: Mapping[str, Any] | None) -> list[str]:
    if not kinds:
        return []
    lines = [[name.replace("_", " "), *of.values()] for name, of in kinds.items()]
    return [table(["request", "of 100", "sent", "failed", "p50 ms", "p99 ms", "p99.9 ms"], lines)]


def drawn(series: Series) -> str:
    """Return the memory over time as SVG."""
    end, most = max(series[-1][0], 1), max(mib for _, mib in series)
    points = " ".join(
        f"{EDGE + at_s / end * (WIDTH - 2 * EDGE):.1f},{HEIGHT - 24 - mib / most * (HEIGHT - 60):.1f}"
        for at_s, mib in series
    )
    told = f"{series[0][1]:g} MiB at the beginning, {series[-1][1]:g} MiB after {end / 60:.1f} minutes"
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" \
viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="title desc" \
font-family="system-ui, sans-serif" font-size="13">
<title id="title">Memory of the server process under the mixed load</title>
<desc id="desc">Line from zero: {told}.</desc>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="{EDGE}" y="22" fill="#1f2328">{told}</text>
<line x1="{EDGE}" y1="{HEIGHT - 24}" x2="{WIDTH - EDGE}" y2="{HEIGHT - 24}" stroke="#d8dee4"/>
<polyline points="{points}" fill="none" stroke="#4aa3c7" stroke-width="2"/>
</svg>
"""
