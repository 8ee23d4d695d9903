"""`miniapp init`: what it makes passes the gate, and its own tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from banshi.cli import main

SDK = Path(__file__).parents[2] / "sdk" / "python"


def run(*arguments: str):
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def made(tmp_path: Path) -> Path:
    folder = tmp_path / "hello-app"
    done = run("init", str(folder), "--name", "您好")
    assert done.exit_code == 0, done.output
    return folder


def test_what_is_made_passes_the_gate(made):
    checked = run("check", str(made / "miniapp.yaml"))
    assert checked.exit_code == 0, checked.output


@pytest.mark.slow
def test_what_is_made_passes_its_own_tests(made):
    env = {**os.environ, "PYTHONPATH": str(SDK)}
    command = [str(Path(sys.executable).parent / "pytest"), "-q", "-p", "no:cacheprovider", "-W", "ignore"]
    tested = subprocess.run(command, cwd=made, env=env, capture_output=True, text=True, timeout=60)
    assert tested.returncode == 0, tested.stdout


def test_id_and_name_stand_where_they_belong(made):
    assert "id: hello-app\nname: 您好\n" in (made / "miniapp.yaml").read_text()
    assert "<title>您好</title>" in (made / "web" / "index.html").read_text()
    assert "$" not in (made / "app.py").read_text()
    assert ".miniapp/" in (made / ".gitignore").read_text()


def test_hello_world_takes_ten_lines(made):
    lines = (made / "app.py").read_text().partition("@app.on")[0].splitlines()
    assert len([line for line in lines if line.strip()]) <= 10


def test_nothing_that_is_there_is_written_over(made):
    again = run("init", str(made))

    assert again.exit_code == 1
    assert "nothing was written" in again.output


@pytest.mark.parametrize("name", ["A", "1app", "app_one", "ab", "x" * 40])
def test_an_id_that_cannot_be_one_is_told(tmp_path, name):
    done = run("init", str(tmp_path / name))

    assert done.exit_code == 1
    assert "cannot be an id" in done.output
