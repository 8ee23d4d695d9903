"""A folder for servers of one test."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.embedded.postgres import Postgres


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's unprivileged user can enter (pytest's own tmp_path is private)."""
    made = Path(tempfile.mkdtemp(prefix="banshi-test-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def made_cluster() -> Iterator[Path]:
    """A cluster that was made and stopped, to be copied: making one takes a second."""
    home = Path(tempfile.mkdtemp(prefix="banshi-test-", dir="/tmp"))
    home.chmod(0o755)
    server = Postgres(home / "postgres", durable=False)
    server.start()
    server.stop()
    yield server.data
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def cluster(made_cluster: Path, folder: Path) -> Path:
    """A cluster at `folder / "postgres"`, not running."""
    subprocess.run(["cp", "-a", str(made_cluster), str(folder / "postgres")], check=True)
    return folder / "postgres"
