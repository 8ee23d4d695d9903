"""The benches run small on every machine, and tell their figures to people and to programs."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MEASURED = {"app_cpu_us", "pg_cpu_us", "p99_ms_at_1200"}
PEERS = {"mercurius_jit", "mercurius_memo", "postgraphile", "strawberry_stock", "static"}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_bench_runs_small_and_ends_with_its_figures():
    done = subprocess.run(["scripts/bench"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    found = sorted(_figures(done.stdout), key=_place)
    startup, audit, release, shelf, home, mix, submit, sign_in, gateway = found
    assert startup["runs"] == 1
    assert 0 < startup["later_cpu_s"] < 60
    assert startup["api_mib"] <= 110
    assert startup["worker_mib"] <= 190
    assert startup["total_mib"] <= 600
    assert audit["rows"] == 20_000
    assert release["choose_us"] > 0
    assert release["note_us"] > 0
    assert 0 < shelf["find_kept_ms"] < shelf["find_made_ms"]
    assert 0 < shelf["shelf_kept_ms"] < shelf["shelf_made_ms"]
    assert shelf["load"]["bad"] == 0 < shelf["load"]["answered"]
    assert set(home) == {"ratios", "different"} | MEASURED
    assert set(home["ratios"]) == PEERS
    assert all(home[name] > 0 for name in MEASURED)
    assert all(ratio > 0 for ratio in home["ratios"].values())
    assert home["different"] == 0
    assert mix["answered"] > 0
    assert mix["bad"] == 0
    assert submit["grouped_over_naive"] > 0
    assert sign_in["failed"] == sign_in["storm"]["failed"] == 0
    assert sign_in["over_oidc_provider"] > 0
    assert gateway["failed"] == 0
    assert set(gateway["per_s"]) == {"direct", "nginx", "gateway", "mgop"}
    assert set(gateway["over_nginx"]) == {"gateway", "mgop"}


def _figures(printed: str) -> list[dict]:
    """The last lines: one JSON object of each bench."""
    return [json.loads(line) for line in printed.split("== all\n")[-1].splitlines()]


def _place(figures: dict) -> int:
    order = ["startup", "audit", "release", "shelf", "home", "mix", "submit", "sign_in", "gateway"]
    return order.index(figures.get("bench", "home"))
