"""GraphiQL on a development server, from our own origin, in real Chromium."""

import pytest

from tests.browser import looking

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


async def test_a_developer_runs_a_query_and_nothing_comes_from_elsewhere(browser, platform):
    asked: list[str] = []
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(120_000)
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{platform.url}/graphql")
    await page.click(".graphiql-query-editor .CodeMirror")
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text("{ requestId }")
    await page.click(".graphiql-execute-button")
    await page.locator(".result-window", has_text="requestId").wait_for()
    await looking.keep(page, "graphiql")

    assert {url for url in asked if not url.startswith((platform.url, "data:"))} == set()
