"""Answers spliced of compressed parts, read by Chromium."""

import threading
from http.server import ThreadingHTTPServer

import pytest

from api.graphql.plan.runtime.compression import plain
from tests.api.plan.test_compression import HOME, Answers

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


async def test_chromium_reads_them(browser, url):
    page = await browser.new_page()
    for coding in ("gzip", "zstd"):
        await page.goto(f"{url}/{coding}")

        text = await page.evaluate("fetch(location.href).then(answer => answer.text())")

        assert text.encode() == plain(HOME), coding
    print(browser.version)
