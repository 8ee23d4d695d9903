"""Answers spliced of compressed parts, read by Chromium."""

import shutil
import threading
from http.server import ThreadingHTTPServer

import pytest
from playwright.async_api import async_playwright

from api.graphql.plan.runtime.compression import plain
from tests.api.plan.test_compression import HOME, Answers
from tests.browser.looking import FLAGS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture
def url():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_chromium_reads_them(url):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = await browser.new_page()
        for coding in ("gzip", "zstd"):
            await page.goto(f"{url}/{coding}")

            text = await page.evaluate("fetch(location.href).then(answer => answer.text())")

            assert text.encode() == plain(HOME), coding
        print(browser.version)
        await browser.close()
