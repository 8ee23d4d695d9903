"""A bad mini-app for every rule: each is refused by that rule alone, at its place, with a way to mend it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banshi import gate
from banshi.findings import Severity
from banshi.gate import _app
from banshi.package import MANIFEST
from tests.sdk.gate.good import FILES, MANIFEST_TEXT, OLD, PAGE, SCRIPT, VIEWPORT, made


def page(old: str, new: str) -> dict[str, str]:
    assert old in PAGE
    return {"index.html": PAGE.replace(old, new, 1)}


def body(line: str) -> dict[str, str]:
    """The page with one more line, the eleventh."""
    return page("<h1>", f"{line}\n<h1>")


def script(line: str) -> dict[str, str]:
    """The script with one more line, the eighth."""
    return {"app.js": SCRIPT + line + "\n"}


def told(old: str, new: str) -> dict[str, str]:
    assert old in MANIFEST_TEXT
    return {MANIFEST: MANIFEST_TEXT.replace(old, new, 1)}


BODY, LAST = ("index.html", 11), ("app.js", 8)
TO_ELDERS = '<a href="elder.html?uiType=elder">长辈版</a>'
LOADS = '<script src="app.js" defer></script>'
BAD = [
    ("page.lang", page(' lang="zh-CN"', ""), ("index.html", 1)),
    ("page.title", page("<title>租房提取</title>", "<title> </title>"), ("index.html", 1)),
    ("page.charset", page('<meta charset="utf-8">', '<meta charset="gbk">'), ("index.html", 1)),
    ("page.viewport", page('name="viewport"', 'name="viewpoint"'), ("index.html", 1)),
    ("page.zoom", page(VIEWPORT, 'content="width=device-width, user-scalable=no"'), ("index.html", 5)),
    ("page.zoom", page(VIEWPORT, 'content="width=device-width, maximum-scale=1.5"'), ("index.html", 5)),
    ("page.zoom_off", {**OLD, "index.html": PAGE}, ("index.html", 5)),
    ("page.inline_script", body("<script>let a = 1</script>"), BODY),
    ("page.handler", body('<p onclick="go()">去</p>'), BODY),
    ("page.script_link", body('<a href=" JavaScript:go()">去</a>'), BODY),
    ("page.base", page("<title>", '<base href="/x/">\n<title>'), ("index.html", 6)),
    ("page.alt", body('<img src="house.svg">'), BODY),
    ("page.svg_script", {"house.svg": "<svg>\n<script>1</script></svg>"}, ("house.svg", 2)),
    ("page.svg_script", {"house.svg": '<svg onload="go()"></svg>'}, ("house.svg", 1)),
    ("page.broken", body("<![what]>"), ("index.html", 0)),
    ("login.password", body('<input type="Password">'), BODY),
    ("login.identity", body('<input name="realName"><input placeholder="请输入身份证号">'), BODY),
    ("script.eval", script("eval(text)"), LAST),
    ("script.eval", script("const f = new Function('a', text)"), LAST),
    ("script.eval", script("setTimeout('go()', 1)"), LAST),
    ("script.write", script("document.write(text)"), LAST),
    ("script.html", script("node.innerHTML = text"), LAST),
    ("script.html", script("node.insertAdjacentHTML('beforeend', text)"), LAST),
    ("script.service_worker", script("navigator.serviceWorker.register('sw.js')"), LAST),
    ("script.cookie", script("document.cookie = 'a=b'"), LAST),
    ("script.kept_identity", script("localStorage.setItem('userInfo', text)"), LAST),
    ("script.kept_identity", script("sessionStorage.setItem(`access_token`, text)"), LAST),
    ("script.source_map", {"app.js.map": "{}"}, ("app.js.map", 0)),
    ("bridge.device", script("navigator.geolocation.getCurrentPosition(show)"), LAST),
    ("bridge.device", script("await navigator.clipboard.readText()"), LAST),
    ("bridge.window", script("window.open(address)"), LAST),
    ("bridge.download", script("link.download = 'a.pdf'"), LAST),
    ("bridge.download", body('<a href="a.pdf" download>下载</a>'), BODY),
    ("secret.key", script("const pem = `-----BEGIN PRIVATE KEY-----`"), LAST),
    ("secret.key", script("const hook = 'whsec_" + "A" * 32 + "'"), LAST),
    ("secret.key", script("let id = 'LTAI" + "5tGxYzWvUtSrQp" + "'"), LAST),
    ("secret.key", script("let id = 'AKIA" + "IOSFODNN7EXAMPLE" + "'"), LAST),
    ("secret.key", script("let jwt = 'eyJ" + "hbGciOiJI.eyJ" + "zdWIiOiIx.c2lnbmF0dXJlb2ZpdA" + "'"), LAST),
    ("secret.key", {"config.json": '{\n"appSecret": "' + "0123456789abcdef" * 2 + '"}'}, ("config.json", 2)),
    ("secret.person", {"items.json": '[\n"33010619900412102' + "0" + '"]'}, ("items.json", 2)),
    ("link.asset", page('src="app.js"', 'src="https://cdn.example/app.js"'), ("index.html", 8)),
    ("link.asset", body('<img alt="" src="//cdn.example/a.png">'), BODY),
    ("link.asset", {"style.css": "p { }\n@import 'https://cdn.example/a.css';"}, ("style.css", 2)),
    ("link.asset", {"style.css": "p { background: url(https://cdn.example/a.png) }"}, ("style.css", 1)),
    ("link.asset", {"house.svg": '<svg><image href="https://cdn.example/a.png"/></svg>'}, ("house.svg", 1)),
    ("link.leaves", body('<a href="https://elsewhere.example/">去</a>'), BODY),
    ("link.leaves", script("location.href = 'https://elsewhere.example/'"), LAST),
    ("link.leaves", script("location.href = 'alipays://platformapi/startapp'"), LAST),
    ("link.leaves", script("location.replace('//elsewhere.example/')"), LAST),
    ("link.sends", body('<form action="https://elsewhere.example/"></form>'), BODY),
    ("link.sends", body('<form><button formaction="https://elsewhere.example/">去</button></form>'), BODY),
    ("link.calls", script("fetch('https://elsewhere.example/a')"), LAST),
    ("link.calls", script("axios.post('https://elsewhere.example/a')"), LAST),
    ("link.calls", script("new WebSocket('wss://elsewhere.example/a')"), LAST),
    ("link.calls", script("xhr.open('GET', 'https://elsewhere.example/a')"), LAST),
    ("link.insecure", script("const place = 'http://elsewhere.example/a'"), LAST),
    ("link.frame", body('<iframe src="elder.html"></iframe>'), BODY),
    ("link.missing", page('src="app.js"', 'src="/app.js"'), ("index.html", 8)),
    ("link.missing", page('href="style.css"', 'href="css/../Style.css"'), ("index.html", 7)),
    ("link.missing", body('<a href="old.html?a=1">旧版</a>'), BODY),
    ("page.gesture", script("if (event.touches.length === 3) show('elder')"), LAST),
    ("page.gesture", script("3<=e.targetTouches.length&&show('elder')"), LAST),
    ("page.captcha", script("initGeetest(options, show)"), LAST),
    ("page.captcha", body("<p>请按住滑块，拖动完成验证</p>"), BODY),
    ("page.captcha", body('<img src="house.svg" alt="验证码">'), BODY),
    ("page.text_size", {"style.css": "p { }\nhtml { -webkit-text-size-adjust: none }"}, ("style.css", 2)),
    ("bridge.pay", script("wx.chooseWXPay(order)"), LAST),
    ("bridge.pay", script("AlipayJSBridge.call('tradePay', order)"), LAST),
    ("manifest.name", told("name: 租房提取", "name: 租房提取公积金"), (MANIFEST, 0)),
    ("manifest.entry", told("entry: /", "entry: /Index.html"), (MANIFEST, 0)),
    ("manifest.entry", told("entry: /", "entry: https://rent-withdrawal.example/"), (MANIFEST, 0)),
    ("manifest.items", told('{"profile:', '{"cases:write": 替您提交申请, "profile:'), (MANIFEST, 0)),
    ("manifest.page", told("/elder.html", "/old.html"), (MANIFEST, 0)),
    ("home.provider", {name: PAGE.replace("中心提供", "提供") for name in ("index.html", "elder.html")},
     ("index.html", 0)),
    ("home.hotline", {name: PAGE.replace("tel:12329", "tel:1") for name in ("index.html", "elder.html")},
     ("index.html", 0)),
    ("elder.style", {"app.js": "let a = 1"}, ("index.html", 0)),
    ("elder.again", {"app.js": "show(host.uiStyle)"}, ("index.html", 0)),
    ("elder.entry", page(TO_ELDERS, ""), ("index.html", 0)),
    ("compat.ui_type", {**OLD, "index.html": OLD["index.html"].replace("?uiType=elder", "")},
     ("index.html", 14)),
    ("compat.page_view", {**OLD, "elder.html": OLD["elder.html"].replace(LOADS, "")}, ("elder.html", 0)),
    ("compat.back", {**OLD, "app.js": OLD["app.js"].replace("pageshow", "pagehide")}, ("index.html", 0)),
    ("compat.page_view", {**OLD, "app.js": OLD["app.js"].replace("sendPV", "send")}, ("index.html", 0)),
]  # fmt: skip


INNOCENT = [
    script("if (event.touches.length === 3) return;\nif (touches.length > 1) event.preventDefault()"),
    body("<p>拖动滑块选择金额</p><p>短信验证码</p>"),
    body("<p>按住滑块，拖动完成验证</p><a href='#voice'>改用语音验证</a>"),
    body('<img src="./house.svg?v=1" alt=""><a href="#top">上</a><a href="more/">更多</a>'),
    body('<link rel="canonical" href="other.html"><img src="data:image/gif;base64,R0" alt="">'),
    {**told("/elder.html", "/more/"),
     "more/index.html": re.sub(r'(src|href)="(?!tel)', r'\1="../', PAGE)},
    {**page(TO_ELDERS, ""), **script("const large = 'elder.html'")},
    {**OLD, "index.html": OLD["index.html"].replace("?uiType=elder", ""),
     "app.js": OLD["app.js"] + "link.href += '?uiType=' + style;\n"},
    {**OLD, "app.js": "import './log.js';\n" + OLD["app.js"].replace("zwlog.sendPV", "view"),
     "log.js": "zwlog.sendPV({})\n"},
]  # fmt: skip


@pytest.mark.parametrize("changes", INNOCENT)
def test_what_only_looks_like_it_is_not_found(changes):
    assert gate.inspect(made(changes)) == []


@pytest.mark.parametrize("changes", [None, OLD], ids=["new host", "old host"])
def test_the_good_ones_pass(changes):
    assert gate.inspect(made(changes)) == []


@pytest.mark.parametrize(
    ("rule", "changes", "place"), BAD, ids=[f"{each[0]}-{n}" for n, each in enumerate(BAD)]
)
def test_each_bad_one_is_found_by_its_rule_at_its_place(rule, changes, place):
    found = gate.inspect(made(changes))

    assert [(each.rule, (each.file, each.line)) for each in found] == [(rule, place)]
    [one] = found
    assert one.fix == gate.RULES[rule].fix
    assert one.problem
    assert gate.passes(found) is (one.severity is Severity.WARN)


def test_the_old_gateway_s_client_may_set_cookies_and_nobody_beside_it():
    client = "const name = '_mgw_tk'\nfunction put(text) { document.cookie = text }\n"
    alone = gate.inspect(made({"mgop.js": client}))
    both = gate.inspect(made({"mgop.js": client + "eval(text)\n", **script("document.cookie = 'a=b'")}))

    assert alone == []
    assert {(each.rule, each.file) for each in both} == {
        ("script.eval", "mgop.js"),
        ("script.cookie", "app.js"),
    }


def test_every_rule_has_a_bad_mini_app():
    assert {rule for rule, *_ in BAD} == {id for id, rule in gate.RULES.items() if not rule.in_browser}
    assert len(gate.RULES) >= 60
    assert all(rule.title and rule.fix and rule.source for rule in gate.RULES.values())


def test_what_is_missing_but_for_its_capitals_is_said():
    [found] = gate.inspect(made(told("/elder.html", "/Elder.html")))

    assert found.problem == "Elder.html is not there, but elder.html is"


def test_findings_come_by_file_and_line():
    found = gate.inspect(made({**script("eval(a)\nwindow.open(b)"), **body("<iframe></iframe>")}))

    assert [(each.file, each.line) for each in found] == [("app.js", 8), ("app.js", 9), BODY]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="<>!-[]/=\"' script\n&#;", max_size=200))
def test_no_page_breaks_the_gate(text):
    elements, _ = _app.read_page(text)

    assert all(element.line >= 1 for element in elements)
    assert isinstance(gate.inspect(made({"extra.html": text, "extra.svg": text, "extra.js": text})), list)


def test_the_files_of_the_good_one_are_all_looked_at():
    app = gate.App(made().manifest, made().files)

    assert set(app.texts) == set(FILES)
