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
from banshi.gate._pages import NAME_FIELD, NUMBER_FIELD
from banshi.gate._rules import RULES
from banshi.gate.browser import _rules as rules
from banshi.gate.browser._people import Person
from banshi.gate.browser._world import NOWHERE, World

WIDTH, HEIGHT, TALLEST = 390, 844, 6000  # CSS pixels
LOAD_MS, IDLE_MS = 15_000, 3_000
MOST = 10  # findings of one rule on one page
NORMAL, ELDER = "normal", "elder"
HERE = files("banshi.gate.browser")
HOST, LOOK, KEEPING = (HERE.joinpath(f"{name}.js").read_text("utf-8") for name in ("host", "look", "keeping"))
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
REST = """() => new Promise(done => {
  let quiet = setTimeout(done, 300);
  setTimeout(done, 2500);
  new MutationObserver(() => { clearTimeout(quiet); quiet = setTimeout(done, 300); })
    .observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
})"""
RUN_AXE = """options => axe.run(document, options).then(({ violations, incomplete }) => [
  ...violations.filter(({ impact }) => impact === "serious" || impact === "critical"),
  ...incomplete.map(({ id, nodes }) => ({ id: "error", help: `${id} could not be looked at`,
    nodes: nodes.filter(
      ({ any, all, none }) => [...any, ...all, ...none].some(({ id }) => id === "error-occurred")) })),
].flatMap(({ id, help, nodes }) => nodes.map(
  ({ target, failureSummary }) => ({ id, help, target: target.flat().join(" "), failureSummary }))))"""
ERROR_FIX = "give a field of this form another name: it is called as something that every element has"
OUTLINE = """selectors => selectors.flatMap(gate.all).forEach(
  element => { element.style.outline = "3px solid #d00"; element.style.outlineOffset = "2px"; })"""
TEXT = """() => [gate.own(Element, "outerHTML")(gate.page()),
  ...gate.roots().slice(1).map(root => root.innerHTML),
  ...gate.all("input, textarea, select").map(each => each.value)].join(" ")"""
TALL = """() => gate.own(Element, "scrollHeight")(gate.page())"""


@dataclass
class Seen:
    """What the browser told of a page while it was open."""

    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    uninvited: list[str] = field(default_factory=list)


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
        self._origin, self.world = f"http://{urlsplit(base).netloc}/", World(self.page)
        self.page.set_default_timeout(LOAD_MS)
        context.on("request", self._requested)
        context.on("page", self._another)
        self.page.on("pageerror", lambda error: self.seen.errors.append(error.message))
        self.page.on("crash", lambda _: self.page.close())  # or what is being asked would wait for ever
        self.page.on("dialog", self._dialog)
        self.page.on("download", self._download)
        self.page.on("websocket", lambda socket: self.seen.outside.append(socket.url))

    def open(self, view: View) -> bool:
        """Show a page and wait until it rests; False when it did not load in time."""
        self.page.goto(NOWHERE)
        self.world.forget_way()
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
            self.world.ask(REST)
        except Error:
            self.page.wait_for_load_state("load")  # it went on to another of its pages meanwhile

    @property
    def is_at_home(self) -> bool:
        """Whether the tab still shows the mini-app, under whichever path of its own it says."""
        return self.page.url.startswith(self._origin)

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
        if not self.seen.outside:
            yield from self.left(view)
        for what in list(dict.fromkeys(self.seen.uninvited))[:MOST]:
            yield rules.UNINVITED.at(view.file, 0, what)

    def out_of_sight(self, view: View) -> Iterator[Finding]:
        """Give what cannot be looked at."""
        if len(self.page.frames) > 1:
            yield rules.POLICY.at(view.file, 0, "it shows another page in a frame")
        if self.world.has_closed_part():
            yield rules.CLOSED.at(view.file)

    def left(self, view: View) -> Iterator[Finding]:
        """Give that the tab shows something else by now, if it does."""
        if not self.is_at_home:
            yield rules.REQUESTS.at(view.file, 0, f"it goes to {_cut(self.page.url)}")

    def circled(self, view: View) -> Iterator[Finding]:
        """Give that one cannot go back from a page that has added steps to the way by itself."""
        way = self.world.way()
        if len(way) > 1:
            self.world.go(way[-2])
            self.rest()
            if len(self.world.way()) >= len(way):
                yield rules.BACK.at(view.file)

    def measured(self, view: View, person: Person) -> Iterator[Finding]:
        """Give what is to be seen on the page."""
        is_elder = view.style == ELDER
        ask = {
            "letters": 18 if is_elder else 0, "target": 60 if is_elder else 44, "spacing": 1.3,
            "width": WIDTH, "numbers": person.numbers, "most": MOST,
            "number": NUMBER_FIELD.pattern, "named": NAME_FIELD.pattern,
        }  # fmt: skip
        for each in self.world.ask(LOOK, ask):
            one = RULES[each["rule"]]
            yield one.at(view.file, 0, _said(view, each["told"] or one.title), selector=each["selector"])

    def by_axe(self, view: View) -> Iterator[Finding]:
        """Give what axe has against the page."""
        self.world.load(AXE)
        rules_of_axe = {"meta-viewport": {"enabled": not self._is_compatible}}
        counts: dict[str, int] = {}
        for each in self.world.ask(RUN_AXE, {"resultTypes": ["violations"], "rules": rules_of_axe}):
            counts[each["id"]] = counts.get(each["id"], 0) + 1
            if counts[each["id"]] > MOST:
                continue
            if each["id"] == "color-contrast":
                yield rules.CONTRAST.at(
                    view.file, 0, _said(view, rules.CONTRAST.title), selector=each["target"]
                )
            else:
                told, fix = f"{each['id']}: {each['help']}", _cut(" ".join(each["failureSummary"].split()))
                fix = ERROR_FIX if each["id"] == "error" else fix
                yield rules.AXE.at(view.file, 0, _said(view, told), selector=each["target"], fix=fix)

    def text(self) -> str:
        """Return everything that the page holds: elements, attributes, and what stands in fields."""
        return str(self.world.ask(TEXT))

    def links(self) -> list[tuple[str, str]]:
        """Return the links that are seen: (address, selector)."""
        found: list[tuple[str, str]] = self.world.ask("() => gate.links()")
        return found

    def marked(self, view: View) -> Iterator[Finding]:
        """Give where a text of the second citizen has become elements."""
        for selector in self.world.ask("() => gate.marked()")[:MOST]:
            yield rules.MARKUP.at(view.file, 0, selector=selector)

    def kept(self) -> dict[str, list[tuple[str, str]]]:
        """Return what storage and caches hold: (where, text) by "storage" and "cache"."""
        found: dict[str, list[tuple[str, str]]] = self.world.ask(KEEPING)
        return found

    def picture(self, selectors: list[str]) -> bytes:
        """Draw the page as a PNG, with these elements outlined."""
        self.world.ask(OUTLINE, [each for each in selectors if each])
        height = int(self.world.ask(TALL))
        clip: Any = {"x": 0, "y": 0, "width": WIDTH, "height": max(HEIGHT, min(height, TALLEST))}
        return self.page.screenshot(full_page=True, clip=clip, animations="disabled")

    def _violations(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = self.world.ask("() => globalThis.gate?.policy ?? []")
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


def script_of_host(app_id: str, *, is_compatible: bool) -> str:
    """Return the script that plays the host."""
    told = json.dumps({"app": app_id, "isOld": is_compatible})
    return f"({HOST})({told});"


def _said(view: View, told: str) -> str:
    return f"in elder mode: {told}" if view.style == ELDER else told


def _cut(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}…"
