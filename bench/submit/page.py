"""The section of docs/benchmarks.md about handing in."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench._lab.rounds import Spread
from bench._lab.targets import line
from bench._lab.words import cell, table, where

THROUGH = {"ours": "as it is shipped", "without_groups": "each by itself (`BANSHI_SWITCHED_OFF=groups`)"}


def section(found: Mapping[str, Any]) -> str:
    """Return the section of handing in."""
    played = found["storage"]
    told = (
        f"{found['citizens']:,} citizens, the same durable PostgreSQL (`synchronous_commit=on`) and 16"
        f" connections, {len(played)} shuffled rounds; ratios are formed inside a round:"
        " least/**median**/greatest. *naive*: four INSERTs (idempotency row, case, event, fact) in a"
        " transaction; *same rows*: every row that ours writes, one statement each; *alone* and *grouped*:"
        " ours, one and sixteen in a statement."
    )
    parts = ["## Handing in\n`scripts/bench submit --report`", where(found), told, _storage(played)]
    if through := found.get("http"):
        parts += [
            "Through HTTP, 32 connections, with sign-in, limits and audit; together against each by itself is"
            " what the technique `groups` brings:",
            _http(through),
        ]
    parts.append("What was aimed at, and what was reached:")
    parts.append(table(["aimed at", "bar", "median", ""], bars(found)))
    return "\n\n".join(parts)


def bars(found: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for each figure that has a bar."""
    median = _over(found["storage"], "grouped", "naive").median
    told = "grouped ÷ naive, the same durability, at the storage boundary"
    return [line(told, median, 2.5, is_most=False)]


def _over(played: Sequence[Mapping[str, Sequence[float]]], way: str, under: str) -> Spread:
    return Spread.of([each[way][0] / each[under][0] for each in played])


def _storage(played: Sequence[Mapping[str, Sequence[float]]]) -> str:
    lines = [
        [
            way.replace("_", " "),
            *(cell(Spread.of([each[way][place] for each in played])) for place in (0, 1)),
            *(cell(_over(played, way, under)) for under in ("naive", "same_rows")),
        ]
        for way in ("grouped", "alone", "naive", "same_rows")
    ]
    return table(["way", "submissions/s", "PG µs each", "÷ naive", "÷ same rows"], lines)


def _http(played: Sequence[Mapping[str, Mapping[str, float]]]) -> str:
    what = [name for name in ("per_s", "app_us", "pg_us", "p99_ms") if name in played[0]["ours"]]
    lines = [
        [told, *(cell(Spread.of([each[server][name] for each in played])) for name in what)]
        for server, told in THROUGH.items()
    ]
    ratios = [
        cell(Spread.of([each["ours"][name] / max(1e-9, each["without_groups"][name]) for each in played]))
        for name in what
    ]
    names = {"per_s": "submissions/s", "app_us": "app µs", "pg_us": "PG µs", "p99_ms": "p99 ms"}
    head = ["through HTTP", *(names[name] for name in what)]
    return table(head, [*lines, ["on ÷ off", *ratios]])
