"""The example mini-apps: each passes the gate without a word, and its own tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from banshi import manifest
from banshi.cli import main
from tests.old_client import build, is_built

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent for path in (ROOT / "sdk" / "examples").glob("*/miniapp.yaml"))
PACKAGED = [folder for folder in EXAMPLES if (folder / "web").is_dir()]
ENV = {**os.environ, "PYTHONPATH": str(ROOT / "sdk" / "python")}


PASSING = [pytest.param(folder, marks=pytest.mark.slow if is_built(folder) else ()) for folder in EXAMPLES]


def name(folder: Path) -> str:
    return folder.name


@pytest.fixture
def whole(folder, tmp_path):
    """An example with everything in it, be it built."""
    if not is_built(folder):
        return folder
    shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("node_modules"))
    build(tmp_path / folder.name)
    return tmp_path / folder.name


def looked_at(folder: Path, *options: str) -> str:
    done = CliRunner().invoke(main, ["check", str(folder / "miniapp.yaml"), *options])
    assert done.exit_code == 0, done.output
    return done.output


def test_there_are_examples_of_both_kinds():
    assert {folder.name for folder in PACKAGED} >= {"newborn", "housing-fund"}
    assert set(EXAMPLES) > set(PACKAGED)


@pytest.mark.parametrize("folder", PASSING, ids=map(name, EXAMPLES))
def test_each_passes_the_gate_without_a_warning(folder, whole):
    assert looked_at(whole).startswith("✓")


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("folder", PACKAGED, ids=name)
def test_each_passes_where_its_pages_run(folder, whole):
    assert looked_at(whole, "--browser").startswith("✓")


@pytest.mark.slow
@pytest.mark.parametrize("folder", PACKAGED, ids=name)
def test_each_passes_its_own_tests(folder):
    command = [str(Path(sys.executable).with_name("pytest")), "-q", "-p", "no:cacheprovider", "-W", "ignore"]
    done = subprocess.run(command, cwd=folder, env=ENV, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("folder", PACKAGED, ids=name)
def test_each_is_typed_throughout(folder, tmp_path):
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), "."]
    env = {**ENV, "MYPYPATH": ENV["PYTHONPATH"]}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", EXAMPLES, ids=name)
def test_each_says_who_answers_for_it_and_serves_items_that_there_are(folder):
    made = manifest.read((folder / "miniapp.yaml").read_text(encoding="utf-8"))
    texts = (ROOT / "miniapps" / "items" / "texts").glob("*.yaml")

    codes = {yaml.safe_load(path.read_text(encoding="utf-8"))["编码"] for path in texts}
    assert set(made.items) <= {str(code) for code in codes}
    assert made.id == folder.name
