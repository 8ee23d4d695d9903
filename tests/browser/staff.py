"""Who works in the offices, and what there is for them to work on."""

from datetime import timedelta

from playwright.async_api import Browser, Page

from api.cli.demo.platform import DemoPlatform
from identity.actor import Actor
from identity.roles import Role
from identity.sandbox import BY_KEY
from miniapps.insight.rules.counting import CLASSES
from miniapps.insight.tables import AppProblem, AppUsage
from miniapps.shelf import service as shelf
from miniapps.shelf.rules import DefectState, Severity
from miniapps.shelf.service import Move, Report
from storage import clock
from tests.api.conftest import an_actor, as_operator
from tests.browser.test_pages import opened, sign_in
from tests.miniapps.catalog.factories import make_approved, make_released
from tests.miniapps.shelf.factories import a_tester

FOUNDER = BY_KEY["lin_hai"]
"""Has teams, so that he is asked in which post he comes: nobody else's tests may need him."""
HOME, TEAMS = "/operator", "/developer/teams"
HOUR = timedelta(hours=1)
DEFECTS = {
    "提交以后白屏": "打开应用，填好表，点提交；应当看到回执，结果一片空白",
    "返回后表单空了": "填好月租金，点返回再进来；应当还在，结果要重新填",
}


async def at_work(page: Page) -> None:
    """Sign the operator in, in his post."""
    who = BY_KEY["operator"]
    await page.goto(f"/sign-in?next={HOME}")
    await page.fill("[name=id_number]", who.number)
    await page.fill("[name=name]", who.name)
    await page.click("main button[type=submit]")
    await page.check("text=运营人员")
    await page.click("main button[type=submit]")


async def in_a_team(browser: Browser, platform: DemoPlatform, viewport) -> Page:
    """Found a team and enter it; return the page of its mini-apps."""
    page = await opened(browser, platform, viewport)
    await sign_in(page, TEAMS, FOUNDER)
    await page.fill("[name=name]", f"研发小组{viewport['width']}")
    await page.click("text=创建 >> nth=-1")
    await page.click("button >> text=进入 >> nth=0")
    return page


async def done(page: Page) -> str:
    """Return what a page says was done."""
    return await page.inner_text("p.done[role=status]")


async def used(app_id: str) -> None:
    """A week of use with one bad day, and what the platform noticed of it."""
    now = (await clock.now()).replace(minute=0, second=0, microsecond=0)
    for back in range(0, 7 * 24, 5):
        latency = [0] * CLASSES
        latency[6], latency[18] = 40 + back % 20, back % 3
        await AppUsage(
            app_id=app_id, version="1.0.0", span="hour", at=now - back * HOUR, opens=1000 - 3 * back,
            consents_asked=8, consents_granted=6, consents_refused=2, calls=60,
            call_errors=9 if 48 < back < 72 else 1, page_errors=3, complaints=0, latency=latency,
        ).save()  # fmt: skip
    await AppProblem(
        app_id=app_id, version="1.0.0", key="call_errors", found=9, out_of=60, threshold=50,
        first_seen_at=now - 3 * HOUR, last_seen_at=await clock.now(), told_at=now,
    ).save()  # fmt: skip


async def made(developer: Actor, app_id: str) -> None:
    """A mini-app that everybody has and uses, a better version of it, and two defects of the first."""
    now, operator, tester = await clock.now(), as_operator(), an_actor(Role.CITIZEN)
    await make_released(developer, operator, now, id=app_id)
    await make_approved(developer, operator, now, id=app_id, version="1.1.0")
    await used(app_id)
    await a_tester(tester, until=now + 24 * HOUR)
    for title, steps in DEFECTS.items():
        told = Report(
            app_id=app_id, version="1.0.0", severity=Severity.MAJOR, title=title, steps=steps,
        )  # fmt: skip
        row = await shelf.report(tester, told, key=f"{app_id} {title}", now=now)
        await shelf.move(operator, row.id, Move(to=DefectState.CONFIRMED), now=now)
