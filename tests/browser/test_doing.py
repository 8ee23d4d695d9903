"""What our host page does for a mini-app (`doing.js`): each hook, and a citizen who says yes, no, nothing."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

import api.web
from tests.browser.hosting import DIST
from tests.browser.looking import PHONE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

DOING = (Path(api.web.__file__).parent / "assets" / "doing.js").read_text()
MARKUP = "<img src=x onerror='window.ran=1'>"
PAGE = """<!doctype html><meta charset="utf-8"><title>租房提取 - 办事</title><h1>租房提取</h1>
<div class="host" data-app="rent-app" data-name="租房提取" data-region="330106"
  data-region-name="西湖区" data-user-type="2">
<input type="hidden" name="form_word" value="word"><p class="sending"></p></div>
<dialog class="sheet"></dialog>
<template id="cities"><select><option value="330106">西湖区</option>
<option value="330302">鹿城区</option></select></template>
<script type="module">
import { BridgeError } from "/host.js";
import { doing } from "/doing.js";
window.sent = []; window.told = []; window.ended = 0; window.answers = [];
window.hooks = doing({
  BridgeError, said: document.querySelector(".sending"), tell: (...each) => told.push(each),
  close: () => { ended += 1; },
  async posted(address, body) {
    sent.push([address, Object.fromEntries(body)]);
    const [status, text] = answers.shift();
    return new Response(text, { status });
  },
});
window.ask = (method, params) => {
  window.asked = Promise.resolve().then(() => hooks[method](params)).then(each => each, ({ code }) => code);
};
</script>"""
QUESTION = (
    '{"question":{"name":"<b>租房</b>","operator":"住保局","told":["姓名","证件类型和号码"],"isTrial":true}}'
)


def served(route: Route) -> None:
    """Answer as three files of an origin, and what is opened elsewhere as nothing."""
    name = route.request.url.partition("//host.example/")[2]
    scripts = {"doing.js": DOING, "host.js": (DIST / "host.js").read_text()}
    if name in scripts:
        route.fulfill(body=scripts[name], content_type="text/javascript")
    else:
        route.fulfill(body=PAGE if not name else "", content_type="text/html")


@pytest.fixture(scope="module")
def shown(waiting_browser):
    context = waiting_browser.new_context(viewport=PHONE)
    context.set_default_timeout(10_000)
    context.route("**/*", served)
    return context.new_page()


@pytest.fixture
def page(shown):
    shown.goto("https://host.example/")
    shown.wait_for_function("window.hooks")
    yield shown
    assert shown.evaluate("window.ran") is None
    for other in shown.context.pages[1:]:
        other.close()


def done(page: Page, method: str, params: dict[str, Any] | None = None, *, tap: str | None = None) -> Any:
    """Let a hook be called, and the citizen tap a button of the sheet; "": he closes it."""
    page.evaluate("([method, params]) => ask(method, params)", [method, params or {}])
    if tap is not None:
        page.locator("dialog[open]").wait_for()
        assert "“租房提取”" in page.inner_text("dialog[open]") or method == "ssoTicket", "it says who asks"
        if tap:
            page.click(f"dialog[open] button >> text=/^{tap}$/")
        else:
            page.keyboard.press("Escape")
    answer = page.evaluate("asked")
    assert not page.locator("dialog[open]").count()
    return answer


def test_what_is_known_is_told_without_a_question(page):
    assert done(page, "getUserType") == {"userType": "2"}
    assert done(page, "getCity") == {"code": "330106", "name": "西湖区"}


@pytest.mark.parametrize(
    ("method", "params", "tap", "answer"),
    [
        ("alert", {"message": "好"}, "知道了", {}),
        ("alert", {"message": "好", "buttonName": "行"}, "", {}),
        ("confirm", {"message": "好", "buttonLabels": ["否", "是"]}, "是", {"buttonIndex": 1}),
        ("confirm", {"message": "好", "buttonLabels": ["否", "是"]}, "否", {"buttonIndex": 0}),
        ("confirm", {"message": "好", "buttonLabels": []}, "", {"buttonIndex": 0}),
        ("prompt", {"message": "几", "buttonLabels": []}, "取消", {"buttonIndex": 0, "value": ""}),
        ("actionSheet", {"items": ["甲", "乙"], "cancelButton": ""}, "乙", {"buttonIndex": 1}),
        ("actionSheet", {"items": ["甲", "乙"], "cancelButton": "不要"}, "不要", {"buttonIndex": 2}),
        ("actionSheet", {"items": ["甲", "乙"], "cancelButton": ""}, "", {"buttonIndex": 2}),
        ("selectCity", {}, "确定", {"code": "330106", "name": "西湖区"}),
        ("selectCity", {}, "取消", "BRIDGE_CANCELLED"),
        ("selectCity", {}, "", "BRIDGE_CANCELLED"),
    ],
)
def test_a_sheet_answers_what_was_tapped(page, method, params, tap, answer):
    given = {"title": "问", "placeholder": "", "inputType": "text", **params}

    assert done(page, method, given, tap=tap) == answer


def test_what_is_typed_comes_back_and_numbers_have_their_keys(page):
    page.evaluate(
        "ask('prompt', { title: '', message: '几', placeholder: '', inputType: 'number', buttonLabels: [] })"
    )
    page.fill("dialog input", "42")
    assert page.get_attribute("dialog input", "inputmode") == "numeric"
    page.click("dialog button >> text=确定")

    assert page.evaluate("asked") == {"buttonIndex": 1, "value": "42"}


def test_whatever_a_page_says_is_text(page):
    page.evaluate(
        "text => ask('confirm', { title: text, message: text, buttonLabels: [text, text] })", MARKUP
    )
    page.locator("dialog[open]").wait_for()

    assert page.inner_text("dialog h2") == MARKUP
    assert page.locator("dialog img").count() == 0
    page.keyboard.press("Escape")
    for method, params in (
        ("toast", {"message": MARKUP, "duration": 5000}), ("setTitle", {"title": MARKUP}),
        ("setMenu", {"items": [{"id": "1", "text": MARKUP}]}),
        ("showPreloader", {"text": MARKUP, "delay": 0}),
    ):  # fmt: skip
        assert done(page, method, params) == {}
    page.wait_for_timeout(50)
    assert page.locator("img").count() == 0
    assert [page.inner_text(each) for each in (".toast", "h1", ".menu button", ".sending")] == [MARKUP] * 4


LEAVING = ("openLink", "saveImage", "downloadFile")


@pytest.mark.parametrize("method", LEAVING)
def test_nobody_leaves_without_the_citizens_word(page, method):
    opened: list[Page] = []
    page.context.on("page", lambda each: opened.append(each))
    there = {"url": "https://elsewhere.example/a"}

    assert done(page, method, {"url": "http://elsewhere.example/"}) == "INVALID_INPUT"
    assert done(page, method, there, tap="不行") == "BRIDGE_DENIED"
    assert done(page, method, there, tap="") == "BRIDGE_DENIED"
    assert opened == []
    assert done(page, method, there, tap="可以") == {}
    page.wait_for_timeout(300)
    assert [each.url for each in opened] == ["https://elsewhere.example/a"]
    assert opened[0].evaluate("opener") is None
    assert page.url == "https://host.example/"


def test_a_menu_tells_what_was_tapped_and_goes_when_it_is_empty(page):
    done(page, "setMenu", {"items": [{"id": "a", "text": "更多"}, {"id": "b", "text": "帮助"}]})
    page.click(".menu button >> text=帮助")
    done(page, "setMenu", {"items": [{"id": "c", "text": "一"}]})

    assert page.evaluate("told") == [["menu", {"id": "b"}]]
    assert page.locator(".menu").count() == 1
    done(page, "setMenu", {"items": []})
    assert page.locator(".menu").count() == 0


def test_a_title_is_the_pages_until_it_is_taken_back(page):
    done(page, "setTitle", {"title": "第二步"})
    assert (page.inner_text("h1"), page.title()) == ("第二步", "第二步 - 租房提取 - 办事")
    done(page, "setTitle", {"title": ""})
    assert (page.inner_text("h1"), page.title()) == ("租房提取", "租房提取 - 办事")


def test_one_toast_is_there_at_a_time_and_not_for_long(page):
    done(page, "toast", {"message": "一", "duration": 5000})
    seen = page.evaluate("""async () => {
      ask("toast", { message: "二", duration: 200 });
      await asked;
      return [...document.querySelectorAll(".toast")].map(each => [each.textContent, each.role]);
    }""")
    assert seen == [["二", "status"]]
    page.wait_for_selector(".toast", state="detached")


def test_who_was_quick_sees_no_preloader(page):
    done(page, "showPreloader", {"text": "", "delay": 150})
    done(page, "hidePreloader")
    page.wait_for_timeout(250)
    assert page.inner_text(".sending") == ""
    done(page, "showPreloader", {"text": "", "delay": 0})
    page.wait_for_function("document.querySelector('.sending').textContent === '正在加载…'")
    done(page, "hidePreloader")
    assert page.inner_text(".sending") == ""


def test_closing_answers_the_page_first(page):
    assert done(page, "close") == {}
    page.wait_for_function("window.ended === 1")


@pytest.mark.parametrize(
    ("answers", "tap", "outcome", "decisions"),
    [
        ([[200, '{"result":false}']], None, {"result": False}, [""]),
        ([[200, QUESTION]], "不同意", "BRIDGE_DENIED", [""]),
        ([[200, QUESTION]], "", "BRIDGE_DENIED", [""]),
        ([[200, QUESTION], [200, '{"result":true,"ticketId":"t"}']], "同意",
         {"result": True, "ticketId": "t"}, ["", "yes"]),
        ([[403, '{"code":"SCOPE_MISSING","problem":"不行"}']], None, "SCOPE_MISSING", [""]),
        ([[502, "<html>"]], None, "BRIDGE_FAILED", [""]),
    ],
)  # fmt: skip
def test_a_ticket_is_given_by_the_citizens_word(page, answers, tap, outcome, decisions):
    page.evaluate("given => { answers = given; }", answers)

    assert done(page, "ssoTicket", tap=tap) == outcome
    assert page.evaluate("sent") == [
        ["/apps/rent-app/ticket", {"form_word": "word", "decision": each}] for each in decisions
    ]


def test_a_ticket_is_asked_for_in_full(page):
    page.evaluate("given => { answers = given; }", [[200, QUESTION]])
    page.evaluate("ask('ssoTicket')")
    page.locator("dialog[open]").wait_for()
    said = page.inner_text("dialog")

    for words in ("“<b>租房</b>”请求使用您的信息", "住保局", "证件类型和号码", "虚构的测试用户", "撤回"):
        assert words in said
    assert page.locator("dialog b").count() == 0
