"""An example in the simulator, as its developer has it before there is a platform: what needs none works."""

import shutil
from pathlib import Path

import pytest

from tests.browser.strangers import EXAMPLES
from tests.simulating import simulated

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture
async def simulator(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("MINIAPP_DECISIONS", str(tmp_path / "decisions.sqlite"))
    folder = tmp_path / "housing-fund"
    shutil.copytree(EXAMPLES / "housing-fund", folder)
    async with simulated(folder) as made:
        yield made


async def test_the_enquiry_works_and_cases_want_a_platform(browser, simulator):
    page = await browser.new_page(viewport={"width": 390, "height": 900}, locale="zh-CN")
    page.set_default_timeout(15_000)
    await page.goto(simulator.url)
    await page.wait_for_selector("#sheet:not([hidden])")
    assert "按您所在的城市算出能提取多少" in await page.inner_text("#sheet")
    await page.click("#agree")
    frame = page.frame_locator("#frame")
    await frame.locator("#rent").fill("2800")
    await frame.locator("#count").click()
    await frame.locator("#estimate p >> nth=1").wait_for()
    assert "每月可以用公积金付 1,500 元" in await frame.locator("#estimate").inner_text()
    assert await frame.locator("#lost").is_hidden()
    await frame.locator("#papers .todo").wait_for()
    assert "NOT_PLAYED" in await frame.locator("#papers").inner_text()
