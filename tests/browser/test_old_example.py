"""The example that was written for 浙里办, in our host beside a new one: ticket, mgop, bridge and log."""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Frame, Page

from api.cli.demo.platform import DemoPlatform
from banshi.mgop import Sent
from identity.sandbox import BY_KEY
from identity.sandbox import _citizens as citizens
from tests.browser import looking
from tests.browser.looking import DESKTOP, PHONE, faults, findings
from tests.browser.test_citizens import sign_in
from tests.browser.test_pages import opened
from tests.browser.wire import Wire, counted, settled

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

WIRE = [
    "wires", "enable", "bus-pass", "--wire", "unified", "--service-code", "bus-pass", "--name", "优待乘车",
    "--operator", "浙江省交通运输厅",
]  # fmt: skip


CALL = """([name, data]) => new Promise(settle => mgop({
  api: `mgop.transport.buspass.${name}`, host: location.origin, dataType: "JSON", type: "POST", data,
  onSuccess: told => settle(told.data), onFail: told => settle(String([told.ret].flat()[0]).split("::")[0]),
}))"""
"""One call by the client of the old gateway: its data, or what stands before the words of a refusal."""
KEPT = "ZWJSBridge.getLocalStorage({ key: 'draft' }).then(told => told.draft || '')"
KEEP = f"ZWJSBridge.setLocalStorage({{ key: 'draft', value: '前一位的' }}).then(() => {KEPT})"
LOG = """() => {
  zwlog.record("look", "CLK", { name: "王芳" });
  aplus_queue.push({ action: "aplus.record", arguments: ["look", "CLK", { uid: "u-77" }] });
  return ZWJSBridge.monitorTrace({ monitorType: "click" });
}"""
THREE = 3  # of LOG


@pytest.fixture(scope="module")
def published(platform, stranger):
    for name in ("bus-pass", "newborn"):
        stranger.publish(name)
    command = [sys.executable, "-m", "api.cli", *WIRE]
    subprocess.run(command, env=platform.env, capture_output=True, check=True)
    return stranger


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
    await looking.keep(page, f"old-{name}-{width}")
    assert await findings(page) == []
    assert await faults(page, elder=elder) == {}
    inside = await faults(page.frames[1], elder=elder)  # type: ignore[arg-type]
    inside.pop("switch")  # the host has it
    assert inside == {}


async def asked_first(page: Page, frame: Frame) -> None:
    """Read what the old wire tells, say no, and then yes."""
    sheet = page.locator("dialog.sheet")
    await sheet.locator("text=证件类型和号码").wait_for()
    await looking.keep(page, "old-question-390")
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


OLD_ENOUGH = citizens.number("3301", date(1951, 2, 3), 600)  # for a pass, and in no other test
WHO = BY_KEY["wang_fang"]


async def signed_in(page: Page, number: str, name: str) -> tuple[Frame, Wire]:
    """Sign in, and open the old example up to its card."""
    await page.goto("/sign-in?next=/")
    await page.fill("[name=id_number]", number)
    await page.fill("[name=name]", name)
    await page.click("main button[type=submit]")
    wire = Wire(page)
    frame = await entered(page, "bus-pass")
    yes = page.locator("dialog.sheet button >> text=/^同意$/")
    async with asyncio.timeout(60):
        while not await frame.locator("#card, #said:has-text('60 周岁')").filter(visible=True).count():
            if await yes.is_visible():
                await yes.click()
            await asyncio.sleep(0.1)
    return frame, wire


async def signed_out(page: Page) -> None:
    await page.goto("/sign-out")
    await page.click("main button[type=submit]")
    await page.wait_for_selector("text=已退出登录")


def jar(cookies: list[Any]) -> dict[str, str]:
    """Return the cookies of the old page's origin by name, without what a browser asks of a name."""
    return {
        each["name"].removeprefix("__Host-"): each["value"]
        for each in cookies
        if each["domain"].startswith("bus-pass.")
    }


class Left(NamedTuple):
    """What a page held of the citizen who was at it, and where."""

    cookies: dict[str, str]
    token: str  # of the bridge
    key: str  # of the back end's session
    serial: str
    origin: str


async def left_by(page: Page, frame: Frame, wire: Wire) -> Left:
    split = urlsplit(frame.url)
    return Left(
        cookies=jar(await page.context.cookies()), token=wire.bodies("/h5/enter")[-1]["token"],
        key=wire.bodies("/h5/mgop")[-1]["key"], serial=await frame.inner_text("#serial"),
        origin=f"{split.scheme}://{split.netloc}",
    )  # fmt: skip


async def replayed(url: str, left: Left) -> int:
    """Call from elsewhere, by all that the browser held of somebody, as the old client signs."""
    sent = Sent("", "mgop.transport.buspass.card", str(int(time.time() * 1000)), "null", "")
    query = {"ak": sent.ak, "api": sent.api, "ts": sent.ts, "data": sent.data,
             "sign": sent.sign(left.cookies["_mgw_tk"].partition("_")[0])}  # fmt: skip
    kept = "; ".join(f"{name}={value}" for name, value in left.cookies.items())
    headers = {"host": urlsplit(left.origin).netloc, "origin": left.origin, "cookie": kept}
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        answer = await http.post("/h5/mgop", params=query, json={"key": left.key}, headers=headers)
    return int(answer.json()["rs"])


async def nothing_comes_of(left: Left, platform: DemoPlatform, frame: Frame) -> None:
    """Try all that was held of one citizen, from elsewhere and out of the page of the next."""
    assert await frame.evaluate(CALL, ["card", {"key": left.key}]) == "SIGN_IN_AGAIN"
    assert await replayed(platform.url, left) == 9003
    async with httpx.AsyncClient(base_url=platform.url, trust_env=False) as http:
        right = {"authorization": f"Bearer {left.token}"}
        refused = await http.post("/gw/bus-pass/card", json={"key": left.key}, headers=right)
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (401, "NOT_SIGNED_IN")


async def test_who_signs_in_after_another_at_the_same_browser_is_another(platform, published, browser):
    first = await opened(browser, platform)
    frame, wire = await signed_in(first, OLD_ENOUGH, citizens.name_of(OLD_ENOUGH))
    left = await left_by(first, frame, wire)
    assert await frame.evaluate(KEEP) == "前一位的"
    assert (await frame.evaluate(CALL, ["card", {"key": left.key}]))["serial"] == left.serial
    assert await replayed(platform.url, left) == 1000, "as good as her page, while she is there"

    second = await first.context.new_page()
    await signed_out(second)
    assert await frame.evaluate(CALL, ["card", {"key": left.key}]) == "9003", "her page in the other tab"
    assert await replayed(platform.url, left) == 9003
    frame_b, wire_b = await signed_in(second, WHO.number, WHO.name)
    key_b = wire_b.bodies("/h5/mgop")[-1]["key"]

    await wire_b.settled(1000)
    assert wire_b.rs[0] == 9001, "signed with what the first one's page had left: once more, by the client"
    assert set(wire_b.rs[1:]) == {1000}
    assert await frame_b.text_content("#name") == "*芳"
    assert left.serial not in await frame_b.content()
    assert await frame_b.evaluate(KEPT) == ""
    assert await frame_b.evaluate("Object.values(localStorage).join()") == ""
    now = jar(await second.context.cookies())
    assert now.keys() == left.cookies.keys() and not set(now.values()) & set(left.cookies.values())
    await nothing_comes_of(left, platform, frame_b)

    said = len(wire.bodies("/h5/mgop"))
    await frame.evaluate("document.getElementById('again').click()")  # in the first one's tab, once more
    await frame.wait_for_selector("#problem:not([hidden])")
    assert len(wire.bodies("/h5/mgop")) == said, "no ticket of the second one for the first one's page"
    assert (await frame_b.evaluate(CALL, ["card", {"key": key_b}]))["kind"] == "none"
    await first.context.close()


async def test_old_and_new_stand_side_by_side_and_what_is_logged_is_counted(platform, published, browser):
    before = await settled(platform, "bus-pass")
    page = await opened(browser, platform)
    frame, wire = await signed_in(page, WHO.number, WHO.name)
    beside = await page.context.new_page()
    called: list[str] = []
    beside.on("request", lambda each: called.append(urlsplit(each.url).path))
    newborn = await entered(beside, "newborn")
    await newborn.wait_for_selector("#papers li.ok, #papers li.todo")

    assert any(path.startswith("/gw/newborn/") for path in called)
    assert not any(path.startswith("/h5/") for path in called), "by the new wire alone"
    assert await newborn.evaluate("document.cookie") == ""
    assert (
        await newborn.evaluate(
            "import('./bridge.js').then(({ connect }) => connect()).then(({ app }) => app)"
        )
        == "newborn"
    )
    await frame.evaluate(LOG)
    await at_the_policy(page, frame, elder=False)
    await page.wait_for_timeout(300)

    logged = wire.bodies("/beacon")
    assert {tuple(sorted(each)) for each in logged} == {("token", "what")}, "nothing of whom"
    views = sum(each["what"] == "page_view" for each in logged)
    assert (views, len(logged) - views) == (2, THREE)
    after = await counted(platform, "bus-pass", before.total() + len(logged))
    assert after - before == Counter(pageViews=views, pageEvents=THREE)
    await page.context.close()
