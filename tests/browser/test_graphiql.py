"""GraphiQL on a development server, from our own origin, in real Chromium."""

import shutil

import pytest
from playwright.async_api import async_playwright

from api.cli.demo.platform import DemoPlatform
from tests.browser.looking import FLAGS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    made = DemoPlatform(tmp_path_factory.mktemp("graphiql") / "data", hear=lambda line: None)
    made.wait()
    yield made
    made.stop()


async def test_a_developer_runs_a_query_and_nothing_comes_from_elsewhere(platform, tmp_path):
    asked: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(120_000)
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(f"{platform.url}/graphql")
        await page.click(".graphiql-query-editor .CodeMirror")
        await page.keyboard.press("Control+A")
        await page.keyboard.insert_text("{ requestId }")
        await page.click(".graphiql-execute-button")
        await page.wait_for_function(
            "document.querySelector('.result-window').innerText.includes('requestId')"
        )
        await page.screenshot(path=tmp_path / "graphiql.png")
        await browser.close()

    assert {url for url in asked if not url.startswith((platform.url, "data:"))} == set()
