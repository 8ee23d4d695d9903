"""The bridge against hostile pages, in real Chromium: what they ask, and what they cannot reach."""

import pytest
from playwright.sync_api import Error

from tests.browser.attacks import HANDSHAKES, QUESTIONS, SILENT, TOOLS, WALLS
from tests.browser.hosting import served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def address():
    with served() as made:
        yield made


@pytest.fixture(scope="module")
def host(waiting_browser, address):
    page = waiting_browser.new_page()
    page.set_default_timeout(10_000)
    page.goto(address)
    page.wait_for_function("document.title === 'ready'")
    show_b(page)
    return page


def show_b(host):
    """Show the mini-app that others are after, connected and with something to lose."""
    frame = shown(host, "b", "/index.html")
    until(frame, "document.title === 'connected'")
    frame.evaluate("localStorage.mine = 'of b'")


def frame_of(page, app, number=""):
    """Return the frame of a mini-app once it is there; `number` tells one showing from another."""
    for _ in range(200):
        fits = (
            each for each in page.frames if f"//{app}.apps" in each.url and f"?{number}" in f"{each.url}?"
        )
        frame = next((each for each in fits if not each.is_detached()), None)
        if frame is not None:
            frame.wait_for_load_state()
            return frame
        page.wait_for_timeout(20)
    raise AssertionError(f"{app} is not shown")


def shown(host, app, path="/quiet.html"):
    """Let the host show a mini-app, and return its frame."""
    return frame_of(host, app, host.evaluate(f"show('{app}', '{path}')"))


def until(frame, expression):
    """Wait for something in a page whose policy forbids Playwright's own way of waiting."""
    for _ in range(200):
        if frame.evaluate(expression):
            return
        frame.page.wait_for_timeout(25)
    raise AssertionError(expression)


def attack(frame, script):
    address = "const HOST = location.origin.replace(/\\/\\/\\w+\\.apps/, '//apps');"
    return frame.evaluate(f"(async () => {{ {TOOLS} {address} {script} }})()")


@pytest.fixture
def hostile(host):
    """A fresh page of mini-app a; afterwards the host and mini-app b are as they were."""
    host.evaluate("window.asked = []; window.answers = {}; window.cut = []")
    yield shown(host, "a")
    host.evaluate("window.answers = {}")
    assert host.evaluate("({}).polluted") is None
    assert host.evaluate("document.title") == "ready"
    victim = frame_of(host, "b")
    assert victim.evaluate("host.then(host => host.toast({ message: 'still here' }))") == {}
    assert victim.evaluate("localStorage.mine") == "of b"


@pytest.mark.parametrize("name", HANDSHAKES)
def test_nobody_answers_a_handshake(hostile, host, name):
    assert attack(hostile, HANDSHAKES[name]) == 0
    assert host.evaluate("guests.a.isConnected") is False


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_answered_with_a_refusal(hostile, host, name):
    script, expected = QUESTIONS[name]

    assert attack(hostile, f"const {{ ask }} = await linked(); {script}") == expected
    assert host.evaluate("asked.filter(([app]) => app === 'a')") == []


@pytest.mark.parametrize("name", SILENT)
def test_nothing_comes_of_it(hostile, host, name):
    script = (
        f"const {{ say, port, heard }} = await linked(); {SILENT[name]}; await wait(200); return heard.length"
    )

    assert attack(hostile, script) == 0
    assert host.evaluate("asked") == []


@pytest.mark.parametrize("name", WALLS)
def test_a_page_stays_within_its_walls(hostile, host, name):
    script, expected = WALLS[name]

    assert attack(hostile, script) == expected
    assert len(host.context.pages) == 1


def test_only_known_fields_reach_the_host(hostile, host):
    fields = '{"message": "hi", "__proto__": {"polluted": 1}, "isInvited": true}'
    said = f"return await ask('toast', JSON.parse('{fields}'))"

    assert attack(hostile, f"const {{ ask }} = await linked(); {said}") == {}
    assert host.evaluate("asked") == [["a", "toast", {"message": "hi", "type": "none", "duration": 2000}]]


def test_a_port_is_dead_once_another_page_has_connected(hostile, host):
    script = """const first = await linked(), second = await linked();
        const old = await first.ask('toast', { message: 'old' });
        return [old, await second.ask('toast', { message: 'new' })]"""

    assert attack(hostile, script) == ["silence", {}]
    assert host.evaluate("asked.map(([, , { message }]) => message)") == ["new"]


def test_what_was_said_once_counts_for_nothing_on_the_next_channel(hostile, host):
    script = """const { told: first } = await linked(), { say, heard } = await linked();
        say({ channel: first.channel, actionId: 1, method: 'toast', params: { message: 'again' } });
        await wait(200);
        return heard.length"""

    assert attack(hostile, script) == 0
    assert host.evaluate("asked") == []


def test_one_thing_at_a_time_is_before_the_citizen(hostile, host):
    host.evaluate("answers.confirm = 'hang'")
    script = (
        "ask('confirm', { message: 'one' }); await wait(50); return await ask('alert', { message: 'two' })"
    )

    assert attack(hostile, f"const {{ ask }} = await linked(); {script}") == "BRIDGE_BUSY"
    assert host.evaluate("asked.length") == 1


def test_a_fault_of_the_host_tells_nothing_of_it(hostile, host):
    host.evaluate("answers.toast = new Error('the token is 123')")
    script = """say({ actionId: 7, method: 'toast', params: { message: 'x' } }); await wait(100);
        return JSON.stringify(heard)"""
    told = attack(hostile, f"const {{ say, heard }} = await linked(); {script}")

    assert "BRIDGE_FAILED" in told and "123" not in told


def test_a_call_goes_with_the_mini_apps_own_right_and_no_cookie(hostile):
    told = attack(
        hostile, "const { ask } = await linked(); return await ask('call', { api: 'x', input: { a: 1 } })"
    )

    assert told == {"asked": "/gw/a/x", "by": "Bearer token-of-a", "cookie": None, "body": '{"a":1}'}


def test_a_frame_that_the_host_did_not_open_is_nobody(hostile, host, address):
    host.evaluate(f"""() => {{
      const frame = document.createElement('iframe');
      frame.src = '{address.replace("apps", "c.apps")}/quiet.html';
      document.body.append(frame);
    }}""")
    stranger = frame_of(host, "c")

    assert attack(stranger, "return (await knock(hello({ app: 'a' }))).heard.length") == 0
    assert host.evaluate("guests.a.isConnected") is False
    host.evaluate("document.querySelector('body > iframe').remove()")


def test_another_origin_in_the_frame_is_nobody(hostile, host, address):
    hostile.evaluate(f"location.href = '{address.replace('apps', 'd.apps')}/quiet.html'")

    assert attack(frame_of(host, "d"), "return (await knock(hello())).heard.length") == 0
    assert host.evaluate("guests.a.isConnected") is False


def test_a_page_without_an_origin_is_nobody(hostile, host):
    hello = "{banshi:1,type:'connect',nonce:'0123456789abcdef'}"
    script = f"parent.postMessage({hello},'*',[new MessageChannel().port2])"
    hostile.evaluate("address => { location.href = address; }", f"data:text/html,<script>{script}</script>")
    host.wait_for_timeout(300)

    assert host.evaluate("guests.a.isConnected") is False


def test_a_page_hears_its_host_alone(hostile, host):
    victim = frame_of(host, "b")
    attack(
        hostile,
        """const { port1, port2 } = new MessageChannel();
        const fakes = [{ type: 'connected', nonce: MINE, channel: 'x', capabilities: ['pay'] },
          { type: 'event', name: 'uiStyle', value: 'elder' }, { actionId: 1, result: { token: 'evil' } }];
        for (const fake of fakes) beside().postMessage(fake, '*', [new MessageChannel().port2]);
        await wait(200)""",
    )

    assert len(victim.evaluate("uninvited")) == 3
    assert victim.evaluate("heard") == []
    assert victim.evaluate("host.then(host => [host.uiStyle, host.can('pay')])") == ["normal", False]
    assert victim.evaluate("host.then(host => host.session()).then(({ token }) => token)") == "token-of-b"


def test_a_stranger_cannot_frame_a_mini_app(waiting_browser, address):
    page = waiting_browser.new_page()
    try:
        page.goto(address.replace("apps", "evil"))
        at = address.replace("apps", "a.apps")
        page.set_content(f"<iframe src='{at}/index.html'></iframe>")
        page.wait_for_timeout(500)
        with pytest.raises(Error):
            page.frames[1].evaluate("document.title === 'bridged' || Promise.reject(Error(location.href))")
    finally:
        page.close()


def test_a_page_whose_origin_names_another_host_tells_nothing(host):
    lost = shown(host, "lost", "/index.html")

    assert lost.evaluate("host.catch(error => [error.code, error.retryable])") == ["BRIDGE_NO_HOST", True]
    assert host.evaluate("guests.lost.isConnected") is False
    host.evaluate("guests.lost.close()")


def test_a_mini_app_is_not_shown_from_the_hosts_own_origin(host):
    for entry in ("/index.html", "javascript:alert(1)", "data:text/html,x", "about:blank"):
        told = host.evaluate(
            "entry => { try { show('e', '', { entry }); } catch ({ code }) { return code; } }",
            entry if ":" in entry else f"{host.url}index.html",
        )
        assert told == "BRIDGE_ORIGIN"
