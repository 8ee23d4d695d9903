"""A whole look at a mini-app.

As the first citizen it opens every page, then as the second in the same tab, where nothing of the first may
be left; then as the first again, in elder mode.  What is found is written at once, for an end may come.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlencode, urlsplit

from playwright.sync_api import Browser, BrowserContext

from banshi.findings import Finding
from banshi.gate._app import App
from banshi.gate.browser import _rules as rules
from banshi.gate.browser._journal import Journal, Line
from banshi.gate.browser._page import ELDER, HEIGHT, NORMAL, WIDTH, Opened, View, script_of_host
from banshi.gate.browser._people import FIRST, SECOND, Person
from banshi.package import MANIFEST

MOST_PAGES = 20
MOST_LINKS = 5  # that are followed
REGION = "330106"


@dataclass
class Signed:
    """Who is signed in, in which mode."""

    person: Person = FIRST
    style: str = NORMAL

    def told(self) -> dict[str, str]:
        """What the script that plays the host asks."""
        who = self.person
        return {
            "token": who.token, "sub": who.sub, "name": who.name, "region": REGION, "uiStyle": self.style,
        }  # fmt: skip


@dataclass(frozen=True)
class Link:
    """A link in elder mode to another page of the mini-app."""

    file: str
    selector: str
    address: str


class Look:
    """A whole look at a mini-app."""

    def __init__(self, app: App, journal: Journal, browser: Browser, base: str) -> None:
        self.app, self.journal, self.browser, self.base = app, journal, browser, base
        self.signed = Signed()
        self.links: dict[str, Link] = {}  # of elder mode, by where they lead
        self.small: set[str] = set()  # files whose letters are too small in elder mode

    def all(self) -> None:
        """Look at everything."""
        if len(self._pages()) > MOST_PAGES:
            self._tell(
                [rules.PAGES.at(MANIFEST, 0, f"{MOST_PAGES} of {len(self._pages())} pages are opened")]
            )
        plain = self._context()
        tab = Opened(plain, self.base, is_compatible=self.app.is_compatible)
        self._each(NORMAL, FIRST, lambda view: self._one(tab, view))
        self._each(NORMAL, SECOND, lambda view: self._switched(tab, view))
        plain.close()
        large = self._context()
        tab = Opened(large, self.base, is_compatible=self.app.is_compatible)
        self._each(ELDER, FIRST, lambda view: self._one(tab, view))
        self._followed(tab)
        large.close()

    def _context(self) -> BrowserContext:
        agent = "dtdreamweb" if self.app.is_compatible else "Banshi/1.0"
        made = self.browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, is_mobile=True, has_touch=True, locale="zh-CN",
            timezone_id="Asia/Shanghai", service_workers="block", accept_downloads=False,
            user_agent=f"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile {agent}",
        )  # fmt: skip
        made.expose_function("__banshiWho", self.signed.told)
        made.add_init_script(script_of_host(self.app.manifest.id, is_compatible=self.app.is_compatible))
        return made

    def _each(self, style: str, person: Person, look: Callable[[View], None]) -> None:
        self.signed.person, self.signed.style = person, style
        for page in self._pages()[:MOST_PAGES]:
            file = urlsplit(page).path.lstrip("/")
            file = f"{file}index.html" if not file or file.endswith("/") else file
            if file in self.app.files:  # else it is a finding of manifest.page
                self.journal.write(Line(step=file))
                look(View(file, self._address(page), style))

    def _pages(self) -> list[str]:
        entry = urlsplit(self.app.manifest.entry)
        home = (entry.path or "/") + (f"?{entry.query}" if entry.query else "")
        pages = dict.fromkeys(
            (home + (f"#{entry.fragment}" if entry.fragment else ""), *self.app.manifest.pages)
        )
        return list(pages)

    def _address(self, page: str) -> str:
        """Return where a page is, with what the host tells in the fragment, unless it has one of its own."""
        told = {"token": self.signed.person.token, "region": REGION, "uiStyle": self.signed.style}
        return self.base + page.lstrip("/") + ("" if "#" in page else f"#{urlencode(told)}")

    def _one(self, tab: Opened, view: View) -> None:
        if not tab.open(view):
            self._tell([rules.TIME.at(view.file, 0, "it has not loaded within 15 seconds")])
            return
        found = list(tab.told(view))
        if tab.is_at_home:
            found += (*tab.out_of_sight(view), *tab.measured(view, self.signed.person), *tab.by_axe(view))
            if view.style == ELDER:
                self._elder(tab, view, found)
            self._shoot(tab, view, view.style, found)
            if view.style == NORMAL:
                self._tell(tab.circled(view))  # last, for it leaves the page
        else:
            self._tell(found)

    def _elder(self, tab: Opened, view: View, found: Iterable[Finding]) -> None:
        """Take down whether letters are small, and where the page leads to."""
        if any(each.rule == rules.LETTERS.id for each in found):
            self.small.add(view.file)
        for address, selector in tab.links():
            path = address.partition("?")[0].partition("#")[0]
            file = unquote(path).removeprefix(self.base)
            file = f"{file}index.html" if not file or file.endswith("/") else file
            if path.startswith(self.base) and file in self.app.pages and file != view.file:
                self.links.setdefault(file, Link(view.file, selector, address))

    def _followed(self, tab: Opened) -> None:
        """Go where links lead in elder mode, and look whether the page still knows of it."""
        ways = [(file, link) for file, link in self.links.items() if file not in self.small]
        for file, link in ways[:MOST_LINKS]:
            self.journal.write(Line(step=link.file))
            view = View(file, link.address, ELDER)
            if not tab.open(view) or not tab.is_at_home:
                continue
            if any(each.rule == rules.LETTERS.id for each in tab.measured(view, FIRST)):
                told = f"{file} is not in elder mode when one comes from here"
                self._tell([rules.ELDER_LINKS.at(link.file, 0, told, selector=link.selector)])

    def _switched(self, tab: Opened, view: View) -> None:
        """Open the page for the second, and look for what is left of the first."""
        if not tab.open(view):
            return  # found before, for the first
        if not tab.is_at_home:
            self._tell(tab.left(view))
            return
        found = list(tab.marked(view))
        text = _bare(tab.text())
        left = [trace for trace in FIRST.traces if _bare(trace) in text]
        if left:
            told = f"{left[0]} of {FIRST.name} is on the page of {SECOND.name}"
            found.append(rules.LEFT_ON_PAGE.at(view.file, 0, told))
        kept = tab.kept()
        for rule, place in ((rules.LEFT_IN_STORAGE, "storage"), (rules.LEFT_IN_CACHE, "cache")):
            for where, held in kept[place]:
                if any(_bare(trace) in _bare(held) for trace in FIRST.traces):
                    told = f"{where} holds something of {FIRST.name} when {SECOND.name} opens the page"
                    found.append(rule.at(view.file, 0, told))
        if found:
            self._shoot(tab, view, "switched", found)

    def _shoot(self, tab: Opened, view: View, mode: str, found: Iterable[Finding]) -> None:
        name = f"{view.file.replace('/', '_')}-{mode}.png"
        found = list(found)
        self.journal.shoot(name, tab.picture([each.selector for each in found]))
        self._tell(replace(each, shot=name) for each in found)

    def _tell(self, found: Iterable[Finding]) -> None:
        for each in found:
            self.journal.write(Line(found=each))


def _bare(text: str) -> str:
    return "".join(text.split()).replace("-", "")
