"""The `openssl` command line as a referee: it shares no code with ours but the standard."""

import shutil
import subprocess
from pathlib import Path

COMMAND = shutil.which("openssl")


def openssl(*words: str, given: bytes = b"", folder: Path | None = None) -> bytes:
    """Run it and return what it writes; it must be there, for nothing may pass unrefereed."""
    assert COMMAND, "the command openssl is missing: scripts/setup-interop installs it"
    done = subprocess.run([COMMAND, *words], input=given, capture_output=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def answer(*words: str, folder: Path) -> bool:
    """Say whether it succeeded."""
    assert COMMAND, "the command openssl is missing: scripts/setup-interop installs it"
    return subprocess.run([COMMAND, *words], capture_output=True, cwd=folder, check=False).returncode == 0
