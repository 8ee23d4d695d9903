"""What all sections of docs/benchmarks.md say in the same way."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench._lab.rounds import Spread

HALTING = (
    "Ours keeps the machine's cores from halting while requests come, as it is shipped, and the bench does so"
    " while others are asked. *Halting*: the same without (`BANSHI_SWITCHED_OFF=awake`; ADR 188)."
)


def table(head: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows)


def where(found: Mapping[str, Any]) -> str:
    """Return the line that says on what it was measured."""
    at = found["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    return (
        f"{at['cpu']}, {at['cores']} cores, {at['memory_mib'] // 1024} GiB, Linux {at['kernel']}, load"
        f" {at['load']} before it began.{_wakes(at)} Versions: {versions}."
    )


def _wakes(at: Mapping[str, Any]) -> str:
    if "wakes" not in at:
        return ""
    told = (
        f" A sleep of 1 ms ended {at['wakes']['p50_ms']:.2f} ms late, once in a hundred times"
        f" {at['wakes']['p99_ms']:.2f} ms"
    )
    if awake := at.get("wakes_awake"):
        told += f"; with cores kept awake {awake['p50_ms']:.2f} and {awake['p99_ms']:.2f} ms"
    return f"{told}."


def cell(spread: Spread | None) -> str:
    """Return least, median and greatest, the median bold; nothing for none."""
    if spread is None:
        return ""
    return f"{_short(spread.least)}/**{_short(spread.median)}**/{_short(spread.most)}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def cell_of(spread: Mapping[str, float]) -> str:
    """Return the cell of a spread that was read from JSON."""
    return cell(Spread(**spread)) if spread else ""
