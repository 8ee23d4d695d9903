"""Fixtures of the gate's tests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose path leaves room for a browser's socket, as pytest's own does not."""
    with tempfile.TemporaryDirectory(prefix="b-", dir="/tmp") as name:
        yield Path(name)
