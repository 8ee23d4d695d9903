"""The bridge between a page and a host that mean well: what each promises the other, in real Chromium."""

import pytest

from tests.browser.test_bridge_attacks import address, host, show_b, shown, until  # noqa: F401

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture
def page(host):  # noqa: F811
    """A page of mini-app a that is connected."""
    host.evaluate("window.asked = []; window.answers = {}")
    frame = shown(host, "a", "/index.html")
    until(frame, "document.title === 'connected'")
    yield frame


def told(page, script):
    return page.evaluate(f"host.then(async host => {{ {script} }})")


def test_a_page_knows_where_it_is_and_what_it_can(page):
    assert told(page, "return [host.app, host.version, host.uiStyle, host.region, host.locale]") == [
        "a", "1.1", "normal", "330106", "zh-CN",
    ]  # fmt: skip
    assert told(page, "return ['call', 'storage', 'toast', 'pay', 'then'].map(host.can)") == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_what_a_host_has_not_is_refused_at_once(page):
    refusal = "return host.pay({}).catch(error => [error.name, error.code, error.retryable])"
    assert told(page, refusal) == ["BridgeError", "BRIDGE_UNSUPPORTED", False]


def test_what_cannot_be_sent_is_refused(page):
    assert told(page, "return host.call('x', () => 1).catch(error => error.code)") == "INVALID_INPUT"


def test_a_session_is_asked_for_once_while_it_lives(page, host):  # noqa: F811
    script = (
        "return (await Promise.all([host.session(), host.session(), host.session()])).map(each => each.token)"
    )
    assert told(page, script) == ["token-of-a"] * 3
    assert told(page, "return (await host.session()).expiresIn") in range(45, 61)


def test_a_call_carries_its_key_and_the_citizens_mode(page, host):  # noqa: F811
    host.evaluate("guests.a.tell('uiStyle', 'elder')")
    until(page, "heard.length === 1")

    assert page.evaluate("heard") == [["uiStyle", "elder"]]
    assert told(page, "return host.uiStyle") == "elder"
    assert (
        told(page, "return (await host.call('apply', {}, { idempotencyKey: 'k' })).by") == "Bearer token-of-a"
    )


def test_a_page_may_take_care_of_going_back(page, host):  # noqa: F811
    assert host.evaluate("guests.a.back()") is False
    page.evaluate("handles = true")
    assert host.evaluate("guests.a.back()") is True
    assert host.evaluate("guests.b.close(); guests.b.back()") is False
    show_b(host)


def test_the_citizens_no_reaches_the_page(page, host):  # noqa: F811
    host.evaluate("import('/bridge-host.js').then(({ BridgeError }) => {"
                  " answers.share = new BridgeError('BRIDGE_CANCELLED', 'not shared'); })")  # fmt: skip
    script = "return host.share({ url: 'https://example.cn/' }).catch(error => [error.code, error.message])"
    assert told(page, script) == ["BRIDGE_CANCELLED", "not shared"]


def test_every_promise_settles_when_the_host_goes(page, host):  # noqa: F811
    host.evaluate("answers.confirm = 'hang'")
    page.evaluate(
        "window.waiting = host.then(host => host.confirm({ message: 'x' })).catch(error => error.code); 0"
    )
    host.wait_for_timeout(100)
    page.evaluate("parent.postMessage({ banshi: 1, type: 'connect', nonce: '0123456789abcdef' }, '*',"
                  " [new MessageChannel().port2])")  # fmt: skip

    assert page.evaluate("waiting") == "BRIDGE_GONE"
    assert told(page, "return host.toast({ message: 'x' }).catch(error => error.code)") == "BRIDGE_GONE"


def test_a_page_by_itself_speaks_to_the_platform_with_the_token_of_its_address(waiting_browser, address):  # noqa: F811
    alone = waiting_browser.new_page()
    try:
        at = address.replace("apps", "a.apps")
        alone.goto(f"{at}/index.html#token=of-the-address&uiStyle=elder&region=330106")
        assert alone.evaluate("host.then(host => [host.uiStyle, host.region, host.can('toast')])") == [
            "elder", "330106", False,
        ]  # fmt: skip
        assert "of-the-address" not in alone.url
        answer = alone.evaluate("host.then(host => host.call('apply', { a: 1 }, { idempotencyKey: 'k' }))")
        assert answer == {
            "asked": "/gw/a/apply",
            "by": "Bearer of-the-address",
            "cookie": None,
            "body": '{"a":1}',
        }
        alone.goto(f"{at}/index.html?again")
        assert alone.evaluate("host.catch(error => error.code)") == "BRIDGE_NO_HOST"
    finally:
        alone.close()
