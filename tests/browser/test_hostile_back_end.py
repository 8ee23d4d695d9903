"""Back ends that answer what none should, to a page in our host page: what it hears, and what stays."""

import pytest
from playwright.sync_api import Page

from identity.sandbox import BY_KEY
from tests.browser.hostile_back_end import ATTACKS, DONE, BackEnd
from tests.browser.looking import PHONE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

WHO = BY_KEY["li_wei"]
APP = "fund-of-harm"
CALL = """async () => {
  const { connect } = await import("./bridge.js");
  const host = await connect();
  return host.call("estimate", { rent_fen: 100 }).then(
    told => ["done", typeof told, false, JSON.stringify(told)],
    ({ name, code, retryable, message }) => [code, name, retryable, message]);
}"""
HOST = """() => {
  const copy = document.documentElement.cloneNode(true);
  copy.querySelector("iframe").remove();
  return [copy.outerHTML, document.title, location.href, window.stays, window.ran, ({}).polluted];
}"""
FRAME = """() => [location.href, document.cookie, window.ran, ({}).polluted]"""
WORDS = {"APP_LOST": True, "APP_SILENT": True, "APP_FAILED": False, "APP_ANSWER_UNFIT": False}
"""Refusals of the platform's own, and whether the same call may work later."""


@pytest.fixture(scope="module")
def back_end(platform, stranger):
    there = stranger.publish("housing-fund", under=APP, serves=False)
    lines = (there / ".miniapp" / "credential.env").read_text().splitlines()
    facts = dict(line.partition("=")[::2] for line in lines)
    made = BackEnd(platform.url, APP, facts["MINIAPP_CREDENTIAL"].strip("'\""))
    assert made.ready.wait(20)
    yield made
    made.leave()


@pytest.fixture(scope="module")
def page(waiting_browser, platform, back_end):
    context = waiting_browser.new_context(base_url=platform.url, viewport=PHONE, locale="zh-CN")
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"/sign-in?next=/apps/{APP}")
    page.fill("[name=id_number]", WHO.number)
    page.fill("[name=name]", WHO.name)
    page.click("main button[type=submit]")
    page.click("text=同意并打开")
    page.frame_locator(".host iframe").locator("#form:not([hidden])").wait_for()
    page.evaluate("window.stays = 1")
    return page


def called(page: Page) -> list[object]:
    return list(page.frames[1].evaluate(CALL))


@pytest.mark.parametrize("name", ATTACKS)
def test_a_page_hears_a_typed_refusal_and_its_host_is_as_it_was(page, back_end, name):
    says, expected = ATTACKS[name]
    looks = page.evaluate(HOST), page.frames[1].evaluate(FRAME), page.context.cookies()

    back_end.says = says
    code, kind, retryable, text = called(page)
    back_end.says = None

    assert (code, kind) == (expected, "object" if expected == DONE else "BridgeError")
    assert code not in WORDS or retryable is WORDS[code]
    assert code in (DONE, "NO_MONEY") or "<" not in text
    page.wait_for_timeout(200)
    assert (page.evaluate(HOST), page.frames[1].evaluate(FRAME)) == looks[:2]
    assert {each["name"] for each in page.context.cookies()} == {each["name"] for each in looks[2]}
    assert len(page.context.pages) == 1 and not page.locator("dialog[open]").count()
    assert back_end.ready.wait(20)
    assert [called(page)[0] for _ in range(2)] == [DONE] * 2, "and it is called again"


def test_who_withdrew_meanwhile_is_asked_again_and_then_goes_on(page, back_end):
    beside = page.context.new_page()
    beside.goto("/account/consents")
    beside.click("text=撤回授权")
    beside.wait_for_selector("text=已撤回授权")
    beside.close()

    page.frames[1].evaluate(f"({CALL})(); undefined")
    page.click("text=同意并打开")
    page.frame_locator(".host iframe").locator("#form:not([hidden])").wait_for()

    assert page.evaluate("window.stays") is None, "it came anew, with the question"
    assert called(page)[0] == DONE
