"""What docs/benchmarks.md says of techniques that no switch turns off."""

from collections.abc import Mapping
from typing import Any

from bench._lab import rounds
from bench._lab.words import cell_of, table

OF_SQL = {"own": "own cases and notices", "catalog": "the catalogue"}


def alone(found: Mapping[str, Any]) -> str:
    """Return what was measured of single steps."""
    parts = [_bytes(found.get("techniques", {}))]
    if sql := found.get("sql"):
        parts.append(
            "The text of the answer concatenated in SQL against `json_agg` and `json_build_object`: the same"
            " rows, eight askers in a statement, CPU of PostgreSQL for one asker, in shuffled rounds."
        )
        head = ["what is read", "text, µs", "JSON functions, µs", "text ÷ JSON functions"]
        lines = [[OF_SQL[name], *map(cell_of, of.values())] for name, of in sql.items()]
        parts.append(table(head, lines))
    if micro := found.get("micro"):
        parts += _micro(micro)
    return "\n".join(f"\n{part}" for part in parts if part)


def _bytes(techniques: Mapping[str, Any]) -> str:
    played = rounds.read(techniques.get("rounds", ()))
    if not played or "zipped" not in played[0]:
        return ""
    on, off = (rounds.of(played, name, "bytes").median for name in ("zipped", "without_compression"))
    return (
        f"Compressed with gzip an answer with its head is {on:,.0f} bytes, without {off:,.0f}:"
        f" {on / off * 100:.0f} %. That is what compression is for; here, where no network lies between, only"
        " its price is seen."
    )


def _micro(micro: Mapping[str, Any]) -> list[str]:
    squeezed, parsed = micro["squeezed"], micro["parsed"]
    return [
        "One home screen compressed, in one quiet thread; *spliced* takes the catalogue as it was compressed"
        " once and compresses the rest:",
        table(
            ["way", "bytes", "CPU µs"],
            [[way, of["bytes"], cell_of(of["us"])] for way, of in squeezed.items()],
        ),
        "Its request read and its answer written, in the same thread:",
        table(["what", "CPU µs"], [[what, cell_of(took)] for what, took in parsed.items()]),
    ]
