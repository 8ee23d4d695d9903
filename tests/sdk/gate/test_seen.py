"""A bad mini-app for every rule that needs a browser: real Chromium finds it by that rule, where it is."""

import pytest

from banshi import gate
from banshi.findings import Severity
from banshi.gate.browser import Limits, Report
from banshi.package import MANIFEST
from tests.sdk.gate.good import OLD, OLD_SCRIPT, OLD_VIEWPORT, VIEWPORT
from tests.sdk.gate.seen import FILES, MANIFEST_TEXT, PAGE, SCRIPT, SHOTS, STYLE, made

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def body(line: str) -> dict[str, str]:
    return {"index.html": PAGE.replace("</main>", f"{line}\n</main>", 1)}


def script(line: str) -> dict[str, str]:
    return {"app.js": SCRIPT + line + "\n"}


def style(line: str) -> dict[str, str]:
    return {"style.css": STYLE + line + "\n"}


OPEN = "const db = await new Promise(ok => { const asked = indexedDB.open('a');"
OPEN += " asked.onupgradeneeded = () => asked.result.createObjectStore('b', { autoIncrement: true });"
OPEN += " asked.onsuccess = () => ok(asked.result); });"
OPEN += " db.transaction('b', 'readwrite').objectStore('b').add({ me: me.note });"
DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
LOSES = {  # the second page knows of elder mode from its address alone, and the first does not tell it
    MANIFEST: MANIFEST_TEXT.replace("pages: [/]", "pages: [/, /more.html]"),
    **body('<p><a class="go" href="more.html">更多</a></p>'),
    **style(".go { display: block; line-height: 60px; min-height: 60px }"),
    "more.html": PAGE.replace("app.js", "more.js"),
    "more.js": "const told = new URLSearchParams(location.hash.slice(1)), all = document.documentElement;"
    "all.className = told.get('uiStyle');",
}
INSIDE = "const box = document.createElement('div'); document.querySelector('main').append(box);"
BAD = [
    ("page.blank", style("main, footer { display: none }"), ""),
    ("page.error", script("Promise.reject(new Error('no')); null.length;"), ""),
    ("page.policy", script("document.body.append(Object.assign(document.createElement('script'), "
                           "{ textContent: 'a = 1' }));"), ""),
    ("page.uninvited", script("globalThis['al' + 'ert']('hello');"), ""),
    ("page.sideways", body('<p style="width: 700px">很宽</p>'), "body > main > p:nth-of-type(3)"),
    ("page.axe", body("<select><option>市</option></select>") | style("select { height: 60px; width: 9em }"),
     "select"),
    ("page.axe", body('<form class="b"><label>号<input name="getBoundingClientRect"></label></form>'), ".b"),
    ("page.contrast", style("#more { color: #aaa }"), "#more"),
    ("page.spacing", style("#more { line-height: 1.1 }"), "#more"),
    ("page.paragraphs", style("#who { margin: 0 }"), "#more"),
    ("page.targets", style("html:not(.elder) #send { min-height: 30px; line-height: 30px }"), "#send"),
    ("elder.letters", style("#more { font-size: 17px }"), "#more"),
    ("elder.targets", style(".elder #send { min-height: 50px; line-height: 50px }"), "#send"),
    ("page.masking", script("document.getElementById('who').textContent = '手机 ' + me.phone;"), "#who"),
    ("page.masking", script(INSIDE + "box.attachShadow({ mode: 'open' }).textContent = "
                            "me.idNumber.replace(/(.{6})/g, '$1 ');"), "body > main > div"),
    ("login.drawn", script(INSIDE + "box.append(Object.assign(document.createElement('input'), "
                           "{ type: 'password', ariaLabel: '密码' }));"), "body > main > div > input"),
    ("login.drawn", script(INSIDE + "box.append(...['真实姓名', '身份证号'].map(told => Object.assign("
                           "document.createElement('input'), { placeholder: told, ariaLabel: told })));"),
     "body > main > div > input:nth-of-type(2)"),
    ("page.closed", script(INSIDE + "box.attachShadow({ mode: 'closed' }).textContent = '看不到';"), ""),
    ("page.markup", script("document.getElementById('more')['inner' + 'HTML'] = me.note;"), "#more > b"),
    ("page.back", script("addEventListener('popstate', () => history.pushState(0, ''));"
                         "setTimeout(() => history.pushState(0, ''), 50);"), ""),
    ("elder.ads", body(f'<p><img alt="" src="{DOT}" width="300" height="60"><b>广告</b></p>'),
     "body > main > p:nth-of-type(3) > b"),
    ("elder.download", body('<button type="button">立即下载APP</button>'),
     "body > main > button:nth-of-type(2)"),
    ("elder.links", LOSES, "body > main > p:nth-of-type(3) > a"),
    ("link.requests", script("fetch('https:/' + '/elsewhere.example/a').catch(() => 0);"
                             "new Image().src = 'http:/' + '/127.0.0.1:5432/';"
                             "new globalThis['Web' + 'Socket']('wss:/' + '/elsewhere.example/');"), ""),
    ("link.requests", script("location = 'https:/' + '/elsewhere.example/';"), ""),
    ("link.requests", script("location = URL.createObjectURL(new Blob(['<p>1'], "
                             "{ type: 'text/html' }));"), ""),
    ("switch.page", script("document.body.dataset.was = localStorage.was; sessionStorage.was ??= 1;"
                           "document.getElementById('more').title = sessionStorage.me ??= me.note;"), ""),
    ("switch.storage", script("localStorage.me ??= me.note;"), ""),
    ("switch.cache", script("const one = await caches.open('one');"
                            "if (!await one.match('/me')) await one.put('/me', new Response(me.note));"
                            + OPEN), ""),
]  # fmt: skip
MANY = MANIFEST_TEXT.replace("pages: [/]", f"pages: [{', '.join(f'/index.html?a={n}' for n in range(21))}]")
ENDED = [
    ("browser.pages", {MANIFEST: MANY}, Limits(whole_s=15)),
    ("browser.time", script("for (;;);"), Limits(step_s=12)),
    ("browser.time", script("setTimeout(() => { for (;;); }, 400);"), Limits(step_s=12)),
    ("browser.memory", script("let all = []; setInterval(() => all.push(new Uint8Array(5e7).fill(1)), 20);"),
     Limits(memory_mib=900)),
    ("browser.crash", script("let all = []; for (;;) all.push(new Array(1e6).fill(all.length));"), Limits()),
]  # fmt: skip
ALONG = {"switch.page": {"switch.storage"}, "page.sideways": {"page.axe"}}  # what cannot but be found too
OLD_SEEN = {
    MANIFEST: MANIFEST_TEXT + "profile: zheliban\n",
    "index.html": PAGE.replace(VIEWPORT, OLD_VIEWPORT).replace(' type="module"', " defer"),
    "app.js": OLD_SCRIPT,
}


@pytest.mark.parametrize("changes", [None, OLD_SEEN], ids=["new host", "old host"])
async def test_the_good_ones_pass_and_are_pictured(changes):
    report = await gate.judge(made(changes))

    assert report.findings == []
    assert sorted(report.shots) == sorted(SHOTS)
    assert all(shot.startswith(b"\x89PNG") for shot in report.shots.values())


def check_found(report: Report, rule: str, selector: str) -> None:
    """Check that one of BAD is found by its rule alone, at its place.

    Each is looked at with `miniapp check` beside the platform, in tests/miniapps/review/test_agreement.py.
    """
    found = [each for each in report.findings if each.rule == rule]
    assert {each.rule for each in report.findings} - ALONG.get(rule, set()) == {rule}
    assert {(each.file, each.selector) for each in found} == {("index.html", selector)}
    assert all(each.shot in report.shots for each in found if each.shot)
    assert all(each.problem and each.fix for each in found)
    assert gate.passes(found) is (gate.RULES[rule].severity is Severity.WARN)


@pytest.mark.parametrize(
    ("rule", "changes", "limits"), ENDED, ids=["many", "hangs", "hangs later", "grows", "crashes"]
)
async def test_who_takes_too_much_is_ended_and_told_so(rule, changes, limits):
    report = await gate.judge(made(changes), limits=limits)

    assert rule in {each.rule for each in report.findings}
    assert {each.file for each in report.findings} <= {"index.html", MANIFEST}
    assert not gate.passes(report.findings)


def test_every_rule_of_the_browser_has_a_bad_mini_app():
    assert {each[0] for each in (*BAD, *ENDED)} == {id for id, rule in gate.RULES.items() if rule.in_browser}
    assert FILES.keys() <= made().files.keys()
    assert OLD
