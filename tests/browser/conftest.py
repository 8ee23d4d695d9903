"""Fixtures of the tests that open pages in Chromium."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from api.cli.demo.platform import DemoPlatform
from tests.browser import looking
from tests.kept import spare


@pytest.fixture(autouse=True)
def pictures(tmp_path: Path) -> None:
    """Keep the pictures of this test where BANSHI_PICTURES says, else in the folder that pytest gives it."""
    looking.pictures = Path(os.environ.get("BANSHI_PICTURES") or tmp_path)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoPlatform]:
    """A platform of each module's own, with everything that runs in production."""
    folder = tmp_path_factory.mktemp("platform")
    made = DemoPlatform(folder / "data", hear=lambda line: None, host="localhost")
    made.wait()
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all tests of this process; each has profiles of its own in it."""
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=looking.FLAGS)
        spare()
        yield made
        await made.close()


@pytest.fixture
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """The browser, with nothing open."""
    yield chromium
    for context in chromium.contexts:
        await context.close()
