"""The third party's page in real Chromium, on a phone's and on a desktop's screen."""

import random
from pathlib import Path

import pytest
from playwright.async_api import Page

from api.cli.demo import acts, documents
from api.cli.demo.acts import REGION, Stage
from api.cli.demo.command import AGENCIES, APP_FOLDER, publish
from api.cli.demo.narration import Narration
from api.cli.demo.people import Cast
from api.cli.demo.platform import MiniAppServer
from tests.browser import looking

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def app(platform):
    made = MiniAppServer(APP_FOLDER, platform.url, hear=lambda line: None)
    made.wait()
    yield made
    made.stop()


async def open_page(browser, citizen, *, width: int) -> Page:
    opened = await citizen.ask(documents.OPEN_MINI_APP, appId="rent-withdrawal", scopes=list(acts.APP_SCOPES))
    opening = opened["openMiniApp"]
    page = await browser.new_page(viewport={"width": width, "height": 900}, locale="zh-CN")
    page.set_default_timeout(15_000)
    await page.goto(f"{opening['entry']}#token={opening['token']}&region={REGION}")
    return page


async def test_citizen_applies_on_the_page_and_uploads_nothing(browser, platform, app, tmp_path: Path):
    tell = Narration()
    cast = Cast(platform.url, random.Random(5))
    await publish(cast, app, tmp_path, tell)
    clerks = {agency: await cast.staff(f"clerk_{agency}") for agency in AGENCIES}
    stage = Stage(cast, cast.draw, tell, clerks, await cast.staff("maintainer"), app.url)
    settled, _ = await acts.upload_apply_approve(stage, confirm=False, act="a")
    newcomer = await cast.citizen()

    await check_happy_way(await open_page(browser, settled, width=390))
    await check_missing_materials(await open_page(browser, newcomer, width=1280))
    await cast.leave()


async def check_happy_way(page: Page) -> None:
    await page.wait_for_selector("li.ok >> nth=2")
    assert await page.locator("li.todo").count() == 0
    assert "token" not in page.url, "the token stays out of the address bar and the history"
    await page.fill("[name=account]", "12345678901")
    await page.fill("[name=bank_card]", "6222021234567890123")
    await page.fill("[name=rent]", "2800")
    await page.fill("[name=phone]", "19999000001")
    await looking.keep(page, "mini-app-before")
    await page.click("#send")
    await page.wait_for_selector("#done:not([hidden])")
    assert len(await page.inner_text("#number")) == 21
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
        "nothing to scroll sideways"
    )
    await looking.keep(page, "mini-app-after")


async def check_missing_materials(page: Page) -> None:
    await page.wait_for_selector("li.todo")
    named = await page.inner_text("#materials")
    assert "居住证：还需要您提供" in named
    await page.fill("[name=account]", "12345678901")
    await page.fill("[name=bank_card]", "6222021234567890123")
    await page.fill("[name=rent]", "2800")
    await page.fill("[name=phone]", "19999000001")
    await page.click("#send")
    await page.wait_for_selector("[role=alert]:not([hidden])")
    assert "还有材料没有提供" in await page.inner_text("[role=alert]")
    assert await page.is_hidden("#done")
    await looking.keep(page, "mini-app-refused")
