"""The citizens' host in real Chromium: whole journeys, elder mode, a network that goes, loses and waits."""

import asyncio
import fcntl
import random
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import pytest
from playwright.async_api import BrowserContext, Page, Route, async_playwright

from api.cli.demo import papers
from api.cli.demo.platform import DemoPlatform
from identity.sandbox import BY_KEY, citizen
from tests.browser.looking import FLAGS, well
from tests.browser.test_pages import DESKTOP, PHONE, opened

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PERMIT = "330700101000"
FIRST_LOAD = 200_000  # bytes, with everything
ROUND_TRIP_MS = 300
ADDRESS = "西湖区文三路 1 号 2 幢 301 室"


async def sign_in(page: Page, persona: str | int) -> None:
    """Fill in the form of signing in, which is shown; a number draws somebody whom no other test needs."""
    who = BY_KEY[persona] if isinstance(persona, str) else citizen(persona)
    await page.fill("[name=id_number]", who.number)
    await page.fill("[name=name]", who.name)
    await page.click("main button[type=submit]")


async def begin(page: Page, persona: str | int) -> None:
    """Begin the application for a residence permit, as somebody who is not signed in yet."""
    await page.goto(f"/apply/{PERMIT}")
    await sign_in(page, persona)
    await page.check("[name=q-ground][value=稳定住所]")
    await page.check("[name=q-housing][value=租赁]")
    await page.click("text=下一步：填表")
    await page.wait_for_url("**/form")


async def fill(page: Page) -> None:
    await page.fill("[name=f-phone]", "13800001234")
    await page.fill("[name=f-address]", ADDRESS)
    await page.fill("[name=f-since]", "2026-03-01")


async def upload(page: Page, folder: Path) -> None:
    draw = random.Random(7)
    for paper in (papers.lease(draw), papers.photo(draw)):
        place = page.locator(f"[data-kind={paper.kind}]")
        file = folder / f"{paper.kind}.{paper.media_type.split('/')[1]}"
        file.write_bytes(paper.content)
        await place.locator("input[type=file]").set_input_files(file)
        await page.wait_for_selector(f"[data-kind={paper.kind}][data-done]", timeout=60_000)


@pytest.mark.parametrize(
    ("viewport", "persona", "elder"),
    [(PHONE, 101, False), (DESKTOP, 102, False), (PHONE, 103, True)],
    ids=["phone", "desktop", "elder"],
)
async def test_a_whole_journey_from_home_to_receipt(browser, platform, viewport, persona, elder, tmp_path):
    page = await opened(browser, platform, viewport)
    await page.goto("/?ui_style=elder" if elder else "/")
    assert await page.locator("header .switch").is_visible(), "the elder mode is entered from home"
    await well(page, "home-visitor", elder=elder)
    await page.fill("[name=q]", "qzxwvk")
    await page.press("[name=q]", "Enter")
    await page.wait_for_selector("text=没有找到")
    await well(page, "find-none", elder=elder)
    await page.fill("[name=q]", "居住证")
    await page.click("text=搜索 >> nth=-1")
    await page.click("text=居住证申领")
    await well(page, "guide", elder=elder)
    await page.check("[name=q-ground][value=稳定就业]")
    await page.click("text=看我要交的材料")
    assert "劳动合同" in await page.inner_text("main")
    await begin(page, persona)
    await well(page, "form", elder=elder)
    await page.click("text=下一步：材料")
    await page.wait_for_selector("[role=alert]")
    await well(page, "form-wrong", elder=elder)
    await fill(page)
    await page.click("text=下一步：材料")
    await page.wait_for_url("**/materials")
    await well(page, "materials", elder=elder)
    await upload(page, tmp_path)
    await page.click("text=下一步：确认")
    await page.wait_for_url("**/review")
    await well(page, "review", elder=elder)
    await page.click("text=提交申请")
    await page.wait_for_url("**?done=submitted")
    assert "办件编号" in await page.inner_text("main")
    await well(page, "receipt", elder=elder)
    for path in ("/", "/cases", "/wallet", "/wallet/certificates", "/inbox", f"/apply/{PERMIT}", "/offline"):
        await page.goto(path)
        await well(page, f"own{path.replace('/', '-')}", elder=elder)


@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
async def test_a_mini_app_opens_in_a_frame_of_its_own_origin_after_a_word_of_its_citizen(
    browser, platform, elder
):
    page, refused = await opened(browser, platform), []
    page.on(
        "console", lambda line: refused.append(line.text) if "Content Security Policy" in line.text else None
    )
    await page.goto("/sign-in?next=/" + ("&ui_style=elder" if elder else ""))
    await sign_in(page, "sun_li" if elder else "zheng_qiang")
    await page.click("text=办事指南")
    await page.wait_for_selector("h1:has-text('办事指南')")
    if await page.locator("text=同意并打开").count():
        await well(page, "app-terms", elder=elder)
        await page.click("text=同意并打开")
    frame = page.frame_locator(".host iframe")
    await frame.locator("h1").first.wait_for()
    inside = page.frames[1]
    await well(page, "app", elder=elder)

    assert not inside.url.startswith(platform.url)
    assert await inside.evaluate("document.cookie") == ""
    assert refused == []


async def test_the_first_load_is_small_and_from_our_own_origin(browser, platform):
    page, urls, sizes = await opened(browser, platform), [], []
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Network.enable")
    devtools.on("Network.requestWillBeSent", lambda event: urls.append(event["request"]["url"]))
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await page.goto("/", wait_until="networkidle")

    print(f"\nfirst load: {sum(sizes):,} bytes in {len(sizes)} answers")
    assert 0 < sum(sizes) < FIRST_LOAD, sizes
    assert [url for url in urls if not url.startswith((platform.url, "data:"))] == []


async def test_a_keyboard_alone_reaches_the_search_and_the_places(browser, platform):
    page = await opened(browser, platform, DESKTOP)
    await page.goto("/")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "跳到正文"
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.name") == "q"
    await page.keyboard.type("社会保障卡")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("h1:has-text('社会保障卡')")
    assert await page.locator(".entry").count() > 0


async def test_nothing_typed_is_lost_by_a_dead_network_a_reload_and_a_restart(platform):
    async with async_playwright() as playwright:
        with TemporaryDirectory(dir="/tmp") as folder:
            first = await at_a_device(playwright, platform, folder)
            page = first.pages[0]
            await begin(page, 104)
            await page.wait_for_selector("form[data-ready]")
            form = page.url
            await page.evaluate("navigator.serviceWorker.ready.then(() => true)")  # what stands in offline
            await first.set_offline(True)
            await fill(page)
            await page.wait_for_selector("form[data-kept-at]")
            await page.click("text=下一步：材料")
            await page.wait_for_selector("text=没有网络。您填的内容已经保存")
            await page.reload()
            await page.wait_for_selector("text=现在没有网络")
            await on_disk(page, folder)
            await first.close()
            await let_go(folder)

            second = await at_a_device(playwright, platform, folder)
            page = second.pages[0]
            kept = await stored(page, platform)
            assert "banshi:typed" in kept, "the browser itself has lost it"
            await page.goto(form)
            await sign_in(page, 104)
            await page.wait_for_url(form)
            await page.wait_for_selector("form[data-ready]")
            assert await page.input_value("[name=f-address]") == ADDRESS
            assert ADDRESS not in kept and "13800001234" not in kept, "what lies on the device is sealed"
            await second.set_offline(True)
            await page.click("text=下一步：材料")
            await page.wait_for_selector("text=没有网络。您填的内容已经保存")
            await second.set_offline(False)
            await page.wait_for_url("**/materials")
            await page.goto("/sign-out")
            await page.click("main button[type=submit]")
            assert "banshi:typed" not in await stored(page, platform), "signing out wipes it"
            await second.close()


async def at_a_device(playwright, platform: DemoPlatform, folder: str) -> BrowserContext:
    """Return Chromium as it starts over what it kept before."""
    context = await playwright.chromium.launch_persistent_context(
        folder, executable_path=shutil.which("chromium"), args=FLAGS, base_url=platform.url, viewport=PHONE
    )
    context.set_default_timeout(20_000)
    return context


async def on_disk(page: Page, folder: str) -> None:
    """Wait until Chromium has written what was typed last: it does so seconds later, in pieces."""
    kept = await page.evaluate("({...localStorage})")
    texts = [text.encode() for name, text in kept.items() if name.startswith("banshi:typed")]
    assert texts, "nothing is kept at all"
    async with asyncio.timeout(60):
        while True:
            written = b"".join(file.read_bytes() for file in Path(folder).rglob("leveldb/*.log"))
            if all(
                text[:80] in written or text[-80:] in written for text in texts
            ):  # its log cuts into blocks
                return
            await asyncio.sleep(0.2)


async def let_go(folder: str) -> None:
    """Wait until no process of Chromium holds what it keeps: another that finds it locked begins anew."""
    async with asyncio.timeout(30):
        for lock in Path(folder).rglob("LOCK"):
            with lock.open("r+b") as file:
                while not _free(file):
                    await asyncio.sleep(0.1)


def _free(file: IO[bytes]) -> bool:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


async def stored(page: Page, platform: DemoPlatform) -> str:
    """Return all that our origin keeps on the device."""
    await page.goto("/start")
    found: str = await page.evaluate("JSON.stringify({...localStorage})")
    return found


async def test_a_slow_and_lossy_line_does_each_thing_once(browser, platform):
    context = await browser.new_context(base_url=platform.url, viewport=PHONE, service_workers="block")
    context.set_default_timeout(30_000)
    page, lost = await context.new_page(), []

    async def lossy(route: Route) -> None:
        await asyncio.sleep(ROUND_TRIP_MS / 1000)
        if route.request.method != "POST" or len(lost) >= 3 or "/sign-in" in route.request.url:
            await route.continue_()
            return
        lost.append(route.request.url)
        if len(lost) != 2:  # it arrives, and the answer is lost
            await route.fetch()
        await route.abort("connectionreset")

    await page.route("**/*", lossy)
    await begin(page, 105)
    await page.goto("/cases")

    assert len(lost) == 3
    assert await page.locator(".entry").count() == 1, "one draft, however often its form was sent"
