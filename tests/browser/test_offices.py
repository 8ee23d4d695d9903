"""Pages of work in real Chromium: small and large screens, by keyboard, looked at by axe."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from api.cli.demo.platform import DemoPlatform
from tests.browser.looking import faults, findings
from tests.browser.test_mini_app_page import FLAGS
from tests.browser.test_pages import DESKTOP, PHONE, opened, sign_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

TEAMS = "/developer/teams"


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    folder = tmp_path_factory.mktemp("offices")
    made = DemoPlatform(folder / "data", hear=lambda line: None, host="localhost")
    made.wait()
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def browser():
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield made
        await made.close()


async def well(page: Page, name: str, *, elder: bool = False) -> None:
    """Check a page as it is drawn; keep its picture where the environment wants pictures kept."""
    if folder := os.environ.get("BANSHI_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}-{page.viewport_size['width']}.png", full_page=True)
    assert await findings(page) == [], page.url
    assert await faults(page, elder=elder) == {}, page.url


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_a_team_is_founded_and_entered(browser, platform, viewport):
    page = await opened(browser, platform, viewport)
    await sign_in(page, TEAMS)
    await well(page, "teams-none")

    await page.fill("[name=name]", "星河小组")
    await page.click("text=创建 >> nth=-1")
    assert "团队已创建" in await page.inner_text("[role=status]")
    await well(page, "teams")
    await page.click("text=查看成员 >> nth=0")
    await well(page, "team")
    await page.goto(f"{TEAMS}?ui_style=elder")
    await well(page, "teams-elder", elder=True)
