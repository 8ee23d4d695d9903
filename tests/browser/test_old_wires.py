"""An old mini-app on another origin signs a citizen in, in real Chromium, as it did before."""

import json
import subprocess
import sys
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.browser import looking
from tests.browser.looking import faults, findings
from tests.browser.test_consent_page import application, fill_in  # noqa: F401 (fixtures)
from tests.browser.test_pages import DESKTOP, PHONE, opened

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

ENTRY = "/sso/mobile.do?action=oauth&scope=1&servicecode=rentapp&goto=home"


@pytest.fixture(scope="module")
def entry(platform, application) -> str:  # noqa: F811
    command = [sys.executable, "-m", "api.cli", "wires", "enable", "rent-app", "--wire", "ticket",
               "--service-code", "rentapp", "--name", "租房补贴", "--operator", "杭州市住房保障局",
               "--callback", application]  # fmt: skip
    told = subprocess.run(command, env=platform.env, capture_output=True, text=True, check=True)
    assert len(json.loads(told.stdout)["secret"]) == 32
    return ENTRY


@pytest.mark.parametrize(
    ("viewport", "scripts", "style"),
    [(PHONE, False, "elder"), (DESKTOP, True, "normal")],
    ids=["elder", "desktop"],
)
async def test_a_citizen_agrees_once_and_the_browser_gets_to_the_old_app(
    browser,
    platform,
    application,  # noqa: F811
    entry,
    viewport,
    scripts,
    style,
):
    page = await opened(browser, platform, viewport, scripts=scripts)
    await page.goto(f"{entry}&ui_style={style}")
    await fill_in(page)
    assert "/sso/mobile.do?" in page.url
    assert await faults(page, elder=style == "elder") == {}
    assert not scripts or await findings(page) == []
    await looking.keep(page, "wire-consent")
    await page.click("button[value=yes]")
    await page.wait_for_url(f"{application}?**")
    back = dict(parse_qsl(urlsplit(page.url).query))
    assert back["sp"] == "home"
    assert back["ticket"].endswith("-ticket")

    again = await opened(browser, platform, viewport, scripts=scripts)
    await again.goto(entry)
    await fill_in(again)
    await again.wait_for_url(f"{application}?**")  # from the form straight to the old app
    await page.goto(f"{platform.url}/account/consents")
    assert "证件类型和号码" in await page.inner_text("main")
    await page.click("text=撤回授权")
    assert "还没有同意任何应用" in await page.inner_text("main")
