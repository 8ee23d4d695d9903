"""A page written for 浙里办 alone at the simulator, in real Chromium: the old example, without a platform."""

import shutil
from pathlib import Path

import pytest
from playwright.async_api import Frame, Page

from tests.browser import looking
from tests.browser.looking import findings
from tests.browser.strangers import EXAMPLES, LEFT
from tests.old_client import build
from tests.simulating import simulated

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

OLD, YOUNG = "he", "lin"  # of the simulator's citizens: who has a pass, and who is too young


@pytest.fixture
async def simulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "bus-pass"
    shutil.copytree(EXAMPLES / "bus-pass", folder, ignore=LEFT)
    build(folder)
    monkeypatch.setenv("BUS_PASS_FILE", str(folder / "passes.sqlite"))
    async with simulated(folder) as made:
        yield made


@pytest.fixture
async def page(browser, simulator) -> Page:
    made = await browser.new_page(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    made.set_default_timeout(15_000)
    await made.goto(simulator.url)
    await made.check(f"input[value={OLD}]")
    await made.click("#agree")
    return made


async def asked(page: Page, answer: str) -> None:
    """Answer what is asked at the sheet."""
    await page.locator(f"#asking:not([hidden]) button >> text=/^{answer}$/").click()


async def at_the_card(page: Page) -> Frame:
    """Let who sits there sign in, and return the page with the card."""
    await page.wait_for_selector("#asking:not([hidden]) >> text=证件类型和号码")
    await asked(page, "同意")
    frame = page.frames[1]
    await frame.wait_for_selector("#card:not([hidden])")
    return frame


async def logged(page: Page, what: str) -> int:
    await page.wait_for_selector(f"#log li:has-text('{what}')")
    return await page.locator(f"#log li:has-text('{what}')").count()


async def test_it_signs_in_calls_asks_and_logs(page):
    frame = await at_the_card(page)
    assert await frame.inner_text("#kind") == "免费乘车卡"
    assert await frame.inner_text("#name") == "*长庚"
    assert await findings(page) == []
    await looking.keep(page, "simulator-old")

    await frame.click("#review")
    await asked(page, "确认")
    await page.wait_for_selector(".toast:has-text('审验已完成')")
    assert not await frame.locator("#review").is_visible()
    assert await logged(page, "page_view") == 1
    assert await logged(page, "login") == 1

    await page.check("input[value=elder]")
    await frame.click("#policy")
    await page.wait_for_selector("#title:has-text('优待政策')")


async def test_a_no_and_a_lost_network_are_told_and_can_be_mended(page):
    await asked(page, "取消")
    frame = page.frames[1]
    await frame.wait_for_selector("#problem:has-text('您没有同意提供身份信息')")

    await page.check("input[value=offline]")
    await frame.click("text=重新登录")
    await asked(page, "同意")
    await frame.wait_for_selector("#problem:not(:has-text('您没有同意')):not(:empty)")
    await page.check("input[value=fast]")
    await frame.click("text=重新登录")
    await frame.wait_for_selector("#card:not([hidden])")


async def test_who_comes_next_is_another_and_a_pass_is_for_the_old(page):
    await at_the_card(page)

    await page.check(f"input[value={YOUNG}]")
    await page.click("#agree")
    await page.wait_for_selector("#asking:not([hidden])")
    await asked(page, "同意")
    frame = page.frames[1]
    await frame.wait_for_selector("#said:has-text('您还没有满 60 周岁')")
    assert not await frame.locator("#card").is_visible()
    await page.click("#withdraw")
    await page.wait_for_selector("#sheet:not([hidden])")
