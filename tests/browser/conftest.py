"""Fixtures of the tests that open pages in Chromium."""

import os
from pathlib import Path

import pytest

from tests.browser import looking


@pytest.fixture(autouse=True)
def pictures(tmp_path: Path) -> None:
    """Keep the pictures of this test where BANSHI_PICTURES says, else in the folder that pytest gives it."""
    looking.pictures = Path(os.environ.get("BANSHI_PICTURES") or tmp_path)
