"""What developers and operators do after a review, in real Chromium, on small and large screens."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page

from api.cli.environment import connected
from api.http.browser import SESSION
from banshi import package
from identity import accounts
from identity.roles import Role
from identity.sandbox import BY_KEY
from storage import clock
from tests.api.conftest import an_actor
from tests.browser.looking import PHONE, both
from tests.browser.staff import FOUNDER, at_work, done, in_a_team, made
from tests.browser.test_pages import opened, sign_in
from tests.miniapps.catalog.packed import PEM

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


async def test_a_developer_releases_looks_answers_and_changes_secrets(browser, platform):
    page = await in_a_team(browser, platform, PHONE)
    [session] = [each["value"] for each in await page.context.cookies() if each["name"] == SESSION]
    async with connected({"BANSHI_DATA": platform.env["BANSHI_DATA"]}):
        await made(await accounts.actor_of(session, now=await clock.now()), "rent-desk")

    await page.goto("/developer")
    await page.click("main >> text=租房提取")
    await risen(page)
    await figures(page)
    await answered(page)
    await secrets(page)


async def risen(page: Page) -> None:
    """Up by steps, with one slip, and back."""
    await page.click("nav >> text=发布")
    await both(page, "desk-release")
    await page.click("main >> text=团队成员")
    await page.click("text=确认发布")
    assert "已发布" in await done(page)
    await page.click("main >> text=一部分用户")
    await page.fill("#percent", "200")
    await page.click("text=确认发布")
    assert "1 至 100" in await page.inner_text("#percent-problem")
    await both(page, "desk-promote-problem")
    await page.fill("#percent", "20")
    await page.click("text=确认发布")
    await page.click("main >> text=一些地区的用户")
    await page.check("text=杭州市")
    await both(page, "desk-promote-regions")
    await page.click("text=确认发布")
    assert "20% 的用户" in await page.inner_text("main") and "杭州市" in await page.inner_text("main")
    await page.click("main >> text=所有用户 >> nth=-1")
    await page.click("text=确认发布")
    await page.click("[aria-label='回滚到版本 1.0.0']")
    await page.fill("#reason", "提交后白屏")
    await both(page, "desk-roll-back")
    await page.click("text=确认回滚")
    assert "已回滚" in await done(page)
    await both(page, "desk-rolled-back")


async def figures(page: Page) -> None:
    await page.click("nav >> text=使用情况")
    assert "正在发生" in await page.inner_text("main")
    assert await page.locator(".chart .over").count(), "the bad day stands out"
    await page.click("text=看每天的数字")
    await both(page, "desk-usage")
    await page.click("text=近 24 小时")
    assert await page.locator("[aria-current=true] >> text=近 24 小时").count()


async def answered(page: Page) -> None:
    await page.click("nav >> text=缺陷")
    await both(page, "desk-defects")
    await page.click("main >> text=提交以后白屏")
    await page.fill("#text", "谢谢，我们看一下。")
    await page.click("text=发出回复")
    assert "回复已发出" in await done(page)
    await page.select_option("#to", "fixing")
    await page.click("button >> text=更新状态")
    assert "缺陷的状态已更新" in await done(page)
    await page.select_option("#to", "fixed")
    await page.click("button >> text=更新状态")
    assert "请填写修复所在的版本" in await page.inner_text("#fixedIn-problem")
    await both(page, "desk-defect")


async def secrets(page: Page) -> None:
    await page.click("nav >> text=接口密钥")
    await page.click("[aria-label='沙箱：生成密钥']")
    assert "只显示这一次" in await page.inner_text("main")
    await both(page, "desk-credentials")
    await page.click("[aria-label='沙箱：更换接口密钥']")
    assert "旧的密钥" in await page.inner_text("main")
    await page.click("nav >> text=签名密钥")
    await page.fill("[name=name]", "发布密钥")
    await page.fill("[name=publicKey]", package.public_of(PEM).hex())
    await page.click("main button >> text=登记")
    await page.click("summary >> text=停用")
    await both(page, "desk-key-retire")
    await page.click("text=确认停用")
    assert "密钥已停用" in await done(page)


async def test_an_operator_releases_stops_and_lays_out(browser, platform):
    async with connected({"BANSHI_DATA": platform.env["BANSHI_DATA"]}):
        await made(an_actor(Role.DEVELOPER), "rent-office")
    page = await opened(browser, platform, PHONE)
    await at_work(page)
    await both(page, "desk-health")
    await page.goto("/operator/apps")
    own = await page.inner_text("li:has-text('service-guide')")
    assert "办事指南" in own and "已上架" in own, "our own comes with the program"
    await given(page)
    await halted(page)
    await laid_out(page)
    await judged(page)
    await sign_in(await opened(browser, platform), who=FOUNDER)  # who is to be appointed has been here before
    await appointed_and_dismissed(page)


async def given(page: Page) -> None:
    """To a share, to a region, to everybody, and back, each from the page of the mini-app."""
    for reach, name, value in (
        ("percent", "percent", "0"),
        ("percent", "percent", "20"),
        ("regions", "regions", "330100"),
    ):
        await page.goto("/operator/apps/rent-office")
        await page.check(f"[name=reach][value={reach}]")
        field = page.locator(f"#{name}")
        await (field.select_option(value) if name == "regions" else field.fill(value))
        await page.click("main button >> text=发布 >> nth=0")
        if value == "0":
            assert "1 至 100" in await page.inner_text("main")
            await both(page, "desk-operator-problem")
    await page.check("[name=reach][value=everyone]")
    await page.click("main button >> text=发布 >> nth=0")
    await page.click("main button")
    assert "发布范围已扩大" in await done(page)
    await page.fill("#reason", "提交后白屏")
    await page.click("text=回滚…")
    await both(page, "desk-operator-roll-back")
    await page.click("main button")
    assert "已回滚" in await done(page)
    await both(page, "desk-operator-app")


async def halted(page: Page) -> None:
    """One version off, with words for citizens, and on again."""
    await page.click("[aria-label='停用 1.1.0']")
    await page.fill("#reason", "误报")
    await page.fill("#notice", "正在检修，请先到窗口办理。")
    await page.click("main button >> text=停用")
    assert "给群众看的说明：正在检修" in await page.inner_text("main")
    await page.click("main button")
    await page.click("text=恢复…")
    await page.fill("#reason", "已经修好")
    await page.click("main button")
    assert "已恢复" in await done(page)
    await page.click("text=所有的，包括已恢复的")
    await both(page, "desk-switches")


async def laid_out(page: Page) -> None:
    """A slot with a schedule, an order, words that mean the same; then the draft is thrown away."""
    await page.goto("/operator/shelf/slots")
    slot = {"code": "spring", "app_id": "rent-office", "place": "1", "begins": "2030-01-02T08:00",
            "ends": "2030-01-01T08:00"}  # fmt: skip
    for name, value in slot.items():
        await page.fill(f"#{name}", value)
    await page.click("text=存入草稿")
    assert "比开始更晚" in await page.inner_text("#ends-problem")
    assert await page.input_value("#ends") == slot["ends"]
    await both(page, "desk-slot-problem")
    await page.fill("#ends", "2030-01-09T08:00")
    await page.click("text=存入草稿")
    await page.click("[aria-label='修改 spring']")
    await page.fill("#place", "2")
    await page.click("text=存入草稿")
    assert "第 2 位" in await page.inner_text("main")
    await page.goto("/operator/shelf/placings?app=rent-office#edit")
    await page.fill("#place", "3")
    await page.click("text=存入草稿")
    assert "顺序 3" in await page.inner_text("main")
    await page.goto("/operator/shelf/synonyms")
    for words in ("驾照、驾驶证", "租房、租赁"):
        await page.fill("#group", words)
        await page.click("text=存入草稿")
        assert words in await page.inner_text("main")
    await page.click("[aria-label='修改 租房']")
    await both(page, "desk-synonyms")
    await page.click("[aria-label='删除 驾照']")
    assert "驾照" not in await page.inner_text("main")
    await page.goto("/operator/shelf")
    assert "新增同义词：“租房、租赁”" in await page.inner_text("main")
    await both(page, "desk-shelf")
    await page.click("text=放弃草稿…")
    await page.click("main button")
    assert "草稿已放弃" in await done(page)


async def judged(page: Page) -> None:
    """A defect: answered, found to be another one's double, and looked at a second time."""
    await page.goto("/operator/defects?app=rent-office")
    await both(page, "desk-operator-defects")
    await page.click("main >> text=提交以后白屏")
    await page.fill("#text", "已经转给开发单位。")
    await page.click("main button >> text=回复")
    assert "已回复" in await done(page)
    await page.click("button >> text=更新状态")
    assert "请选择新的状态" in await page.inner_text("main")
    await both(page, "desk-operator-defect-problem")
    await page.check("[name=to][value=duplicate]")
    await page.select_option("#duplicateOf", label="返回后表单空了")
    await page.click("button >> text=更新状态")
    assert "缺陷的状态已更新" in await done(page)
    await both(page, "desk-operator-defect")
    await page.click("text=打开原缺陷")
    assert "与它重复的" in await page.inner_text("main")


async def appointed_and_dismissed(page: Page) -> None:
    """A tester: appointed, given a mini-app to try, spared it, and dismissed."""
    stranger, until = BY_KEY["li_wei"], datetime.now(UTC).date() + timedelta(days=99)
    await page.goto("/operator/testers")
    for name, value in (("id_number", stranger.number), ("name", "未曾来"), ("until", str(until))):
        await page.fill(f"#{name}", value)
    await page.click("main button >> text=聘任")
    assert await page.locator(".alert, .problem").count() == 1, "nobody of this name has been here"
    await both(page, "desk-tester-problem")
    await page.fill("#id_number", FOUNDER.number)
    await page.fill("#name", FOUNDER.name)
    await page.click("main button >> text=聘任")
    assert "体验官已聘任" in await done(page)
    await both(page, "desk-testers")
    await page.click("text=试用的应用 >> nth=0")
    await page.fill("#appId", "no-such-app")
    await page.click("main button >> text=请他试用")
    assert await page.locator(".alert, .problem").count() == 1
    await both(page, "desk-trials-problem")
    await page.fill("#appId", "rent-office")
    await page.click("main button >> text=请他试用")
    assert "已请他试用" in await done(page) and "rent-office" in await page.inner_text("main")
    await both(page, "desk-trials")
    await page.click("main button >> text=不再试用")
    assert "他不再试用" in await done(page)
    await page.click("text=返回体验官")
    await page.click("text=结束聘期… >> nth=0")
    await page.fill("#reason", " ")
    await page.click("main button >> text=结束聘期")
    assert await page.locator("#reason-problem").count()
    await both(page, "desk-dismiss-problem")
    await page.fill("#reason", "聘期内没有试用")
    await page.click("main button >> text=结束聘期")
    assert "聘期已结束" in await done(page)
