"""Rules on what a page is like where it runs: on a phone 390 pixels wide, as one citizen, then as another."""

from banshi.gate._rules import Rule, rule

WCAG, MIIT, HOUSE = "WCAG 2.2", "MIIT 适老化通用设计规范", "浙里办 listing rules"
CSP = "the policy that pages are served with"


def _seen(id: str, title: str, *, fix: str, source: str, warns: bool = False) -> Rule:
    return rule(id, title, fix=fix, source=source, warns=warns, in_browser=True)


BLANK = _seen(
    "page.blank", "nothing is to be seen on the page", source="浙里办 listing rules 5",
    fix="look at what the page says in the console; addresses in the package are relative ones",
)  # fmt: skip
ERROR = _seen(
    "page.error", "a script ends with an error", source="浙里办 listing rules 5",
    fix="mend it, or catch it and tell the citizen what to do",
)  # fmt: skip
POLICY = _seen(
    "page.policy", "the page does what its policy forbids", source=CSP,
    fix="keep scripts in files of the package, and do without eval, frames and plugins",
)  # fmt: skip
UNINVITED = _seen(
    "page.uninvited", "the page opens something before anything is tapped", source=f"{MIIT}; {HOUSE} 8",
    fix="do it when he asks for it, by way of the host",
)  # fmt: skip
SIDEWAYS = _seen(
    "page.sideways", "one must scroll sideways on a phone", source=f"{WCAG} 1.4.10",
    fix="let it wrap or shrink: max-width: 100%, overflow-wrap: anywhere, flex-wrap: wrap",
)  # fmt: skip
AXE = _seen(
    "page.axe", "not everybody can use the page", source=f"{WCAG}, by axe-core: serious and critical",
    fix="do as axe says",
)  # fmt: skip
CONTRAST = _seen(
    "page.contrast", "letters stand out too little from what is behind them", source=f"{MIIT}; {WCAG} 1.4.3",
    fix="darken the letters or lighten the ground: 4.5 : 1, 3 : 1 for large letters",
)  # fmt: skip
SPACING = _seen("page.spacing", "lines stand too close", source=MIIT, fix="write line-height: 1.3 or more")
PARAGRAPHS = _seen(
    "page.paragraphs", "paragraphs stand as close as lines", source=MIIT, warns=True,
    fix="leave a margin between them: 0.4em or more",
)  # fmt: skip
TARGETS = _seen(
    "page.targets", "what is to be tapped is smaller than 44 × 44 pixels", source=MIIT,
    fix="write min-width: 44px; min-height: 44px, and padding",
)  # fmt: skip
LETTERS = _seen(
    "elder.letters", "letters in elder mode are smaller than 18 pixels", source=MIIT,
    fix="write font-size: 18px or more for elder mode",
)  # fmt: skip
ELDER_TARGETS = _seen(
    "elder.targets", "what is to be tapped in elder mode is smaller than 60 × 60 pixels", source=MIIT,
    fix="write min-width: 60px; min-height: 60px for elder mode",
)  # fmt: skip
MASKING = _seen(
    "page.masking", "a number of the citizen is shown in full", source=f"{HOUSE} 10; 个人信息保护法 Art. 51",
    fix="show it masked: 3****************X, 137****9050, 622575******1496",
)  # fmt: skip
LOGIN = _seen(
    "login.drawn", "the page asks who he is, in a form that a script has drawn", source=f"{HOUSE} 2",
    fix="use the platform's session, and ask for the scope profile:read or for materials",
)  # fmt: skip
ADS = _seen(
    "elder.ads", "an advertisement is shown in elder mode", source=MIIT, fix="leave it out in elder mode"
)
INDUCED = _seen(
    "elder.download", "one is led to install something in elder mode", source=MIIT,
    fix="leave it out in elder mode: what can be done here is done here",
)  # fmt: skip
ELDER_LINKS = _seen(
    "elder.links", "a link loses elder mode", source=f"{HOUSE} 6",
    fix="read host.uiStyle on each page, or add uiType to the address (old host)",
)  # fmt: skip
BACK = _seen(
    "page.back", "going back leads into a circle", source=f"{HOUSE} 12",
    fix="use history.replaceState or location.replace as the page opens, and add no step when one goes back",
)  # fmt: skip
MARKUP = _seen(
    "page.markup", "a text that an API answers becomes HTML with all that stands in it", source=f"{HOUSE} 9",
    fix="use textContent, or clean it first; a field of markup is called html, content or body",
)  # fmt: skip
CLOSED = _seen(
    "page.closed", "a part of the page is closed to who looks at it", source="limits of the gate",
    fix='write attachShadow({ mode: "open" })',
)  # fmt: skip
REQUESTS = _seen(
    "link.requests", "the page asks or goes elsewhere by itself", source=f"{HOUSE} 8, 11; {CSP}",
    fix="put it into the package, or call an API of your manifest with host.call()",
)  # fmt: skip
LEFT_ON_PAGE = _seen(
    "switch.page", "the next account sees what belongs to the one before", source=f"{HOUSE} 4",
    fix="ask for everything anew when the page opens; keep nothing of a citizen outside its memory",
)  # fmt: skip
LEFT_IN_STORAGE = _seen(
    "switch.storage", "something of a citizen stays in storage or cookies after he signed out",
    source=f"{HOUSE} 4",
    fix="keep it in memory, or by host.storage.set() at the platform, where it is each citizen's own",
)  # fmt: skip
LEFT_IN_CACHE = _seen(
    "switch.cache", "something of a citizen stays in caches or databases after he signed out",
    source=f"{HOUSE} 4", fix="do without Cache and IndexedDB for what an API answers",
)  # fmt: skip
PAGES = _seen(
    "browser.pages", "there are more pages than are opened; people look at the rest",
    source="limits of the gate",
    fix="name each page once in the manifest, and leave out those that differ by data alone", warns=True,
)  # fmt: skip
TIME = _seen(
    "browser.time", "the page does not come to rest in time", source="machine verdict within 3 minutes",
    fix="look for a loop without end, or for work that belongs into a back end",
)  # fmt: skip
MEMORY = _seen(
    "browser.memory", "the page takes more memory than phones have", source="limits of the gate",
    fix="look for what grows without end, and for pictures larger than a screen",
)  # fmt: skip
CRASH = _seen(
    "browser.crash", "the page makes the browser end", source="limits of the gate",
    fix="take away what was added last, and try it with `miniapp check --browser`",
)  # fmt: skip
