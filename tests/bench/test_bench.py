"""The benches run small on every machine, and tell their figures to people and to programs."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_bench_runs_small_and_ends_with_its_figures():
    done = subprocess.run(["scripts/bench"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["bench"] == "startup"
    assert figures["runs"] == 1
    assert 0 < figures["later_cpu_s"] < 60
    assert figures["api_mib"] <= 110
    assert figures["worker_mib"] <= 190
    assert figures["total_mib"] <= 600
