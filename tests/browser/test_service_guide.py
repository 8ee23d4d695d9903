"""Our own mini-app in real Chromium, by the bridge: as large as the host says, with the host's session."""

import json
from typing import Any

import pytest
from playwright.async_api import Page, Route

from banshi.package import kind_of
from miniapps.catalog.service import first_party
from tests.browser.hosting import DIST
from tests.browser.looking import PHONE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

FILES = first_party.shipped()["service-guide"]
PLATFORM, GUIDE = "https://host.example", "https://guide.example"
HOST = f"""<!doctype html><div id="stage"></div><script type="module">
import {{ openMiniApp }} from "/bridge-host.js";
window.guest = openMiniApp({{
  into: document.getElementById("stage"), app: "service-guide", name: "办事指南", entry: "{GUIDE}/index.html",
  scopes: ["items:read"], region: "330106", uiStyle: "elder",
  hooks: {{ session: () => ({{ token: "of-the-host", expiresIn: 600 }}) }},
}});
</script>"""
ITEM = {"name": "居住证申领", "declaredTrips": 0, "instant": True}
FOUND = {"data": {"items": {"edges": [{"node": ITEM}]}}}


class Served:
    """Both origins; `asked` is what the page asked its own."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []

    async def answer(self, route: Route) -> None:
        """Answer one request."""
        request = route.request
        origin, _, name = request.url.partition("#")[0].removeprefix("https://").partition("/")
        if f"https://{origin}" == PLATFORM:
            is_script = name == "bridge-host.js"
            await route.fulfill(
                body=(DIST / "host.js").read_text() if is_script else HOST,
                content_type="text/javascript" if is_script else "text/html",
            )
        elif name == ".banshi/host.json":
            await route.fulfill(json={"app": "service-guide", "host": PLATFORM})
        elif name == "graphql":
            self.asked.append((request.headers["authorization"], json.loads(request.post_data or "")))
            await route.fulfill(json=FOUND)
        elif name in FILES:
            await route.fulfill(body=FILES[name], content_type=kind_of(name))
        else:
            await route.fulfill(status=404)


@pytest.fixture
async def served() -> Served:
    return Served()


@pytest.fixture
async def page(browser, served: Served):
    made = await browser.new_page(viewport=PHONE)
    made.set_default_timeout(15_000)
    await made.route("**/*", served.answer)
    yield made


async def test_it_is_as_large_as_the_host_says_by_now(page: Page):
    await page.goto(f"{PLATFORM}/")
    guide = page.frame_locator("iframe")

    await guide.locator("html.elder").wait_for()
    for style, letters in (("normal", "17px"), ("elder", "22px")):
        await page.evaluate("style => guest.tell('uiStyle', style)", style)
        await guide.locator(f"html[class='{'elder' if style == 'elder' else ''}']").wait_for()
        size = await guide.locator("#words").evaluate("each => getComputedStyle(each).fontSize")
        assert size == letters


async def test_it_finds_things_by_the_session_of_its_host(page: Page, served: Served):
    await page.goto(f"{PLATFORM}/")
    guide = page.frame_locator("iframe")
    await guide.locator("html.elder").wait_for()
    await guide.locator("#words").fill("居住证")
    await guide.locator("button").click()

    await guide.locator("li:has-text('居住证申领')").wait_for()
    assert "一次都不用跑，当场办结" in await guide.locator("#found").inner_text()
    [(right, asked)] = served.asked
    assert right == "Bearer of-the-host"
    assert asked["variables"] == {"search": "居住证", "first": 20}


async def test_a_page_that_nobody_shows_says_so(page: Page, served: Served):
    await page.goto(f"{GUIDE}/index.html")

    await page.locator("#said:has-text('请从办事首页打开')").wait_for()
    assert await page.locator("#form").is_hidden()
    assert served.asked == []
