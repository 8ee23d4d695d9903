"""A page under the gate reaches nothing, not even what listens beside it, and it learns no secret."""

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from banshi import gate
from banshi.gate.browser import _running, _walls
from banshi.gate.browser._processes import family
from tests.sdk.gate.seen import SCRIPT, made

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

TRIES = """
const there = "127.0.0.1:PORT";
const tried = [
  fetch(`http://${there}/`, { mode: "no-cors" }), fetch(`http://localhost:PORT/`, { mode: "no-cors" }),
  new Promise(done => { const it = new Image(); it.onerror = done; it.src = `http://${there}/a.png`; }),
];
new globalThis["Web" + "Socket"](`ws:/` + `/${there}/`);
navigator["send" + "Beacon"](`http://${there}/`, "a");
for (const rel of ["preconnect", "prefetch", "dns-prefetch", "stylesheet"])
  document.head.append(Object.assign(document.createElement("link"), { rel, href: `http://${there}/${rel}` }));
const peer = new RTCPeerConnection({ iceServers: [{ urls: `turn:${there}?transport=tcp`, username: "a", credential: "b" }] });
peer.createDataChannel("a");
peer.createOffer().then(offer => peer.setLocalDescription(offer));
await Promise.allSettled(tried);
await new Promise(done => setTimeout(done, 2000));
"""  # noqa: E501


@pytest.fixture
def neighbour():
    """A server on this machine that takes down who connects; gives its port and the list."""
    heard: list[object] = []
    server = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                heard.append(server.accept()[1])
            except OSError:
                return

    Thread(target=listen, daemon=True).start()
    yield server.getsockname()[1], heard
    server.close()


async def test_nothing_that_listens_beside_it_hears_of_a_page(neighbour):
    port, heard = neighbour

    report = await gate.judge(made({"app.js": SCRIPT + TRIES.replace("PORT", str(port))}))

    assert heard == []
    can = subprocess.run([sys.executable, _walls.__file__, "required", "/bin/true"], check=False)
    assert report.is_walled is (can.returncode == 0)
    asked = " ".join(each.problem for each in report.findings if each.rule == "link.requests")
    assert f"http://127.0.0.1:{port}/" in asked and f"ws://127.0.0.1:{port}" in asked


def test_the_process_gets_no_secret(monkeypatch, tmp_path):
    monkeypatch.setenv("BANSHI_SEAL_KEY", "secret")

    told = _running._environment(tmp_path)

    assert "secret" not in told.values()
    assert set(told) <= {
        "PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "PYTHONPATH", "HOME", "TMPDIR", "XDG_CONFIG_HOME", "LANG",
    }  # fmt: skip


WAITS = """
import asyncio, sys
from banshi.gate import browser
from tests.sdk.gate.seen import SCRIPT, made
asyncio.run(browser.inspect(made({"app.js": SCRIPT + "for (;;);"})))
"""


async def test_nothing_goes_on_when_who_waits_for_it_is_killed(short_folder):
    folder = {"TMPDIR": str(short_folder)}
    waiting = await asyncio.create_subprocess_exec(sys.executable, "-c", WAITS, env={**os.environ, **folder})
    async with asyncio.timeout(30):
        while len(begun := family(waiting.pid)[1:]) < 6:  # the looking process, the driver, a browser's
            await asyncio.sleep(0.2)

    waiting.kill()
    await waiting.wait()

    async with asyncio.timeout(20):
        while any(is_alive(pid) for pid in begun):
            await asyncio.sleep(0.2)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
