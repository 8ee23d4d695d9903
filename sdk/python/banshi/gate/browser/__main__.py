"""The process that looks, `python -m banshi.gate.browser FOLDER`: no secrets, no network for its browser."""

import os
import sys
from pathlib import Path

import msgspec
from playwright.sync_api import Error, sync_playwright

from banshi._parent import end_with
from banshi.gate._app import App
from banshi.gate.browser import _rules as rules
from banshi.gate.browser._journal import JOB, Job, Journal, Line
from banshi.gate.browser._look import Look
from banshi.gate.browser._serving import serve
from banshi.gate.browser._walls import WALLED
from banshi.manifest import Manifest

FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-quic", "--disable-gpu",
    "--disable-dev-shm-usage",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--no-default-browser-check",
    "--disable-features=WebRtcHideLocalIpsWithMdns,MediaRouter,OptimizationHints,"
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup",  # each window would have a process draw them in advance
    "--dns-prefetch-disable",
    "--js-flags=--max-old-space-size=512", "--disable-blink-features=AutomationControlled",
)  # fmt: skip
GONE = ("crashed", "has been closed")  # how playwright says that a page or the browser is no more


def main(folder: Path, *, is_walled: bool) -> None:
    """Look at the mini-app that the job in `folder` names."""
    job = msgspec.msgpack.decode((folder / JOB).read_bytes(), type=Job)
    app = App(msgspec.json.decode(job.manifest, type=Manifest), job.files)
    journal = Journal(folder)
    is_root = os.name == "posix" and os.geteuid() == 0
    with serve(app) as (base, port), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=job.chromium, args=FLAGS, chromium_sandbox=job.has_sandbox and not is_root,
            proxy={"server": f"http://127.0.0.1:{port}", "bypass": "<-loopback>"},
        )  # fmt: skip
        journal.write(Line(is_ready=True, is_walled=is_walled))
        try:
            Look(app, journal, browser, base).all()
        except Error as error:
            if not any(word in error.message for word in GONE):
                raise
            journal.write(Line(found=rules.CRASH.at(journal.step)))
        journal.write(Line(is_done=True))
        browser.close()


if __name__ == "__main__":
    end_with(sys.stdin.fileno())  # the browser follows: it is held by a pipe of ours
    main(Path(sys.argv[1]), is_walled=WALLED in sys.argv[2:])
