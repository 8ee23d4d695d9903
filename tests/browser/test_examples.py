"""The example mini-apps in life: published by a stranger's commands, used at their own origins."""

import random
import shutil
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from api.cli.demo import acts, documents, papers
from api.cli.demo.acts import Stage, text, yes
from api.cli.demo.narration import Narration
from api.cli.demo.papers import Paper
from api.cli.demo.people import Cast, Person
from tests.browser import looking
from tests.browser.framed import FLAG, hosted, shown
from tests.browser.looking import FLAGS, faults, findings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

WIDTH = 390
BIRTH_CERTIFICATE = "330700104000"
SCOPES = {
    "newborn": ["cases:read", "cases:write", "materials:read", "notices:send"],
    "housing-fund": ["cases:read", "cases:write", "materials:read", "profile:read"],
}
PHONE = "19999000001"
WITHDRAW = "mutation ($appId: String!) { withdrawConsent(appId: $appId) { appId } }"


@pytest.fixture(scope="module")
def published(stranger):
    for name in SCOPES:
        stranger.publish(name)
    return stranger


@pytest.fixture
async def browser():
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS, FLAG])
        yield made
        await made.close()


@pytest.fixture
async def cast(platform, published):
    made = Cast(platform.url, random.Random(7))
    yield made
    await made.leave()


async def opened(browser: Browser, citizen: Person, app: str, *, style: str = "normal") -> Page:
    """Open a mini-app as the host does: everything agreed to, the token behind the #."""
    told = (await citizen.ask(documents.OPEN_MINI_APP, appId=app, scopes=SCOPES[app]))["openMiniApp"]
    page = await browser.new_page(viewport={"width": WIDTH, "height": 844}, locale="zh-CN")
    page.set_default_timeout(15_000)
    wrong: list[Any] = []
    page.on("pageerror", lambda error: wrong.append(error))
    await page.goto(f"{told['entry']}#token={told['token']}&region=330106&uiStyle={style}")
    await page.wait_for_selector("#form:not([hidden])")
    await page.wait_for_selector("#papers li.ok, #papers li.todo")
    await page.wait_for_load_state("networkidle")
    assert told["token"] not in page.url and not wrong
    assert app in page.url.split("/")[2]
    return page


async def well(page: Page, name: str, *, elder: bool = False) -> None:
    """Check the page as it is drawn, and keep its picture."""
    await looking.keep(page, f"example-{name}")
    assert await findings(page) == []
    small = await faults(page, elder=elder)
    small.pop("switch", None)  # the host has it, not the mini-app
    assert small == {}


async def handed_in(page: Page) -> str:
    """Return the number of the case that was handed in."""
    await page.click("#send")
    await page.wait_for_selector("#done:not([hidden])")
    assert await page.evaluate("document.activeElement.id") == "done", "who cannot see it is taken there"
    assert "199****0001" in await page.inner_text("#done")
    assert PHONE not in await page.inner_text("body")
    return await page.inner_text("#serial")


def scan(kind: str, title: str) -> Paper:
    """Return a paper of a kind, as a phone holds it."""
    return Paper(kind, title, "application/pdf", papers.lease(random.Random(kind)).content)


async def born(cast: Cast, mother: Person) -> None:
    """Let the hospital's certificate be issued: an earlier case, at the platform itself."""
    stage = Stage(cast, cast.draw, Narration(), {}, mother, "")
    answers = [yes("both_parents", False), text("marital", "未婚"), yes("foreign_parent", False)]
    form = [
        text("child_name", "王小满"), text("child_sex", "女"), text("born_on", "2026-11-02"),
        text("hospital", "西湖区妇幼保健院"), text("mother_name", mother.name),
        text("mother_id", mother.told["sign_in"]["id_number"]), text("phone", PHONE),
    ]  # fmt: skip
    seen = await acts._apply(stage, "x", mother, BIRTH_CERTIFICATE, answers, form)
    await acts._approve(await cast.staff("clerk_health"), seen.case_id)
    await acts._certificates(mother, "birth_certificate")


async def decide(cast: Cast, citizen: Person, number: str, clerk: str) -> None:
    """Let the department grant what was handed in."""
    edges = (await citizen.ask(documents.CASES))["cases"]["edges"]
    case = next(edge["node"] for edge in edges if edge["node"]["number"] == number)
    await acts._approve(await cast.staff(clerk), case["id"])


async def fill_child(page: Page) -> None:
    await page.get_by_label("父母婚姻状况").select_option("未婚")
    await page.get_by_label("孩子叫什么").fill("王小满")
    await page.get_by_label("性别").select_option("女")
    await page.get_by_label("出生日期").fill("2026-11-02")
    await page.get_by_label("户主叫什么").fill("王芳")
    await page.get_by_label("落户地址").fill("杭州市西湖区示例路 1 号")
    await page.get_by_label("您的手机号码").fill(PHONE)


async def test_a_mother_registers_her_child(cast, browser):
    mother = await cast.staff("wang_fang")
    page = await opened(browser, mother, "newborn")
    await fill_child(page)
    await page.click("#send")
    await page.wait_for_selector("#problem:not([hidden])")
    assert "还缺“出生医学证明”" in await page.inner_text("#problem")
    await well(page, "newborn-missing")

    await born(cast, mother)
    await mother.give(scan("household_register", "户口簿"))
    page = await opened(browser, mother, "newborn")
    await fill_child(page)
    await page.wait_for_selector("#papers .todo, #papers .wait", state="detached")
    await well(page, "newborn-filled")
    number = await handed_in(page)
    await page.wait_for_selector("#steps li")
    assert f"新生儿户口登记：已收件\n办件编号 {number}" in await page.inner_text("#steps")
    await well(page, "newborn-done")

    await decide(cast, mother, number, "clerk_public_security")
    page = await opened(browser, mother, "newborn", style="elder")
    assert f"，予以办理\n办件编号 {number}" in await page.inner_text("#steps")
    await well(page, "newborn-elder", elder=True)


async def test_a_tenant_asks_and_withdraws(cast, browser):
    tenant = await cast.staff("li_wei")
    for paper in (scan("household_register", "户口簿"), scan("lease_contract", "租房合同")):
        await tenant.give(paper)
    page = await opened(browser, tenant, "housing-fund")
    await page.get_by_label("每月房租（元）").first.focus()
    await page.keyboard.type("2800")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#estimate p >> nth=1")
    assert "每月可以用公积金付 1,500 元，自己付 1,300 元" in await page.inner_text("#estimate")
    assert "一次 4,500 元" in await page.inner_text("#estimate")
    await well(page, "housing-fund-enquiry")

    await page.get_by_label("婚姻状况").select_option("已婚")
    await page.get_by_label("户口在缴存城市吗").select_option("在")
    await page.wait_for_selector("#papers input")
    await page.get_by_label("我承诺情况属实，不交结婚证").check()
    await page.get_by_label("公积金账号").fill("12345678901")
    await page.get_by_label("收款银行卡号").fill("6222021234567890123")
    await page.get_by_label("您的手机号码").fill(PHONE)
    await page.get_by_label("我承诺，本人和配偶在缴存城市没有自己的住房").check()
    await well(page, "housing-fund-filled")
    number = await handed_in(page)
    await page.wait_for_selector("#steps li")
    assert f"住房公积金租房提取：已收件\n办件编号 {number}" in await page.inner_text("#steps")
    assert "6222021234567890123" not in await page.inner_text("body")
    await well(page, "housing-fund-done")

    await decide(cast, tenant, number, "clerk_housing_fund")
    page = await opened(browser, tenant, "housing-fund", style="elder")
    assert f"，予以办理\n办件编号 {number}" in await page.inner_text("#steps")
    await well(page, "housing-fund-elder", elder=True)


ASK = """async ([host, input]) => {
  const STORE = 'mutation { storeValue(key: "k", value: "1", idempotencyKey: "i") }';
  const { connect } = await import("./bridge.js");
  const bridge = await connect(), { token } = await bridge.session();
  const straight = async (path, asked = input) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(asked) });
    return [answer.status, (await answer.json()).errors?.[0].extensions.code];
  };
  const word = ({ code, name }) => typeof code === "string" ? code : name;
  const refusal = act => Promise.resolve().then(act).then(() => "done", word);
  return {
    called: await refusal(() => bridge.call("papers", input)),
    stored: [bridge.can("storage"), await refusal(() => bridge.storage.set("draft", 1))],
    unknown: await refusal(() => bridge.call("no-such-api", input)),
    unfit: await refusal(() => bridge.call("papers", { family: 7 })),
    scope: await straight("/graphql", { query: STORE }),
    another: await straight("/gw/housing-fund/estimate"),
    host: await refusal(() => fetch(`${host}/graphql`, { method: "POST", body: "{}" })),
    storage: await refusal(() => parent.localStorage.secret),
    worker: await refusal(() => navigator.serviceWorker.register("./bridge.js")) !== "done",
  };
}"""
"""What a page tries beyond its rights, in a frame of a host that would not stop it."""


async def test_what_a_framed_page_may_do_the_platform_decides(platform, cast, browser):
    mother = await cast.staff("wang_fang")
    page = await hosted(browser, platform.url)
    frame = await shown(page, mother, "newborn", SCOPES["newborn"])
    await frame.wait_for_selector("#papers li.ok, #papers li.todo")
    assert await frame.is_hidden("#lost")

    family = {"family": {"follow": "随母", "marital": "未婚", "collective": False}}
    assert await frame.evaluate(ASK, [platform.url, family]) == {
        "called": "done", "stored": [False, "BRIDGE_UNSUPPORTED"], "unknown": "API_UNKNOWN",
        "unfit": "INVALID_INPUT", "scope": [200, "SCOPE_MISSING"], "another": [404, "APP_NOT_FOUND"],
        "host": "TypeError", "storage": "SecurityError", "worker": True,
    }  # fmt: skip

    less = await cast.staff("li_wei")
    frame = await shown(page, less, "housing-fund", SCOPES["housing-fund"])
    await frame.wait_for_selector("#form:not([hidden])")
    await less.ask(WITHDRAW, appId="housing-fund")
    call = "(await import('./bridge.js').then(({ connect }) => connect())).call('estimate', { rent_fen: 1 })"
    refused = await frame.evaluate(
        f"(async () => {call})().catch(({{ code, retryable }}) => [code, retryable])"
    )
    assert refused == ["NOT_SIGNED_IN", False]
    assert await page.evaluate("renewed") >= 2, "what was refused once is asked for anew"


async def test_a_stranger_learns_nothing_at_its_origin(published, browser, cast):
    told = (await (await cast.staff("wang_fang")).ask(
        documents.OPEN_MINI_APP, appId="newborn", scopes=SCOPES["newborn"]
    ))["openMiniApp"]  # fmt: skip
    page = await browser.new_page(viewport={"width": WIDTH, "height": 844}, locale="zh-CN")
    await page.goto(told["entry"])
    await page.wait_for_selector("#lost:not([hidden])")
    assert await page.is_hidden("#form")
    await well(page, "newborn-lost")
