"""What comes after an application, in real Chromium: mending it, papers that follow, and the wallet."""

import random
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Page

from api.cli.demo import papers
from api.cli.demo.platform import DemoPlatform
from api.cli.environment import connected
from identity.actor import Actor
from identity.sandbox import BY_KEY
from miniapps.cases import service
from miniapps.cases.rules import Defect
from miniapps.cases.tables import Case
from storage import clock
from tests.browser.test_citizens import (
    begin,
    fill,
    sign_in,
    upload,
    well,
)
from tests.browser.test_pages import DESKTOP, PHONE, opened
from tests.miniapps.cases.factories import a_clerk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SCHOOL = "332000116000"
SIZES = pytest.mark.parametrize(("viewport", "elder"), [(PHONE, False), (DESKTOP, False), (PHONE, True)],
                                ids=["phone", "desktop", "elder"])  # fmt: skip


def at(viewport: dict[str, int], elder: bool, *personas: int) -> int:
    """Return one of three personas: the tests share a platform, and nobody finds what others left."""
    return personas[2 if elder else int(viewport is DESKTOP)]


async def chosen(page: Page, kind: str, folder: Path, *, seed: int = 7) -> None:
    """Choose a file for one kind of paper, and wait until it has passed."""
    draw = random.Random(seed)
    paper = papers.photo(draw) if kind == "photo" else papers.lease(draw)
    file = folder / f"{kind}-{seed}.{paper.media_type.split('/')[1]}"
    file.write_bytes(paper.content)
    await page.locator(f"[data-kind={kind}] input[type=file]").set_input_files(file)
    await page.wait_for_selector(f"[data-kind={kind}][data-done]", timeout=60_000)


async def school(page: Page, persona: int) -> None:
    """Apply for a place at a school, up to the papers."""
    await page.goto(f"/apply/{SCHOOL}")
    await sign_in(page, persona)
    for question, answer in (("stage", "小学"), ("ground", "户籍"), ("housing", "租赁")):
        await page.check(f"[name=q-{question}][value={answer}]")
    await page.click("text=下一步：填表")
    await page.wait_for_url("**/form")
    known = {"child_name": "李小禾", "child_id": BY_KEY["li_xiaohe"].number, "school": "文三路小学",
             "address": "文三路 1 号", "phone": "13800001234"}  # fmt: skip
    for field, value in known.items():
        await page.fill(f"[name=f-{field}]", value)
    await page.click("text=下一步：材料")
    await page.wait_for_url("**/materials")


async def submitted(page: Page) -> UUID:
    """Hand in what stands on the page of review; return the case."""
    await page.click("text=提交申请")
    await page.wait_for_url("**?done=submitted")
    return UUID(page.url.partition("/cases/")[2].partition("?")[0])


async def clerk_of(case_id: UUID, agency: str) -> Actor:
    """Return a clerk of the department that decides the case."""
    case = await Case.objects().get(Case.id == case_id)
    assert case is not None
    found = await a_clerk(agency, case.region)
    assert found.acting_for == case.department_id
    return found


def inside(made: DemoPlatform):
    return connected({"BANSHI_DATA": made.env["BANSHI_DATA"]})


@SIZES
async def test_what_a_notice_asks_for_is_mended(browser, platform, viewport, elder, tmp_path):
    page = await opened(browser, platform, viewport)
    if elder:
        await page.goto("/?ui_style=elder")
    await begin(page, at(viewport, elder, 201, 202, 203))
    await fill(page)
    await page.click("text=下一步：材料")
    await page.wait_for_url("**/materials")
    await upload(page, tmp_path)
    await page.click("text=下一步：确认")
    await page.wait_for_url("**/review")
    case_id = await submitted(page)
    async with inside(platform):
        clerk = await clerk_of(case_id, "public_security")
        missing = [Defect("address", "住址要写到门牌号"), Defect("photo", "照片背景要是白色，请重新拍")]
        await service.ask_correction(clerk, case_id, missing, now=await clock.now())

    await page.goto("/cases")
    await page.click("text=需要您补正")
    await page.wait_for_selector("h2:has-text('请您补正')")
    await well(page, "case-correcting", elder=elder)
    await page.click("text=去补正")
    await page.wait_for_selector("h1:has-text('补正')")
    assert await page.locator(".upload").count() == 1, "what the notice names, and nothing else"
    await page.fill("[name=f-address]", "西湖区文三路 9 号 1 幢 101 室")
    await well(page, "correct", elder=elder)
    await page.click("text=提交补正")
    await page.wait_for_selector("[role=alert] >> text=通知里的内容还没有全部补正")
    await well(page, "correct-refused", elder=elder)
    assert await page.input_value("[name=f-address]") == "西湖区文三路 9 号 1 幢 101 室"
    await chosen(page, "photo", tmp_path, seed=8)
    await page.click("text=提交补正")
    await page.wait_for_url("**?done=corrected")
    told = await page.inner_text("main")
    assert "补正材料已提交" in told and "您交了补正材料" in told and "请您补正" not in told
    await well(page, "case-corrected", elder=elder)


@SIZES
async def test_a_paper_that_was_to_follow_is_brought(browser, platform, viewport, elder, tmp_path):
    page = await opened(browser, platform, viewport)
    if elder:
        await page.goto("/?ui_style=elder")
    await school(page, at(viewport, elder, 204, 205, 206))
    for kind in ("household_register", "lease_contract"):
        if await page.locator(f"[data-kind={kind}]").count():
            await chosen(page, kind, tmp_path)
    await page.check("[name=way-vaccination_record][value=TOLERATED]")
    await well(page, "materials-later", elder=elder)
    await page.click("text=下一步：确认")
    await page.wait_for_url("**/review")
    assert "先受理，以后补交" in await page.inner_text("main")
    case_id = await submitted(page)
    async with inside(platform):
        await service.accept(await clerk_of(case_id, "education"), case_id, now=await clock.now())

    await page.goto(f"/cases/{case_id}")
    assert "还要补交的材料" in await page.inner_text("main")
    await well(page, "case-to-follow", elder=elder)
    await page.click("text=补交预防接种证")
    await page.wait_for_selector("[role=alert] >> text=还没有上传这份材料")
    await page.click("[aria-label='上传预防接种证']")
    await page.wait_for_selector("h1:has-text('添加材料')")
    await well(page, "wallet-add-one", elder=elder)
    await chosen(page, "vaccination_record", tmp_path)
    await page.goto(f"/cases/{case_id}")
    await page.click("text=补交预防接种证")
    await page.wait_for_url("**?done=handed")
    told = await page.inner_text("main")
    assert "材料已补交" in told and "收到后补的材料" in told and "还要补交的材料" not in told
    await well(page, "case-followed", elder=elder)


@SIZES
async def test_a_paper_is_added_looked_at_and_removed(browser, platform, viewport, elder, tmp_path):
    page = await opened(browser, platform, viewport)
    await page.goto("/sign-in?next=/wallet" + ("&ui_style=elder" if elder else ""))
    await sign_in(page, at(viewport, elder, 207, 208, 209))
    await page.wait_for_selector("text=还没有材料")
    await well(page, "wallet-empty", elder=elder)
    await page.click("text=添加材料")
    await page.wait_for_selector("h1:has-text('添加材料')")
    await well(page, "wallet-add", elder=elder)
    await page.click("a[href*='kind=lease_contract']")
    await page.wait_for_selector("[data-upload]")
    await chosen(page, "lease_contract", tmp_path)
    await well(page, "wallet-added", elder=elder)
    await page.click("text=看证照和材料")
    await page.wait_for_selector("text=下载查看")
    await well(page, "wallet-held", elder=elder)
    async with page.expect_download() as coming:
        await page.click("text=下载查看")
    saved = await coming.value
    assert saved.suggested_filename.endswith(".pdf")
    assert Path(await saved.path()).read_bytes().startswith(b"%PDF")
    assert page.url.endswith("/wallet"), "the page stays"
    await page.click("summary >> text=删除")
    await page.click("text=确定删除")
    await page.wait_for_selector("text=已从您的材料中删除")
