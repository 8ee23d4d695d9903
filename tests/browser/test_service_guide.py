"""Our own mini-app in real Chromium, inside a host that tells when the citizen changes to elder mode."""

import shutil

import pytest
from playwright.async_api import Route, async_playwright

from banshi.package import kind_of
from miniapps.catalog.service import first_party
from tests.browser.looking import FLAGS, PHONE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

FILES = first_party.shipped()["service-guide"]
GUIDE = "https://guide.example/"
HOST = f"""<!doctype html><iframe src="{GUIDE}index.html#token=t&uiStyle=normal"></iframe><script>
addEventListener("message", ({{ data, ports: [port] }}) => {{
  if (data.banshi !== 1 || data.type !== "connect") return;
  port.postMessage({{ type: "connected", uiStyle: "elder" }});
  window.tell = value => port.postMessage({{ type: "event", name: "uiStyle", value }});
}});
</script>"""


async def served(route: Route) -> None:
    name = route.request.url.removeprefix(GUIDE).partition("#")[0]
    if name in FILES:
        await route.fulfill(body=FILES[name], content_type=kind_of(name))
    else:
        await route.fulfill(body=HOST, content_type="text/html")


async def test_it_is_as_large_as_the_host_says_by_now():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = await browser.new_page(viewport=PHONE)
        page.set_default_timeout(15_000)
        await page.route("**/*", served)
        await page.goto("https://host.example/")
        guide = page.frame_locator("iframe")

        await guide.locator("html.elder").wait_for()  # though the address said otherwise
        for style, letters in (("normal", "17px"), ("elder", "22px")):
            await page.evaluate("style => tell(style)", style)
            await guide.locator(f"html[class='{'elder' if style == 'elder' else ''}']").wait_for()
            size = await guide.locator("#words").evaluate("each => getComputedStyle(each).fontSize")
            assert size == letters
        await browser.close()
