"""The example that was written for 浙里办, in our host beside a new one: ticket, mgop, bridge and log."""

import json
import shutil
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Frame, Page, async_playwright

from api.cli.demo.platform import DemoPlatform
from tests.browser import looking
from tests.browser.looking import faults, findings
from tests.browser.strangers import Stranger
from tests.browser.test_citizens import sign_in
from tests.browser.test_mini_app_page import FLAGS
from tests.browser.test_pages import DESKTOP, PHONE, opened

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

WIRE = [
    "wires", "enable", "bus-pass", "--wire", "unified", "--service-code", "bus-pass", "--name", "优待乘车",
    "--operator", "浙江省交通运输厅",
]  # fmt: skip


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    folder = tmp_path_factory.mktemp("platform")
    made = DemoPlatform(folder / "data", hear=lambda line: None, host="localhost")
    made.wait()
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def published(platform, tmp_path_factory):
    stranger = Stranger(platform, tmp_path_factory.mktemp("stranger"))
    try:
        stranger.join()
        stranger.publish("bus-pass")
        subprocess.run(
            [sys.executable, "-m", "api.cli", *WIRE], env=platform.env, capture_output=True, check=True
        )
        yield stranger
    finally:
        stranger.leave()


@pytest.fixture
async def browser():
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield made
        await made.close()


async def entered(page: Page, app: str) -> Frame:
    """Open a mini-app of the host's, agreeing to what it asks for, and return its frame."""
    await page.goto(f"/apps/{app}")
    if await page.locator("text=同意并打开").count():
        await page.click("text=同意并打开")
    await page.frame_locator(".host iframe").locator("h1").first.wait_for()
    return page.frames[1]


async def well(page: Page, name: str, *, elder: bool = False) -> None:
    """Look at the host and at the page inside it."""
    width = page.viewport_size["width"]
    await page.screenshot(path=looking.pictures / f"old-{name}-{width}.png", full_page=True)
    assert await findings(page) == []
    assert await faults(page, elder=elder) == {}
    inside = await faults(page.frames[1], elder=elder)  # type: ignore[arg-type]
    inside.pop("switch")  # the host has it
    assert inside == {}


async def asked_first(page: Page, frame: Frame) -> None:
    """Read what the old wire tells, say no, and then yes."""
    sheet = page.locator("dialog.sheet")
    await sheet.locator("text=证件类型和号码").wait_for()
    await page.screenshot(path=looking.pictures / "old-question-390.png")
    assert await findings(page) == []
    await sheet.locator("button >> text=/^不同意$/").click()
    await frame.wait_for_selector("text=您没有同意提供身份信息")
    await frame.click("text=重新登录")
    await sheet.locator("button >> text=/^同意$/").click()


async def at_the_card(page: Page, frame: Frame, *, elder: bool) -> None:
    await frame.wait_for_selector("#card:not([hidden])")
    assert await frame.inner_text("#kind") == "免费乘车卡"
    assert await frame.inner_text("#name") == "*桂英"
    assert await frame.evaluate("document.documentElement.className") == ("elder" if elder else "normal")
    assert await page.inner_text("h1") == "优待乘车"
    await well(page, "card-elder" if elder else "card", elder=elder)


async def at_the_policy(page: Page, frame: Frame, *, elder: bool) -> None:
    await frame.click("#policy")
    await page.wait_for_selector("h1:has-text('优待政策')")
    await page.frames[1].wait_for_selector("h1:has-text('优待政策')")
    await well(page, "policy-elder" if elder else "policy", elder=elder)


async def test_an_old_page_signs_in_calls_asks_and_logs(platform, published, browser):
    for viewport, elder in ((PHONE, False), (DESKTOP, False), (PHONE, True)):
        page = await opened(browser, platform, viewport)
        sent: list[tuple[str, str]] = []
        page.on(
            "request", lambda each, sent=sent: sent.append((urlsplit(each.url).path, each.post_data or ""))
        )
        await page.goto("/sign-in?next=/" + ("&ui_style=elder" if elder else ""))
        await sign_in(page, "zhou_guiying")
        frame = await entered(page, "bus-pass")
        is_first = viewport == PHONE and not elder
        if is_first:
            await asked_first(page, frame)
        await at_the_card(page, frame, elder=elder)
        assert await frame.locator("#review").is_visible() == is_first, "reviewed once"
        if is_first:
            await frame.click("#review")
            await page.locator("dialog.sheet button >> text=/^确认$/").click()
            await page.wait_for_selector(".toast:has-text('审验已完成')")
            assert not await frame.locator("#review").is_visible()
        await at_the_policy(page, frame, elder=elder)

        paths = [path for path, _ in sent]
        assert paths.index("/h5/enter") < paths.index("/h5/mgop")
        assert paths.count("/h5/enter") == 2, "one for each page"
        views = [body for path, body in sent if path == "/beacon" and json.loads(body)["what"] == "page_view"]
        assert len(views) == 2
        assert not any(path.startswith("/gw/") for path in paths), "by the old wire alone"
        await page.context.close()
