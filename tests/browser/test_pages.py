"""Citizens at our pages in real Chromium: small and large screens, both manners, with scripts and without."""

import httpx
import pytest
from playwright.async_api import Browser, Page

from api.cli.demo.platform import DemoPlatform
from identity.sandbox import BY_KEY, Persona
from tests.browser import looking
from tests.browser.looking import DESKTOP, PHONE, faults, findings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

WHO = BY_KEY["chen_jing"]
SIGN_IN = "sign in"  # between what a visitor sees and what is one's own
OPEN = ["/sign-in", "/sign-in?method=sms", "/sign-in?method=passkey", "/sign-in?method=qr",
        "/sign-in?method=network_id", "/sign-out", "/qr/00000000-0000-0000-0000-000000000001"]  # fmt: skip
OWN = ["/account", "/account/sessions", "/account/accesses", "/account/passkeys", "/account/passkeys/add",
       "/account/network-identity", "/account/mandates", "/account/mandates/new", "/account/consents",
       "/sign-out", "/sign-in/context",       "/qr/00000000-0000-0000-0000-000000000001"]  # fmt: skip


async def opened(browser: Browser, platform: DemoPlatform, viewport=PHONE, *, scripts: bool = True) -> Page:
    context = await browser.new_context(
        base_url=platform.url, viewport=viewport, java_script_enabled=scripts, locale="zh-CN"
    )
    context.set_default_timeout(60_000)
    return await context.new_page()


async def sign_in(page: Page, next_: str = "/account", who: Persona = WHO) -> None:
    await page.goto(f"/sign-in?next={next_}")
    await page.fill("[name=id_number]", who.number)
    await page.fill("[name=name]", who.name)
    await page.click("main button[type=submit]")


@pytest.mark.parametrize(("viewport", "elder"), [(PHONE, True), (DESKTOP, False)], ids=["elder", "desktop"])
async def test_a_whole_visit_without_scripts(browser, platform, viewport, elder):
    page = await opened(browser, platform, viewport, scripts=False)
    await page.goto("/account/sessions")
    if elder:
        await page.click("text=长辈版")
    await page.fill("[name=id_number]", WHO.number[:-1])
    await page.fill("[name=name]", WHO.name)
    await page.click("main button[type=submit]")
    assert "证件号码应为 18 位" in await page.inner_text("#id_number-problem")
    assert await page.input_value("[name=name]") == WHO.name
    await page.fill("[name=id_number]", WHO.number)
    await page.click("main button[type=submit]")

    assert page.url.endswith("/account/sessions")
    assert await page.locator("html.elder").count() == int(elder), "the manner stays"
    await page.click("text=起名 >> nth=0")
    await page.fill("[name=name] >> visible=true", "办事大厅的机器")
    await page.click("text=保存 >> visible=true")
    assert "办事大厅的机器" in await page.inner_text("main")
    await page.goto("/account/accesses")
    assert "给设备命名" in await page.inner_text("main")
    await looking.keep(page, "accesses")
    await page.goto("/sign-out")
    await page.click("button[type=submit]")
    assert "已退出登录" in await page.inner_text("main")
    await page.goto("/account")
    assert "/sign-in" in page.url
    assert await faults(page, elder=elder) == {}


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("style", ["normal", "elder"])
async def test_every_page_can_be_used_by_everybody(browser, platform, viewport, style):
    page = await opened(browser, platform, viewport)
    broken = []
    page.on(
        "console", lambda line: broken.append(line.text) if "Content Security Policy" in line.text else None
    )
    wrong = {}
    for path in [*OPEN, SIGN_IN, *OWN]:
        if path == SIGN_IN:
            await sign_in(page)
            continue
        await page.goto(f"{path}{'&' if '?' in path else '?'}ui_style={style}")
        found = {"axe": await findings(page), **await faults(page, elder=style == "elder")}
        wrong |= {(path, name): value for name, value in found.items() if value}

    assert wrong == {}
    assert broken == []


async def test_a_passkey_is_added_used_renamed_and_removed(browser, platform):
    page = await opened(browser, platform)
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
               "hasUserVerification": True, "isUserVerified": True}  # fmt: skip
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    await sign_in(page, "/account/passkeys")
    await page.click("text=添加通行密钥")
    await page.fill("[name=name]", "我的手机")
    await page.click("text=在这台设备上添加")
    await page.wait_for_url("**/account/passkeys?done=passkey-added")
    await page.goto("/sign-out")
    await page.click("button[type=submit]")

    await page.goto("/sign-in?method=passkey&next=/account/passkeys")
    await page.click("text=用通行密钥登录")
    await page.wait_for_url(f"{platform.url}/account/passkeys")
    assert "最近使用：刚刚" in await page.inner_text("main")
    await page.click("text=修改")
    await page.fill("[name=name]", "旧手机")
    await page.click("text=保存名称")
    assert "旧手机" in await page.inner_text("main")
    await page.click("text=修改")
    await page.click("text=删除这个通行密钥")
    await page.wait_for_url("**/account/passkeys?done=passkey-removed")
    assert "还没有通行密钥" in await page.inner_text("main")


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "plain"])
async def test_a_phone_lets_a_screen_in(browser, platform, scripts):
    phone = await opened(browser, platform)
    await sign_in(phone)
    screen = await opened(browser, platform, DESKTOP, scripts=scripts)
    await screen.goto("/sign-in?method=qr&next=/account/sessions")
    [kept] = [each for each in await screen.context.cookies() if each["name"] == "banshi_qr"]
    await phone.goto(f"/qr/{kept['value'].split('.')[0]}")
    number = await screen.inner_text(".number")
    await phone.click(f"button[value='{number}']")
    assert "已同意" in await phone.inner_text("main")

    await screen.wait_for_url(f"{platform.url}/account/sessions")
    assert "扫码" in await screen.inner_text("main")


async def test_pages_bring_nothing_from_elsewhere(browser, platform):
    page, asked = await opened(browser, platform, DESKTOP), []
    page.on("request", lambda request: asked.append(request.url))
    await sign_in(page)
    await page.goto("/account/passkeys/add")

    assert {url for url in asked if not url.startswith((platform.url, "data:"))} == set()
    assert httpx.get(f"{platform.url}/sign-in", trust_env=False).headers["referrer-policy"] == "same-origin"
