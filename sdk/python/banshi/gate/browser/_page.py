"""One page, open in the browser: brought to rest, measured, and drawn with what was found outlined."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Dialog, Download, Error, Page, Request, TimeoutError

from banshi.findings import Finding
from banshi.gate._rules import RULES
from banshi.gate.browser import _rules as rules
from banshi.gate.browser._people import Person

WIDTH, HEIGHT, TALLEST = 390, 844, 6000  # CSS pixels
LOAD_MS, IDLE_MS = 15_000, 3_000
MOST = 10  # findings of one rule on one page
NORMAL, ELDER = "normal", "elder"
HERE = files("banshi.gate.browser")
HOST, LOOK, KEEPING = (HERE.joinpath(f"{name}.js").read_text("utf-8") for name in ("host", "look", "keeping"))
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
WATCH = """() => {
  window.__policy = [];
  document.addEventListener("securitypolicyviolation", event =>
    window.__policy.push([event.effectiveDirective, event.blockedURI]));
}"""
REST = """() => new Promise(done => {
  let quiet = setTimeout(done, 300);
  setTimeout(done, 2500);
  new MutationObserver(() => { clearTimeout(quiet); quiet = setTimeout(done, 300); })
    .observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
})"""
RUN_AXE = """options => axe.run(document, options).then(({ violations }) => violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .flatMap(({ id, help, nodes }) => nodes.map(
    ({ target, failureSummary }) => ({ id, help, target: target.flat().join(" "), failureSummary }))))"""
OUTLINE = """selectors => selectors.forEach(each => document.querySelectorAll(each).forEach(
  element => { element.style.outline = "3px solid #d00"; element.style.outlineOffset = "2px"; }))"""
TEXT = """() => document.documentElement.outerHTML + [...document.querySelectorAll("input, textarea, select")]
  .map(each => each.value).join(" ")"""


@dataclass
class Seen:
    """What the browser told of a page while it was open."""

    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    uninvited: list[str] = field(default_factory=list)
    has_crashed: bool = False


@dataclass(frozen=True)
class View:
    """A page of the mini-app as it is to be opened."""

    file: str
    url: str
    style: str  # normal or elder


class Opened:
    """A tab that shows one page after the other, as one person and then as another."""

    def __init__(self, context: BrowserContext, base: str, *, is_compatible: bool) -> None:
        self.page, self.seen, self._is_compatible = context.new_page(), Seen(), is_compatible
        self._base, self._origin = base, f"http://{urlsplit(base).netloc}/"
        self.page.set_default_timeout(LOAD_MS)
        context.on("request", self._requested)
        context.on("page", self._another)
        self.page.on("pageerror", lambda error: self.seen.errors.append(error.message))
        self.page.on("crash", lambda _: self._crashed())
        self.page.on("dialog", self._dialog)
        self.page.on("download", self._download)
        self.page.on("websocket", lambda socket: self.seen.outside.append(socket.url))

    def open(self, view: View) -> bool:
        """Show a page and wait until it rests; False when it did not load in time."""
        self.page.goto("about:blank")
        self.seen = Seen()
        try:
            self.page.goto(view.url, wait_until="load", timeout=LOAD_MS)
        except TimeoutError:
            return False
        except Error:
            if not self.seen.outside:  # it was led elsewhere, which is a finding of its own
                raise
        self.rest()
        return True

    def rest(self) -> None:
        """Wait until nothing is asked and nothing changes any more, for some seconds at most."""
        with contextlib.suppress(TimeoutError):  # it asks again and again: what is there is looked at
            self.page.wait_for_load_state("networkidle", timeout=IDLE_MS)
        try:
            self.page.evaluate(REST)
        except Error:
            self.page.wait_for_load_state("load")  # it went on to another of its pages meanwhile

    @property
    def is_at_home(self) -> bool:
        """Whether the tab still shows the mini-app."""
        return self.page.url.startswith(self._base)

    def told(self, view: View) -> Iterator[Finding]:
        """Give what the browser told by itself."""
        for error in list(dict.fromkeys(self.seen.errors))[:MOST]:
            yield rules.ERROR.at(view.file, 0, _cut(error))
        for policy, address in self._violations()[: 2 * MOST]:
            if address.startswith(("http", "ws")) and not address.startswith(self._origin):
                self.seen.outside.append(address)
            else:
                yield rules.POLICY.at(view.file, 0, f"{policy} forbids {address or 'it'}")
        for address in list(dict.fromkeys(self.seen.outside))[: 2 * MOST]:
            yield rules.REQUESTS.at(view.file, 0, f"it asks {_cut(address)}")
        for what in list(dict.fromkeys(self.seen.uninvited))[:MOST]:
            yield rules.UNINVITED.at(view.file, 0, what)

    def measured(self, view: View, person: Person) -> Iterator[Finding]:
        """Give what is to be seen on the page, and what axe has against it."""
        is_elder = view.style == ELDER
        ask = {
            "letters": 18 if is_elder else 0, "target": 60 if is_elder else 44, "spacing": 1.3,
            "width": WIDTH, "numbers": person.numbers, "most": MOST,
        }  # fmt: skip
        seen = self.page.evaluate(LOOK, ask)
        for each in seen["found"]:
            one = RULES[each["rule"]]
            yield one.at(view.file, 0, _said(view, each["told"] or one.title), selector=each["selector"])
        yield from self._axe(view)

    def _axe(self, view: View) -> Iterator[Finding]:
        self.page.evaluate(AXE)
        rules_of_axe = {"meta-viewport": {"enabled": not self._is_compatible}}
        counts: dict[str, int] = {}
        for each in self.page.evaluate(RUN_AXE, {"resultTypes": ["violations"], "rules": rules_of_axe}):
            counts[each["id"]] = counts.get(each["id"], 0) + 1
            if counts[each["id"]] > MOST:
                continue
            if each["id"] == "color-contrast":
                yield rules.CONTRAST.at(
                    view.file, 0, _said(view, rules.CONTRAST.title), selector=each["target"]
                )
            else:
                told, fix = f"{each['id']}: {each['help']}", _cut(" ".join(each["failureSummary"].split()))
                yield rules.AXE.at(view.file, 0, _said(view, told), selector=each["target"], fix=fix)

    def text(self) -> str:
        """Return everything that the page holds: elements, attributes, and what stands in fields."""
        return str(self.page.evaluate(TEXT))

    def kept(self) -> dict[str, list[tuple[str, str]]]:
        """Return what storage and caches hold: (where, text) by "storage" and "cache"."""
        found: dict[str, list[tuple[str, str]]] = self.page.evaluate(KEEPING)
        return found

    def picture(self, selectors: list[str]) -> bytes:
        """Draw the page as a PNG, with these elements outlined."""
        self.page.evaluate(OUTLINE, [each for each in selectors if each])
        height = int(self.page.evaluate("document.documentElement.scrollHeight"))
        clip: Any = {"x": 0, "y": 0, "width": WIDTH, "height": max(HEIGHT, min(height, TALLEST))}
        return self.page.screenshot(full_page=True, clip=clip, animations="disabled")

    def _violations(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = self.page.evaluate("window.__policy ?? []")
        return list(dict.fromkeys((policy, address) for policy, address in found))

    def _requested(self, request: Request) -> None:
        if request.url.startswith(("http", "ws")) and not request.url.startswith(self._origin):
            self.seen.outside.append(request.url)

    def _another(self, page: Page) -> None:
        self.seen.uninvited.append("it opens a window")
        page.close()

    def _dialog(self, dialog: Dialog) -> None:
        self.seen.uninvited.append(f"it opens a dialog: {_cut(dialog.message)}")
        dialog.dismiss()

    def _download(self, download: Download) -> None:
        self.seen.uninvited.append("it begins a download")
        download.cancel()

    def _crashed(self) -> None:
        self.seen.has_crashed = True


def script_of_host(app_id: str, *, is_compatible: bool) -> str:
    """Return the script that plays the host, and takes down what the policy forbids."""
    told = json.dumps({"app": app_id, "isOld": is_compatible})
    return f"({WATCH})();\n({HOST})({told});"


def _said(view: View, told: str) -> str:
    return f"in elder mode: {told}" if view.style == ELDER else told


def _cut(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}…"
