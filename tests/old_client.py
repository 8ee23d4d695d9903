"""npm `@aligov/jssdk-mgop`, built into an example as its own `npm run build` does."""

import json
import os
import shlex
import subprocess
from pathlib import Path

HERE = Path(__file__).parent / "mgop"  # where the package is


def is_built(folder: Path) -> bool:
    """Say whether a page of an example is built of npm packages."""
    return (folder / "package.json").is_file()


def build(folder: Path) -> None:
    """Run the build of an example where it lies."""
    asked = json.loads((folder / "package.json").read_text())
    there = json.loads((HERE / "package.json").read_text())["dependencies"]
    assert asked["dependencies"].items() <= there.items(), "of the very versions"
    command, *rest = shlex.split(asked["scripts"]["build"])
    modules = HERE / "node_modules"
    env = {**os.environ, "NODE_PATH": str(modules)}
    made = [str(modules / ".bin" / command), *rest, "--log-level=error"]
    subprocess.run(made, cwd=folder, env=env, check=True, timeout=60)
