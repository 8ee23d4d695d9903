"""The demonstration, whole, on servers of its own: what a stranger sees first."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli.demo import papers

ROOT = Path(__file__).parents[2]
EXPECTED = {
    "cases": 5,
    "zero_trip": 3,
    "one_trip": 1,
    "unproven": 1,
    "uploads": 4,
    "materials_reused": 2,
    "certificates": 4,
}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("seed", "ways"),
    [(1, "plan,generated,ordinary"), (20261120, "ordinary")],  # the ordinary way is the reference
)
def test_main_job_is_seen_working(seed, ways):
    command = [sys.executable, "-m", "api.cli", "run", "--demo", "--seed", str(seed)]
    env = {**os.environ, "BANSHI_GRAPHQL_PATHS": ways}

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=env)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "独立核验通过" in done.stdout
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures.pop("elapsed_s") > 0
    assert figures == EXPECTED


def test_papers_follow_from_the_seed():
    first, second, other = (papers.photo(random.Random(seed)).content for seed in (1, 1, 2))

    assert first == second
    assert first != other


def test_lease_is_a_pdf_and_photo_a_jpeg():
    assert papers.lease(random.Random(3)).content.startswith(b"%PDF")
    assert papers.photo(random.Random(3)).content.startswith(b"\xff\xd8\xff")
