"""The developer's pages as Chromium draws them: at 390 and 1280 pixels and in elder mode, looked at by axe.

What the pages say comes from the server in this process; the browser is handed it and reaches nothing else.
"""

import os
import re
import shutil
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Page, Route, async_playwright

from api.settings import Settings
from miniapps.shelf import service as shelf
from storage import clock
from storage.embedded.valkey import Valkey
from storage.settings import ObjectsSettings, QueueSettings
from tests.api.conftest import as_citizen, as_operator, some_settings
from tests.api.web.office import in_team, with_app, with_approved, with_key, with_released
from tests.api.web.test_developer_release import step
from tests.api.web.test_developer_review import looked_at, refused
from tests.api.web.test_developer_usage import counted, noticed
from tests.api.web.test_developer_voices import reported
from tests.browser.looking import faults, findings
from tests.browser.test_mini_app_page import FLAGS
from tests.browser.test_pages import DESKTOP, PHONE
from tests.miniapps.shelf.factories import opened

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

ORIGIN = "http://127.0.0.1:8000"
ASSET = re.compile(r'(?:href|src)="(/(?:pages/|developer/apps/[^"]*/shots/)[^"]*)"')
BASE = "/developer/apps/rent-app"


@pytest.fixture
def settings(valkey: Valkey, seaweed: ObjectsSettings) -> Settings:
    return some_settings(queue=QueueSettings(url=valkey.url), objects=seaweed)


async def drawn(client: httpx.AsyncClient, page: Page, path: str, name: str) -> None:
    """Draw a page of the server, check it, and keep its picture where the environment wants pictures kept."""
    elder = "ui_style=elder" in path
    answer = await client.get(path)
    assert answer.status_code < 500, path
    held = {asset: await client.get(asset) for asset in set(ASSET.findall(answer.text))}
    held[urlsplit(path).path] = answer

    async def hand_out(route: Route) -> None:
        found = held[urlsplit(route.request.url).path]
        kind = {"content-type": found.headers["content-type"]}
        await route.fulfill(status=found.status_code, body=found.content, headers=kind)

    await page.route("**/*", hand_out)
    await page.goto(ORIGIN + path)
    for summary in await page.locator("summary").all():
        await summary.click()
    if folder := os.environ.get("BANSHI_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}-{page.viewport_size['width']}.png", full_page=True)
    assert await findings(page) == [], path
    assert await faults(page, elder=elder) == {}, path
    await page.unroute("**/*")


async def a_busy_mini_app(client: httpx.AsyncClient) -> dict[str, str]:
    """A mini-app in use, with a version on trial, one that was refused, ratings and a defect."""
    actor = await in_team(client)
    await with_key(actor)
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
    return {"version": str(bad.id), "defect": str(defect.id)}


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_the_pages_of_a_mini_app_are_well_drawn(client: httpx.AsyncClient, viewport):
    ids = await a_busy_mini_app(client)
    pages = {
        "busy-app": "", "busy-agreement": "/agreement", "busy-credentials": "/credentials",
        "busy-version": f"/versions/{ids['version']}", "busy-release": "/release",
        "busy-promote": "/release/promote?version=1.1.0&to=regions",
        "busy-percent": "/release/promote?version=1.1.0&to=percent",
        "busy-roll-back": "/release/roll-back?version=1.0.0", "busy-usage": "/usage",
        "busy-month": "/usage?days=30",
        "busy-ratings": "/ratings", "busy-defects": "/defects", "busy-defect": f"/defects/{ids['defect']}",
    }  # fmt: skip
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = await browser.new_page(viewport=viewport)
        for name, path in pages.items():
            await drawn(client, page, BASE + path, name)
        for name in ("busy-app", "busy-version", "busy-usage", "busy-release"):
            await drawn(client, page, f"{BASE}{pages[name]}?ui_style=elder", f"{name}-elder")
        await browser.close()
