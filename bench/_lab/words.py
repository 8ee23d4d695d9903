"""What all sections of docs/benchmarks.md say in the same way."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench._lab.rounds import Spread

AWAKE = (
    "*Awake*: the same while on every core a program that does nothing gives way to all others, so that no"
    " core halts: what is less there is time that the host took to return a halted core (ADR 187)."
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
    return (
        f" A sleep of 1 ms ended {at['wakes']['p50_ms']:.2f} ms late, once in a hundred times"
        f" {at['wakes']['p99_ms']:.2f} ms."
    )


def cell(spread: Spread | None) -> str:
    """Return least, median and greatest, the median bold; nothing for none."""
    return "" if spread is None else f"{spread.least:.3g}/**{spread.median:.3g}**/{spread.most:.3g}"


def cell_of(spread: Mapping[str, float]) -> str:
    """Return the cell of a spread that was read from JSON."""
    return cell(Spread(**spread)) if spread else ""
