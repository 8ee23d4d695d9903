"""Pages that were written for 浙里办 alone: `ZWJSBridge`, `ZwLog`, `aplus_queue`, in real Chromium."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from banshi.mgop import Sent
from tests.browser.old_pages import GOOD, HOOKS, LISTED, REFUSED
from tests.browser.test_bridge_attacks import address, frame_of, host, until  # noqa: F401

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture
def page(host):  # noqa: F811
    """What shows an old page in a host of a kind: `page("good", sub)`."""
    host.evaluate(f"import('/bridge-host.js').then(module => {{ window.kinds = ({HOOKS})(module); }})")

    def show(kind="good", sub="s1"):
        session = f"() => ({{ token: 'token-of-old', sub: '{sub}', expiresIn: 60 }})"
        number = host.evaluate(
            f"show('old', '/old.html', {{ hooks: {{ session: {session}, ...window.kinds.{kind} }} }})"
        )
        frame = frame_of(host, "old", number)
        until(frame, "document.title === 'old page is ready'")
        return frame

    yield show
    host.evaluate("guests.old?.close()")


def ask(frame, method, arguments=""):
    return frame.evaluate(f"""ZWJSBridge.{method}({arguments}).then(each => ({{ ...each }}),
        ({{ errorCode, errorMessage, message }}) => [errorCode, errorMessage === message])""")


def test_every_method_of_1_1_0_is_there_and_answers_as_the_old_host_did(page):
    frame = page()

    assert set(LISTED) == set(frame.evaluate("Object.keys(ZWJSBridge)"))
    assert {name: ask(frame, name, given) for name, (given, _) in GOOD.items()} == {
        name: answer for name, (_, answer) in GOOD.items()
    }
    left = {"onReady", "setMenu", "setLocalStorage", "getLocalStorage", "removeLocalStorage", "getUUID"}
    assert set(LISTED) - set(GOOD) == left | {"getClipboardData", "uploadFile", "egop"}


@pytest.mark.parametrize("kind", ["denied", "good", "bare"])
def test_refusals_bear_the_old_numbers(page, kind):
    frame = page(kind)
    mine = [each for each in REFUSED if each[0] == kind]

    assert [(method, ask(frame, method, given)) for _, method, given, _ in mine] == [
        (method, [number, True]) for _, method, _, number in mine
    ]


def test_a_host_that_has_little_is_told_as_the_old_one_told(page):
    frame = page("bare")

    assert ask(frame, "ssoTicket") == {"result": False}
    assert ask(frame, "getUserType") == {"userType": "1"}
    assert ask(frame, "getNetworkType")["result"] in ("unknown", "none")
    assert ask(frame, "getCurrentLocationCity")["cityId"] == "330106"


def test_a_menu_tells_what_was_tapped_and_settles_when_it_is_replaced(page, host):  # noqa: F811
    frame = page()
    frame.evaluate("window.first = ZWJSBridge.setMenu({ items: [{ id: '1', text: '更多' }] }); 0")
    frame.evaluate("window.second = ZWJSBridge.setMenu({ items: [{ id: '2', text: '帮助' }] }); 0")
    host.wait_for_timeout(200)
    host.evaluate("guests.old.tell('menu', { id: '2' })")

    assert frame.evaluate("Promise.all([first, second])") == [{}, {"id": "2"}]


def test_what_one_citizen_kept_the_next_one_does_not_find(page):
    first = page(sub="s1")
    assert ask(first, "setLocalStorage", "{ key: 'draft', value: 'mine' }") == {"result": "success"}
    assert ask(first, "getLocalStorage", "{ key: 'draft' }") == {"draft": "mine"}
    device = ask(first, "getUUID")
    again = page(sub="s1")
    assert ask(again, "getLocalStorage") == {"draft": "mine"}
    assert ask(again, "getUUID") == device

    second = page(sub="s2")
    assert ask(second, "getLocalStorage") == {}
    assert ask(second, "getUUID") != device
    assert second.evaluate("Object.keys(localStorage).filter(key => key.includes('s1'))") == []
    assert ask(page(sub="s1"), "getLocalStorage", "{ key: 'draft' }") == {"draft": ""}


def test_files_go_to_the_pages_own_origin(page):
    told = ask(page(), "uploadFile", "{ type: 'image/*', url: '/upload', count: 1 }")

    assert told["status"] == "success" and told["fileName"] == ["a.png"]
    assert told["filePath"][0].endswith("/upload")
    assert ask(page(), "uploadFile", "{ url: 'https://elsewhere.example/' }")["status"] == "fail"


def test_the_old_gateway_is_called_as_its_own_client_does(page, host):  # noqa: F811
    frame = page()
    given = "api: 'mgop.demo.app.hello', method: 'POST', param: { a: 1 }"
    told = ask(frame, "egop", f"{{ {given}, appKey: 'jl9vupjh+200100201+nytcfro' }}")
    asked = urlsplit(told["data"]["asked"])
    sent = dict(parse_qsl(asked.query))

    assert (told["errorCode"], asked.path, told["data"]["body"]) == (0, "/h5/mgop", '{"a":1}')
    assert list(sent) == ["ak", "api", "ts", "sign", "data"]
    token = "0123456789abcdef"  # of the cookie that the first answer, 9001, brought along
    assert Sent(sent["ak"], sent["api"], sent["ts"], "null", "").sign(token) == sent["sign"]
    assert ask(frame, "egop", "{ api: 'mgop.old.app.refused' }") == [1002, True]


def test_the_origin_has_its_session_before_the_page_hears_that_it_is_ready(page, host):  # noqa: F811
    sent = []
    host.on("request", lambda request: sent.append((urlsplit(request.url).path, request.post_data)))
    frame = page(sub="s1")

    assert ("/h5/enter", '{"token":"token-of-old"}') in sent
    entries = "performance.getEntriesByName(new URL('/h5/enter', location.href).href)"
    until(frame, f"{entries}.length")
    assert frame.evaluate(f"{entries}[0].responseStart <= window.readyAt")
    assert sum(path == "/h5/enter" for path, _ in sent) == 1
    page(sub="s2")
    assert sum(path == "/h5/enter" for path, _ in sent) == 2, "another citizen, another session"


def test_it_takes_itself_for_the_app_and_shares_one_connection(page, host):  # noqa: F811
    frame = page()

    assert frame.evaluate("navigator.userAgent").endswith(" dtdreamweb")
    assert frame.evaluate("window.order") == ["bridge", "log", "late"]
    assert ask(frame, "toast", "{ message: 'x' }") == {}


def test_logs_tell_that_something_was_and_nothing_of_whom(page, host):  # noqa: F811
    sent = []
    host.on("request", lambda request: sent.append(request.post_data) if "/beacon" in request.url else None)
    frame = page()
    frame.evaluate("""log.record('__CLICK__', 'CLK', { name: '王小满', phone: '13800138000' });
        log.sendAliMonitor({ name: 'bj', obj: { title: '查询', c1: 'taSR', time: 0, success: true } });
        aplus_queue.push({ action: 'aplus.setMetaInfo', arguments: ['_user_id', 'u-77'] });
        aplus_queue.push({ action: 'aplus.record', arguments: ['x', 'CLK', { uid: 'u-77' }] })""")
    host.wait_for_timeout(500)

    said = "".join(filter(None, sent))
    assert said.count('"what":"page_view"') == 2  # of the log, and of the queue that was there before
    assert said.count('"what":"page_event"') == 3
    assert said.count('"token":"token-of-old"') == 5
    for word in ("王小满", "13800138000", "u-77", "u-1", "昵称"):
        assert word not in said
