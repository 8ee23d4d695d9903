"""The simulator in real Chromium: consent, a call, elder mode and the network, on desktop and phone."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.async_api import Page

from banshi.cli import main
from tests.browser import looking
from tests.browser.looking import SIDEWAYS, findings
from tests.simulating import simulated

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


KEEPS = """async () => {
  const { connect } = await import("/bridge.js");
  const { storage } = await connect();
  const { revision } = await storage.set("draft", { rent: 3000 }, "");
  const { value } = await storage.get("draft");
  const { code } = await storage.set("draft", 1, "").catch(error => error);
  const keys = (await storage.keys()).map(({ key }) => key);
  await storage.remove("draft", revision);
  return [value, code, keys, await storage.get("draft")];
}"""
"""What a page does with the store of who sits there, by the bridge that `miniapp init` writes."""


@pytest.fixture
async def simulator(tmp_path: Path):
    folder = tmp_path / "hello-app"
    assert CliRunner().invoke(main, ["init", str(folder)]).exit_code == 0
    manifest = folder / "miniapp.yaml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(
        text.replace("scopes:", "scopes:\n  storage:keep: 记住您上次填写的内容"), encoding="utf-8"
    )
    async with simulated(folder) as made:
        yield made


async def opened(browser, simulator, *, width: int) -> Page:
    page = await browser.new_page(viewport={"width": width, "height": 900}, locale="zh-CN")
    page.set_default_timeout(15_000)
    await page.goto(simulator.url)
    return page


async def greeted(page: Page, name: str) -> str:
    frame = page.frame_locator("#frame")
    await frame.locator("#name").fill(name)
    await frame.locator("button").click()
    await frame.locator("#said:not(:has-text('请稍候'))").wait_for()
    return await frame.locator("#said").inner_text()


async def test_a_citizen_agrees_and_calls_and_changes_his_mind(simulator, browser):
    page = await opened(browser, simulator, width=1280)
    await page.wait_for_selector("#sheet:not([hidden])")
    assert "显示您所在的地区" in await page.inner_text("#sheet")
    assert await findings(page) == []
    await looking.keep(page, "simulator-consent")

    await page.click("#agree")
    assert await greeted(page, "小王") == "小王，您好！您在 330106。"
    await page.check("input[value=elder]")
    await page.frames[1].wait_for_selector("html.elder")
    await page.check("input[value=offline]")
    await page.frame_locator("#frame").locator("button").click()
    await page.frame_locator("#frame").locator("#said:has-text('没有成功')").wait_for()
    await page.click("#events button")
    await page.wait_for_selector("#log li:has-text('consent.withdrawn')")
    assert await page.locator("#log li.bad").count() == 1
    await looking.keep(page, "simulator-called")

    assert await page.frames[1].evaluate(KEEPS) == [{"rent": 3000}, "STORED_VALUE_CHANGED", ["draft"], None]
    await page.click("#withdraw")
    await page.wait_for_selector("#sheet:not([hidden])")


async def test_it_fits_a_phone_and_everybody_can_use_it(simulator, browser):
    page = await opened(browser, simulator, width=390)
    await page.wait_for_selector("#sheet:not([hidden])")
    await looking.keep(page, "simulator-phone")

    assert await page.evaluate(SIDEWAYS) <= 0
    assert await findings(page) == []
