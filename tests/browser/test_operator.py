"""The operator's pages in real Chromium: a review, a release, a stop and the shelf, on two screens."""

import random

import httpx
import pytest
from playwright.async_api import Page

from api.cli.demo import documents
from api.cli.demo.people import Cast
from banshi import manifest as manifests
from banshi import package
from banshi.package import MANIFEST
from tests.browser.looking import DESKTOP, PHONE, well
from tests.browser.staff import HOME, at_work, done
from tests.browser.test_pages import opened
from tests.sdk.gate.seen import FILES, MANIFEST_TEXT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PEM = package.new_key()
ADD_KEY = (
    "mutation($publicKey: String!, $name: String!)"
    " { addTeamKey(publicKey: $publicKey, name: $name) { keyId } }"
)
NOTE = "mutation($id: UUID!, $note: String!) { noteForReview(versionId: $id, note: $note) }"
QUEUE = "{ reviewQueue(first: 20) { edges { node { appId version } } } }"


def packed(app_id: str, version: str) -> bytes:
    """A mini-app that the gate has nothing against; its second version asks for more."""
    text = MANIFEST_TEXT.replace("rent-withdrawal", app_id).replace("1.0.0", version)
    text = text.replace("杭州市住房", "杭州市西湖区住房")  # where the clerk is who signs
    if version != "1.0.0":
        text = text.replace("scopes: {", 'scopes: {"cases:read": 显示办到哪一步, ')
    files = {
        name: content.replace("杭州市住房", "杭州市西湖区住房").encode() for name, content in FILES.items()
    }
    return package.pack(manifests.read(text), {**files, MANIFEST: text.encode()}, PEM)


async def handed_in(cast: Cast, app_id: str, version: str) -> None:
    """Hand a version in as a stranger would, and wait until the machine has looked at it."""
    developer, operator = await cast.staff("developer"), await cast.staff("operator")
    key = package.public_of(PEM).hex()
    await developer.ask(ADD_KEY, publicKey=key, name="发布密钥")  # again is once
    headers = {"authorization": f"Bearer {developer.platform.token}", "content-type": "application/zip"}
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        answer = await http.post(
            f"{cast.url}/apps/packages", content=packed(app_id, version), headers=headers
        )
    assert answer.status_code == 201, answer.text
    for signer in (await cast.staff("clerk_housing_fund"), developer):
        told = (await signer.ask(documents.AGREEMENT_TEXT))["agreementText"]
        await signer.ask(documents.SIGN_AGREEMENT, appId=app_id, textSha256=told["sha256"])
    await developer.ask(NOTE, id=answer.json()["versionId"], note="请从首页填月租金，再看长辈版。")
    waits = {"appId": app_id, "version": version}
    await operator.ask_until(
        QUEUE, lambda data: waits in [each["node"] for each in data["reviewQueue"]["edges"]],
        what="the machine's look", patience_s=200,  # it has three minutes
    )  # fmt: skip


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_from_review_to_release_and_stop(browser, platform, viewport):
    app_id, cast = f"reviewed-{viewport['width']}", Cast(platform.url, random.Random(6))
    page = await opened(browser, platform, viewport)
    await at_work(page)
    await handed_in(cast, app_id, "1.0.0")
    await reviewed(page, app_id, "1.0.0")
    await released(page, app_id, "1.0.0", "everyone")
    await handed_in(cast, app_id, "1.1.0")
    await refused_form(page, app_id)
    await reviewed(page, app_id, "1.1.0")
    await released(page, app_id, "1.1.0", "percent")
    await stopped(page, app_id)
    await cast.leave()


async def reviewed(page: Page, app_id: str, version: str) -> None:
    await page.goto(f"{HOME}/reviews")
    await well(page, f"operator-reviews-{version}")
    await page.click(f"li:has-text('{app_id}') >> button")
    assert "已领取" in await done(page)
    assert await page.locator("img[alt*='index.html']").count(), "pictures of its pages"
    await well(page, f"operator-review-{version}")
    await page.click("button >> text=通过")
    assert "已通过" in await done(page)
    await well(page, f"operator-review-approved-{version}")


async def refused_form(page: Page, app_id: str) -> None:
    await page.goto(f"{HOME}/reviews")
    await page.click(f"li:has-text('{app_id}') >> button")
    await page.click("a.button.bad >> text=退回")
    await page.click("text=再加一条理由")
    await page.select_option("#rule-0", "house.words")
    await page.click("main form >> button.bad")
    await well(page, "operator-refuse-problem")
    await page.goto(f"{HOME}/reviews?kind=mine")
    await page.click(f"li:has-text('{app_id}') >> a")
    await page.click("button >> text=交还")
    assert "已交还" in await done(page)


async def released(page: Page, app_id: str, version: str, reach: str) -> None:
    await page.goto(f"{HOME}/apps?words={app_id}")
    await page.click(f"main >> a[href$='{app_id}']")
    await page.select_option("#version", version)
    await page.check(f"[name=reach][value={reach}]")
    if reach == "percent":
        await page.fill("#percent", "20")
    await page.click("main button >> text=发布 >> nth=0")
    if reach == "everyone":
        await well(page, "operator-confirm")
        await page.click("main button")
    assert "发布范围已扩大" in await done(page)
    await well(page, f"operator-app-{version}")


async def stopped(page: Page, app_id: str) -> None:
    await page.click("text=停用应用")
    await page.fill("#reason", "页面被篡改")
    await page.fill("#notice", "正在检修，请先到窗口办理。")
    await page.click("main button >> text=停用")
    await well(page, "operator-switch-confirm")
    await page.click("main button")
    assert "已停用" in await done(page)
    await well(page, "operator-switches")
    await page.goto(f"{HOME}/apps/{app_id}")
    assert "正在检修，请先到窗口办理" in await page.inner_text("main")
    await page.goto(f"{HOME}/switches")
    await page.click("text=恢复…")
    await page.fill("#reason", "已经修好")
    await well(page, "operator-lift")
    await page.click("main button")
    assert "已恢复" in await done(page)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_the_shelf_is_drafted_previewed_and_published_by_keyboard(browser, platform, viewport):
    page = await opened(browser, platform, viewport)
    await at_work(page)
    code = f"new-{viewport['width']}"
    await page.goto(f"{HOME}/shelf/categories")
    await page.fill("#code", code)
    await page.fill("#name", "新分类")
    await page.focus("#name")
    await page.keyboard.press("Enter")
    assert "草稿已保存" in await done(page)
    await page.goto(f"{HOME}/shelf")
    await page.fill("#note", "开设新分类")
    await page.click("text=发布…")
    assert "新增分类：新分类" in await page.inner_text("main")
    await page.click("main button")
    assert "目录已发布" in await done(page)
