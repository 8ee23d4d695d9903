"""docs/quickstart.md does what it says: its blocks, pasted into a shell, against a running platform."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from api.cli.demo.platform import DemoPlatform

PAGE = Path(__file__).parents[2] / "docs" / "quickstart.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    folder = tmp_path_factory.mktemp("platform")
    made = DemoPlatform(folder / "data", hear=lambda line: None)
    made.wait()
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


def paste(url: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    script = "\n".join(["set -euo pipefail", *BLOCK.findall(PAGE.read_text(encoding="utf-8"))])
    env = {**os.environ, "BANSHI": url, "TMPDIR": str(tmp_path)}
    return subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, timeout=240)


def test_quickstart_can_be_followed_twice_to_the_letter(platform, tmp_path):
    first, second = paste(platform.url, tmp_path), paste(platform.url, tmp_path)

    assert first.returncode == 0, first.stdout + first.stderr
    for seen in ('"verdict":"UNPROVEN"', '"verdict":"ZERO"', '"uploads":2', '"uploads":0', "租房提取"):
        assert seen in first.stdout, seen
    assert '"errors"' not in first.stdout + second.stdout
    assert second.returncode == 0, second.stdout + second.stderr
