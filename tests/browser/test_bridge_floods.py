"""Pages that say too much to their host, in real Chromium: refused, and then cut off."""

import pytest

from tests.browser.attacks import TOOLS
from tests.browser.test_bridge_attacks import (
    address,  # noqa: F401 (fixtures)
    attack,
    host,  # noqa: F401
    hostile,  # noqa: F401
    until,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def test_a_flood_is_refused_and_then_cut_off(hostile, host):  # noqa: F811
    script = """const { say, heard } = await linked();
        for (let i = 1; i <= 5000; i++) say({ actionId: i, method: 'setTitle', params: { title: `${i}` } });
        await wait(1500);
        return [heard.filter(each => each.error?.code === 'RATE_LIMITED').length > 100, heard.at(-1).type,
                (await knock(hello())).heard.length]"""

    assert attack(hostile, script) == [True, "bye", 0]
    assert host.evaluate("asked.length") < 100
    assert host.evaluate("cut") == ["a"]


@pytest.mark.parametrize("event", ["i", "1", "{ valueOf: 1, toString: 1 }", "undefined"])
def test_a_flood_of_answers_that_nobody_asked_for_is_cut_off(hostile, host, event):  # noqa: F811
    script = f"""const {{ say, heard }} = await linked();
        for (let i = 1; i <= 1000; i++) say({{ type: 'handled', eventId: {event}, handled: true }});
        await wait(500);
        return [heard.at(-1)?.type, (await knock(hello())).heard.length]"""

    assert attack(hostile, script) == ["bye", 0]
    assert host.evaluate("cut") == ["a"]
    assert host.evaluate("asked") == []


def test_a_page_that_was_asked_answers_once(hostile, host):  # noqa: F811
    script = """const { say, port, told } = await linked(), heard = [];
        port.onmessage = ({ data }) => {
          heard.push(data.name);
          for (const handled of [true, false]) say({ type: 'handled', eventId: data.eventId, handled });
        };
        window.isReady = true;
        await wait(600);
        return heard"""
    hostile.evaluate(f"window.told = (async () => {{ {TOOLS} {script} }})(); undefined")
    until(hostile, "window.isReady")

    assert host.evaluate("guests.a.back()") is True
    assert hostile.evaluate("window.told") == ["back"]
    assert host.evaluate("cut") == []


def test_a_flood_of_handshakes_is_cut_off_too(hostile, host):  # noqa: F811
    script = """for (let i = 0; i < 1000; i++) parent.postMessage(hello(), '*', [new MessageChannel().port2]);
        await wait(300);
        return (await knock(hello())).heard.length"""

    assert attack(hostile, script) == 0
    assert host.evaluate("cut") == ["a"]
