"""docs/miniapp-quickstart.md does what it says: its blocks, from `pip install` to a citizen's call."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api.cli.demo.platform import DemoPlatform

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "miniapp-quickstart.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NO_COMMANDS = ("export ", "cd ", "kill ")
COMMANDS, SECONDS = 15, 300.0

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def commands() -> list[str]:
    lines = "".join(BLOCK.findall(PAGE.read_text(encoding="utf-8"))).splitlines()
    return [line for line in lines if line and not line.startswith(NO_COMMANDS)]


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    folder = tmp_path_factory.mktemp("platform")
    made = DemoPlatform(folder / "data", hear=lambda line: None)
    made.wait()
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The SDK as a stranger gets it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    command = [sys.executable, "-c", build, str(folder)]
    subprocess.run(command, cwd=ROOT / "sdk" / "python", check=True, capture_output=True, timeout=120)
    return next(folder.glob("*.whl"))


@pytest.fixture
def stranger(platform, wheel, tmp_path) -> dict[str, str]:
    """A stranger's shell: an environment of his own, and `banshi` of the platform's machine."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True, timeout=120)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "banshi").write_text(
        f'#!/bin/sh\ncd {ROOT} && PYTHONPATH={ROOT}:{ROOT}/sdk/python exec {sys.executable} -m api.cli "$@"\n'
    )
    (tools / "banshi").chmod(0o755)
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("BANSHI_", "PYTHON"))}
    return {
        **kept, "PATH": f"{tmp_path / 'env' / 'bin'}:{tools}:{os.environ['PATH']}", "BANSHI": platform.url,
        "BANSHI_SDK": str(wheel), "BANSHI_SOURCE": str(ROOT), "BANSHI_DATA": platform.env["BANSHI_DATA"],
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }  # fmt: skip


def test_it_takes_no_more_commands_than_promised():
    assert len(commands()) <= COMMANDS, commands()


def test_the_page_itself_says_where_everything_is(tmp_path):
    first, *rest = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    wanted = set(re.findall(r"\$\{?([A-Z_]+)\b(?!:-)", "".join(rest)))
    script = "\n".join(["set -eu", first, *(f'echo "{name}=${name}"' for name in sorted(wanted))])
    bare = {"HOME": str(tmp_path), "PATH": os.defpath}

    done = subprocess.run(["bash", "-c", script], env=bare, capture_output=True, text=True, timeout=30)

    assert done.returncode == 0, done.stderr
    assert f"BANSHI_SOURCE={tmp_path}/banshi" in done.stdout


def test_a_stranger_gets_from_nothing_to_a_citizen(stranger, tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    script = "\n".join(
        ["set -euo pipefail", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT", *BLOCK.findall(page)]
    )
    began = time.monotonic()

    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=stranger, capture_output=True, text=True, timeout=SECONDS
    )

    assert done.returncode == 0, done.stdout + done.stderr
    for seen in (
        "1 passed",
        "hello-app 0.1.0 is SUBMITTED",
        "0.1.0 is approved",
        "everybody has 0.1.0",
        "小王，您好！",
    ):
        assert seen in done.stdout, seen
    took = time.monotonic() - began
    print(f"\n{len(commands())} commands in {took:.1f} s")
    assert took < SECONDS
