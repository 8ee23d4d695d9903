"""A host page at the platform's own address that shows mini-apps by the host library, and no more."""

from playwright.async_api import Browser, Frame, Page, Route

from api.cli.demo import documents
from api.cli.demo.people import Person
from tests.browser.hosting import DIST
from tests.browser.looking import POPUPS

HOST = "/host-for-tests"
FLAG = f"--disable-features={POPUPS},LocalNetworkAccessChecks"  # what Playwright answers has no address
PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>host</title><div id="stage"></div>
<style>iframe { border: 0; width: 380px; height: 1600px }</style>
<script type="module">
import { openMiniApp } from "/host-for-tests/bridge.js";
localStorage.setItem("secret", "of the host");
window.renewed = 0;
window.show = ({ app, opening, more = {} }) => {
  const session = async () => {
    window.renewed += 1;
    return { token: window.next ?? opening.token, sub: opening.sub, expiresIn: 600 };
  };
  window.guest?.close();
  window.guest = openMiniApp({
    into: document.getElementById("stage"), app, name: app, entry: opening.entry, scopes: opening.scopes,
    region: "330106", uiStyle: "normal", hooks: { session }, ...more,
  });
};
</script>"""


async def hosted(browser: Browser, url: str) -> Page:
    """Open the host page; everything but the page itself is the platform's."""
    page = await browser.new_page(viewport={"width": 420, "height": 1700}, locale="zh-CN")
    page.set_default_timeout(15_000)
    script = (DIST / "host.js").read_text()

    async def answer(route: Route) -> None:
        is_script = route.request.url.endswith(".js")
        await route.fulfill(
            body=script if is_script else PAGE, content_type="text/javascript" if is_script else "text/html"
        )

    for place in (HOST, f"{HOST}/*"):
        await page.route(f"{url}{place}", answer)
    await page.goto(f"{url}{HOST}")
    return page


async def shown(page: Page, citizen: Person, app: str, scopes: list[str]) -> Frame:
    """Let the host show a mini-app to a citizen, and return its frame once it is connected."""
    opening = (await citizen.ask(documents.OPEN_MINI_APP, appId=app, scopes=scopes))["openMiniApp"]
    await page.evaluate("told => show(told)", {"app": app, "opening": opening})
    for _ in range(200):
        if await page.evaluate("guest.isConnected"):
            return next(frame for frame in page.frames if f"//{app}." in frame.url)
        await page.wait_for_timeout(50)
    raise AssertionError(f"{app} did not connect")
