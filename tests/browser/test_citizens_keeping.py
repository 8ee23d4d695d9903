"""What is typed and where it is kept, in real Chromium: a full device, damaged entries, a deleted draft."""

import pytest
from playwright.async_api import Page

from tests.browser.test_citizens import (
    ADDRESS,
    begin,
    fill,
    sign_in,
    well,
)
from tests.browser.test_pages import DESKTOP, PHONE, opened

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

FULL = """() => {
  let piece = "x".repeat(1 << 20);
  for (let i = 0; piece; i += 1) {
    try { localStorage.setItem(`full ${i}`, piece); } catch { piece = piece.slice(piece.length >> 1 || 1); }
  }
}"""
ROOM = """() => {
  for (const name of Object.keys(localStorage)) if (name.startsWith("full")) localStorage.removeItem(name);
}"""
PROMISE = "text=填的内容会自动保存在这台设备上"


async def typing(page: Page, persona: str | int) -> str:
    """Begin an application; return the address of its form, when its script is there."""
    await begin(page, persona)
    await page.wait_for_selector("form[data-ready]")
    return page.url


async def kept(page: Page) -> list[str]:
    """Return the names of what our origin keeps of what was typed."""
    names: list[str] = await page.evaluate(
        "Object.keys(localStorage).filter(each => each.includes(':typed:'))"
    )
    return names


@pytest.mark.parametrize(("viewport", "persona"), [(PHONE, "wang_fang"), (DESKTOP, "li_wei")])
async def test_a_full_device_is_told_of(browser, platform, viewport, persona):
    page = await opened(browser, platform, viewport)
    form = await typing(page, persona)
    assert await page.locator(PROMISE).is_visible()
    await page.evaluate(FULL)
    await fill(page)
    await page.wait_for_selector(".unkept")
    assert await page.locator(PROMISE).is_hidden()
    assert await page.locator(".unkept").count() == 1
    assert await page.locator("form[data-kept-at]").count() == 0
    await well(page, "form-unkept")
    await page.context.set_offline(True)
    await page.click("text=下一步：材料")
    await page.wait_for_selector("text=没有网络。请不要关闭这个页面，联网后会自动重试。")
    assert "已经保存在这台设备上" not in await page.inner_text("main")

    await page.context.set_offline(False)
    await page.wait_for_url("**/materials")
    await page.goto(form)
    assert await page.input_value("[name=f-address]") == ADDRESS, "it has arrived all the same"
    await page.evaluate(ROOM)
    await page.fill("[name=f-address]", "文三路 2 号")
    await page.wait_for_selector("form[data-kept-at]")
    assert await page.locator(".unkept").count() == 0
    assert await page.locator(PROMISE).is_visible()
    assert len(await kept(page)) == 1


async def test_a_device_that_fills_up_and_empties_again_is_told_of_as_long_as_it_lasts(browser, platform):
    page = await opened(browser, platform)
    await typing(page, "sun_li")
    await page.fill("[name=f-phone]", "13800001234")
    await page.wait_for_selector("form[data-kept-at]")
    await page.evaluate(FULL)
    await page.fill("[name=f-address]", ADDRESS * 4)
    await page.wait_for_selector(".unkept")
    assert await page.locator("form[data-kept-at]").count() == 0, "what is kept is not what stands here"
    await page.evaluate(ROOM)
    await page.fill("[name=f-address]", ADDRESS)
    await page.wait_for_selector("form[data-kept-at]")
    assert await page.locator(".unkept").count() == 0


async def test_damaged_entries_are_swept_and_stop_nothing(browser, platform):
    page = await opened(browser, platform)
    form = await typing(page, "zheng_qiang")
    await page.fill("[name=f-address]", ADDRESS)
    await page.wait_for_selector("form[data-kept-at]")
    [own] = await kept(page)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    for text in ("{broken", "null", "7", "", '{"at":"soon"}'):
        await page.evaluate("([own, text]) => localStorage.setItem(`${own}x`, text)", [own, text])
        await page.goto(form)
        await page.wait_for_selector("text=已恢复您在这台设备上填过")
        assert await page.input_value("[name=f-address]") == ADDRESS
        assert await kept(page) == [own]
    await page.evaluate("([own]) => localStorage.setItem(own, '{broken')", [own])
    await page.goto(form)
    await page.wait_for_selector("form[data-ready]")
    await page.fill("[name=f-address]", ADDRESS)
    await page.wait_for_selector("form[data-kept-at]")
    assert faults == []


@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
async def test_a_draft_is_deleted_after_a_question_with_what_was_typed_for_it(browser, platform, elder):
    page = await opened(browser, platform)
    if elder:
        await page.goto("/?ui_style=elder")
    form = await typing(page, "shen_yun" if elder else "tang_hua")
    await fill(page)
    await page.wait_for_selector("form[data-kept-at]")
    assert len(await kept(page)) == 1
    await page.click("summary >> text=删除草稿")
    assert await page.locator("text=确定删除这份草稿吗").is_visible()
    await well(page, "form-discard", elder=elder)
    await page.click("text=确定删除 >> nth=-1")
    await page.wait_for_url("**/cases?done=discarded")
    assert "草稿已删除" in await page.inner_text("main")
    assert await kept(page) == []
    await page.goto(form)
    assert "没有找到这份办件" in await page.inner_text("main")
    await page.click("text=看我的办件")
    await page.wait_for_selector("text=还没有办件")


async def test_what_one_left_on_a_device_is_gone_when_another_comes(browser, platform):
    page = await opened(browser, platform)
    await typing(page, "wu_gang")
    await page.fill("[name=f-address]", ADDRESS)
    await page.wait_for_selector("form[data-kept-at]")
    await page.context.clear_cookies()
    await page.goto("/sign-in?next=/cases")
    await sign_in(page, "zhou_guiying")
    await page.wait_for_selector("h1:has-text('我的办件')")
    await page.wait_for_timeout(200)

    assert await kept(page) == []
