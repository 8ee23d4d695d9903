"""Fixtures of the tests that open pages in Chromium."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright import sync_api
from playwright.async_api import Browser, async_playwright

from api.cli.demo.platform import DemoPlatform
from tests.browser import looking
from tests.browser.strangers import Stranger
from tests.kept import spare


@pytest.fixture(scope="session", autouse=True)
def pictures() -> None:
    """Keep pictures of pages in the folder BANSHI_PICTURES, where that is told."""
    folder = os.environ.get("BANSHI_PICTURES")
    looking.pictures = Path(folder) if folder else None


@pytest.fixture(scope="package")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoPlatform]:
    """A platform with everything that runs in production, for all modules here that need one."""
    folder = tmp_path_factory.mktemp("platform")
    made = DemoPlatform(folder / "data", hear=lambda line: None, host="localhost")
    made.wait()
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def stranger(platform: DemoPlatform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    """A developer who is known at the platform, and publishes what a test wants to be there."""
    made = Stranger(platform, tmp_path_factory.mktemp("stranger"))
    made.join()
    yield made
    made.leave()


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


@pytest.fixture(scope="module")
def waiting_browser() -> Iterator[sync_api.Browser]:
    """A browser for tests that use it without a loop; its own loop ends with the module."""
    with sync_api.sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=looking.FLAGS)
        yield made
        made.close()
