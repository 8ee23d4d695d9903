"""An application on another origin asks a citizen, in real Chromium, where forms and redirects meet."""

import json
import secrets
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.async_api import Page

from identity.sandbox import citizen
from tests.api.oidc.relying import challenge_of
from tests.browser import looking
from tests.browser.looking import faults, findings
from tests.browser.test_pages import DESKTOP, PHONE, opened

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

WHO = citizen(301)
CLAIMS = {
    "profile.name": "在页面上称呼您", "phone": "办理结果短信通知", "idcard.verify": "确认您已成年",
    "idcard.number": "核对住房公积金账户", "cases:read": "显示您的办理进度",
}  # fmt: skip


class Application(BaseHTTPRequestHandler):
    """The relying party: it says hello to whoever comes back."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *told: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def application():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Application)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/callback"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def client_id(platform, application) -> str:
    scopes = [f"--scope={key}={why}" for key, why in CLAIMS.items()]
    command = [sys.executable, "-m", "api.cli", "clients", "add", "公积金助手", "--redirect-uri", application,
               "--operator", "杭州市住房公积金管理中心", "--auth-method", "none",
               "--number-basis", "《住房公积金管理条例》第十五条", *scopes]  # fmt: skip
    told = subprocess.run(command, env=platform.env, capture_output=True, text=True, check=True)
    return str(json.loads(told.stdout)["client_id"])


def request(client_id: str, application: str, **more: str) -> str:
    query = {
        "client_id": client_id, "redirect_uri": application, "response_type": "code", "state": "here",
        "scope": " ".join(["openid", *CLAIMS]), "code_challenge": challenge_of(secrets.token_urlsafe(32)),
        "code_challenge_method": "S256",
    }  # fmt: skip
    return f"/oauth/authorize?{urlencode(query | more)}"


async def fill_in(page: Page) -> None:
    await page.fill("[name=id_number]", WHO.number)
    await page.fill("[name=name]", WHO.name)
    await page.click("main button[type=submit]")


@pytest.mark.parametrize(
    ("viewport", "scripts", "style"),
    [(PHONE, False, "elder"), (DESKTOP, True, "normal")],
    ids=["elder", "desktop"],
)
async def test_a_citizen_agrees_to_a_part_and_the_browser_gets_to_the_application(
    browser, platform, application, client_id, viewport, scripts, style
):
    page = await opened(browser, platform, viewport, scripts=scripts)
    await page.goto(request(client_id, application, ui_style=style))
    await fill_in(page)
    assert "/consent?" in page.url
    assert await faults(page, elder=style == "elder") == {}
    assert not scripts or await findings(page) == []
    assert await page.locator("html.elder").count() == (style == "elder"), "the application's wish"
    await looking.keep(page, "consent")
    await page.uncheck("[value=phone]")
    await page.click("button[value=grant]")
    await page.wait_for_url(f"{application}?**")
    back = dict(parse_qsl(urlsplit(page.url).query))
    assert back["state"] == "here" and "code" in back

    await page.goto(f"{platform.url}/account/consents")
    told = await page.inner_text("main")
    assert "公积金助手" in told and "姓名" in told and "手机号码" not in told
    again = await opened(browser, platform, viewport, scripts=scripts)
    await again.goto(request(client_id, application))
    await fill_in(again)
    await again.wait_for_url(f"{application}?**")  # agreed before: from the form straight to the application
    await page.click("text=撤回授权")
    assert "还没有同意任何应用" in await page.inner_text("main")

    await page.goto(f"{platform.url}{request(client_id, application)}")
    await page.click("button[value=refuse]")
    await page.wait_for_url(f"{application}?error=access_denied**")


@pytest.mark.parametrize("style", ["elder", "normal"])
async def test_what_needs_plaintext_reads_well_to_who_came_by_a_network_identity(
    browser, platform, application, client_id, style
):
    page = await opened(browser, platform, PHONE)
    await page.goto(f"/sign-in?method=network_id&ui_style={style}")
    await page.fill("[name=credential]", "wz-wang_fang")
    await page.click("main button[type=submit]")
    await page.goto(request(client_id, application, ui_style=style))
    assert "以下信息不会提供" in await page.inner_text("main")
    assert (await faults(page, elder=style == "elder"), await findings(page)) == ({}, [])
    await looking.keep(page, "withheld")
    await page.click("text=把网络身份关联到您的账户")
    assert "用身份证登录" in await page.inner_text("main")
    assert (await faults(page, elder=style == "elder"), await findings(page)) == ({}, [])
