"""Every page of the offices as Chromium draws it: at 390 and 1280 pixels and in elder mode, looked at by axe.

What the pages say comes from the server in this process; the browser is handed it and reaches nothing else.
"""

import re
import shutil
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from types import ModuleType
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Page, Route, async_playwright

from api.settings import Settings
from api.web.developer import routes as developer
from api.web.operator import routes as operator
from identity.actor import Actor
from identity.roles import Role
from miniapps.catalog.rules import Environment
from miniapps.catalog.service import credentials
from miniapps.release import service as release
from miniapps.release.rules.switches import SwitchKind
from miniapps.shelf import service as shelf
from miniapps.shelf.rules import Concern
from miniapps.webhooks import service as webhooks
from miniapps.webhooks.rules import Right, Try
from miniapps.webhooks.service._recording import record
from miniapps.webhooks.tables import DataQuestion
from storage import clock, objects
from storage.embedded.valkey import Valkey
from storage.settings import ObjectsSettings, QueueSettings
from tests.api.conftest import an_actor, as_citizen, as_operator, some_settings
from tests.api.web.office import in_team, with_app, with_approved, with_released
from tests.api.web.operator.desk import at_work, looked, waiting
from tests.api.web.test_developer_release import step
from tests.api.web.test_developer_review import PNG, looked_at, refused
from tests.api.web.test_developer_usage import counted, noticed
from tests.api.web.test_developer_voices import reported
from tests.browser.conftest import pictures  # noqa: F401 (a fixture of every test)
from tests.browser.looking import FLAGS, PHONE, both, well
from tests.miniapps.catalog.packed import trust
from tests.miniapps.shelf.factories import a_tester, opened

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ORIGIN = "http://127.0.0.1:8000"
PICTURE = "/shots/{name:str}"  # how the path of what is no page ends
PART = re.compile(r"\{(\w+):\w+\}")
ASSET = re.compile(r'(?:href|src)="(/(?:pages/|[^"]*/shots/)[^"]*)"')
ASKED = {  # pages that are asked for something in particular
    "/developer/apps/{app_id:str}/release/promote": (
        "version=1.1.0&to=regions", "version=1.1.0&to=percent",
    ),
    "/developer/apps/{app_id:str}/release/roll-back": ("version=1.0.0",),
    "/developer/apps/{app_id:str}/usage": ("", "days=30"),
    "/operator/switches/lift": ("kind=app&target=other-app",),
    "/operator/complaints": ("all=1",),
}  # fmt: skip


@pytest.fixture
def settings(valkey: Valkey, seaweed: ObjectsSettings) -> Settings:
    return some_settings(queue=QueueSettings(url=valkey.url), objects=seaweed)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        made = await browser.new_page(viewport=PHONE)
        made.set_default_timeout(120_000)
        yield made
        await browser.close()


def paths(office: ModuleType) -> list[str]:
    """The paths of an office's pages, with their parts unfilled."""
    asked = {path for route in office.ROUTES if "GET" in route.http_methods for path in route.paths}
    return sorted(path for path in asked if not path.endswith((PICTURE, ".json")))


async def walk(
    client: httpx.AsyncClient, page: Page, office: ModuleType, facts: Mapping[str, object]
) -> None:
    """Look at every page of an office, with these facts in their paths."""
    for path in paths(office):
        there, name = PART.sub(lambda part: str(facts[part[1]]), path), PART.sub("one", path)
        for at, asked in enumerate(ASKED.get(path, ("",))):
            called = re.sub("/+", "-", f"{name}/{at or ''}").strip("-")
            await shown(client, page, f"{there}?{asked}&ui_style=normal")
            await both(page, called)
            await shown(client, page, f"{there}?{asked}&ui_style=elder")
            await well(page, f"{called}-elder", elder=True)


async def shown(client: httpx.AsyncClient, page: Page, path: str) -> None:
    """Show a page of the server, with all of its parts open."""
    answer = await client.get(path)
    assert answer.status_code == 200, path
    held = {asset: await client.get(asset) for asset in set(ASSET.findall(answer.text))}
    held[urlsplit(path).path] = answer

    elsewhere: list[str] = []

    async def hand_out(route: Route) -> None:
        if not route.request.url.startswith(f"{ORIGIN}/"):
            elsewhere.append(route.request.url)
            return await route.abort()
        found = held[urlsplit(route.request.url).path]
        kind = {"content-type": found.headers["content-type"]}
        await route.fulfill(status=found.status_code, body=found.content, headers=kind)

    await page.route("**/*", hand_out)
    await page.goto(ORIGIN + path)
    for summary in await page.locator("summary").all():
        await summary.click()
    await page.unroute("**/*")
    assert elsewhere == [], f"{path} brings something from elsewhere"


async def a_busy_mini_app(client: httpx.AsyncClient) -> dict[str, object]:
    """A mini-app in use, with a version on trial, one that was refused, ratings and a defect.

    Returns what paths have in them.
    """
    actor = await in_team(client)
    key = await trust(actor)
    await with_released(actor)
    await with_approved(actor, version="1.1.0")
    bad = await with_app(actor, version="1.2.0")
    await looked_at(actor, bad.id)
    await refused(bad.id)
    for path in ({"to": "testers"}, {"to": "percent", "percent": "20"}):
        await step(client, **path)
    for days in range(7):
        await counted(days=days)
    await noticed()
    now = await clock.now()
    citizen = as_citizen()
    await opened(citizen, now=now)
    row = await shelf.rate(citizen, "rent-app", 4, "办得很快，就是字有点小", now=now)
    await shelf.moderate(as_operator(), row.id, show=True, reason="", now=now + timedelta(minutes=1))
    defect = await reported()
    return {
        "app_id": "rent-app", "version_id": bad.id, "defect_id": defect.id, "team_id": actor.acting_for,
        "key_id": key.id, "delivery_id": await told(actor, now=now),
    }  # fmt: skip


async def told(actor: Actor, *, now: datetime) -> str:
    """An address that took nothing, and what a citizen wants of his data; the delivery's id."""
    await credentials.issue(actor, "rent-app", Environment.SANDBOX, now=now)
    await webhooks.register(actor, "rent-app", Environment.SANDBOX, "http://127.0.0.1:9/events", now=now)
    made = await webhooks.try_out(actor, "rent-app", Environment.SANDBOX, "case.decided", now=now)
    await record("rent-app--sandbox", made.id, made.row.line, Try(at=now, ms=5, status=500))
    await DataQuestion(app_id="rent-app", sub="0" * 32, wants=Right.COPY, asked_at=now, due_at=now).save()
    return str(made.id)


async def what_waits() -> dict[str, object]:
    """What an operator has to do: a review with findings, a comment, a complaint, something off, a tester."""
    now, citizen = await clock.now(), as_citizen()
    row = await waiting(now, id="other-app")
    await objects.put(f"gate/{row.version_id}/index.html-elder.png", PNG, media_type="image/png")
    await looked(row, now)
    await opened(citizen, now=now)
    await shelf.rate(citizen, "rent-app", 2, "提交以后没有反应", now=now)
    await shelf.complain(citizen, "rent-app", concern=Concern.FEES, text="要我交五十元", key="k", now=now)
    off = {"reason": "页面被篡改", "notice": "正在检修，请先到窗口办理。"}
    await release.switch_off(as_operator(), SwitchKind.APP, "other-app", **off, now=now)
    tester = await a_tester(an_actor(Role.CITIZEN), until=now + timedelta(days=30))
    await shelf.assign(as_operator(), tester.id, "rent-app", now=now)
    return {"review_id": row.id, "tester_id": tester.id}


async def test_each_of_the_developer_s_is_well_drawn(client: httpx.AsyncClient, page: Page):
    await walk(client, page, developer, await a_busy_mini_app(client))


async def test_each_of_the_operator_s_is_well_drawn(client: httpx.AsyncClient, sign_in, page: Page):
    facts = {**await a_busy_mini_app(client), **await what_waits()}
    await at_work(client, sign_in)

    await walk(client, page, operator, facts)
