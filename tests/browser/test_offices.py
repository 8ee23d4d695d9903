"""Pages of work in real Chromium: small and large screens, by keyboard, looked at by axe."""

from pathlib import Path

import pytest
from playwright.async_api import Page

from banshi import package
from tests.browser.looking import DESKTOP, PHONE, well
from tests.browser.staff import FOUNDER, TEAMS, in_a_team
from tests.browser.test_pages import opened, sign_in
from tests.miniapps.catalog.packed import PEM, a_package

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_a_team_is_founded_and_entered(browser, platform, viewport):
    page = await opened(browser, platform, viewport)
    await sign_in(page, TEAMS, FOUNDER)
    await well(page, "teams-none")

    await page.fill("[name=name]", "星河小组")
    await page.click("text=创建 >> nth=-1")
    assert "团队已创建" in await page.inner_text("[role=status]")
    await well(page, "teams")
    await page.click("text=查看成员 >> nth=0")
    await well(page, "team")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_a_package_is_handed_in_and_taken_back(browser, platform, viewport, tmp_path):
    app_id = f"rent-{viewport['width']}"
    page = await in_a_team(browser, platform, viewport)
    await well(page, "apps-none")
    await page.click("nav >> text=签名密钥")
    await page.fill("[name=name]", "发布密钥")
    await page.fill("[name=publicKey]", package.public_of(PEM).hex())
    await page.click("main button >> text=登记")
    assert "密钥已登记" in await page.inner_text("[role=status]")
    await well(page, "keys")

    await page.click("nav >> text=上传安装包")
    await well(page, "upload")
    await send_file(page, tmp_path / "no.zip", b"PK no zip")
    assert "不是完好的 zip" in await page.inner_text("main")
    await well(page, "upload-refused")
    await send_file(page, tmp_path / "good.zip", a_package(id=app_id))
    assert "安装包已提交" in await page.inner_text("[role=status]")
    await well(page, "app")
    await page.click("a >> text=版本 1.0.0")
    await well(page, "version")
    await page.goto(f"{page.url}?ui_style=elder")
    await well(page, "version-elder", elder=True)

    await page.goto("/developer/keys?ui_style=normal")
    await page.click("text=吊销")
    await well(page, "key-revoke")
    await page.fill("[name=reason]", "私钥可能泄露")
    await page.click("text=确认吊销")
    assert "不再提供" in await page.inner_text("[role=status]")
    await page.goto("/developer?q=rent")
    await well(page, "apps")


async def send_file(page: Page, path: Path, data: bytes) -> None:
    """Choose a file in the form for packages, and send it."""
    path.write_bytes(data)
    await page.set_input_files("[name=package]", path)
    await page.click("text=上传并提交审核")
