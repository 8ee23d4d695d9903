"""Rules on the service as a whole: what the manifest promises, what the home page says, and elder mode."""

import posixpath
import re
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from banshi.findings import Finding
from banshi.gate._app import App
from banshi.gate._links import file_named
from banshi.gate._rules import check, rule
from banshi.manifest import Manifest
from banshi.scopes import Scope

HOUSE, MIIT = "浙里办 listing rules", "MIIT 适老化通用设计规范"

NAME = rule(
    "manifest.name", "the name is longer than six characters", source=f"{HOUSE} 1", warns=True,
    fix="shorten it, so that it fits under its picture",
)  # fmt: skip
ENTRY = rule(
    "manifest.entry", "the entry is not in the package", source="manifest",
    fix="name a page that is there, spelled just so, e.g. entry: /index.html",
)  # fmt: skip
PAGE = rule(
    "manifest.page", "a page of the manifest is not in the package", source="manifest",
    fix="name pages that are there, spelled just so",
)  # fmt: skip
ITEMS = rule(
    "manifest.items", "the mini-app wants to apply for citizens, and names no item", source="manifest",
    warns=True, fix="write the codes of the items that it serves, e.g. items: [\"330700105000\"]",
)  # fmt: skip
PROVIDER = rule(
    "home.provider", "nothing says who provides the service", source=f"{HOUSE} 1",
    fix="write 本服务由浙江政务服务网、<department>提供 at the foot of the home page",
)  # fmt: skip
HOTLINE = rule(
    "home.hotline", "the hotline cannot be tapped", source=f"{HOUSE} 1",
    fix='write <a href="tel:…"> with the hotline of the manifest at the foot of the home page',
)  # fmt: skip
ELDER = rule(
    "elder.style", "nothing asks whether the citizen uses elder mode", source=f"{HOUSE} 6, {MIIT}",
    fix="read host.uiStyle (old host: ZWJSBridge.getUiStyle()) and show the elder page",
)  # fmt: skip
ELDER_AGAIN = rule(
    "elder.again", "elder mode is not looked at again when the citizen comes back", source=f"{HOUSE} 6",
    fix='listen with host.on("uiStyle", …) (old host: visibilitychange)',
)  # fmt: skip
BACK = rule(
    "compat.back", "after signing in, going back leads into a circle", source=f"{HOUSE} 12",
    fix="use location.replace, and ZWJSBridge.close() at pageshow",
)  # fmt: skip
LOGGED = rule(
    "compat.page_view", "page views are not told", source=f"{HOUSE} 13",
    fix="call zwlog.sendPV() on each page",
)  # fmt: skip
UI_TYPE = rule(
    "compat.ui_type", "a link does not tell the next page of elder mode", source=f"{HOUSE} 6",
    fix="add uiType to its address, as ZWJSBridge.getUiStyle() tells it: more.html?uiType=elder",
)  # fmt: skip
ASKS = ("uiStyle", "getUiStyle", "ui_style")
AGAIN = ('"uiStyle"', "'uiStyle'", "visibilitychange")
SCRIPT_NAME = re.compile(r"[\w.@~%-]+\.m?js\b")
LATER = re.compile(r"\bimport\s*\(|[\"'`]script[\"'`]|webpack")  # scripts that no text names may be loaded


@check
def promises(app: App) -> Iterator[Finding]:
    """Look whether the manifest's words are true."""
    if len(app.manifest.name) > 6:
        yield NAME.at("miniapp.yaml")
    if Scope.CASES_WRITE in app.manifest.scopes and not app.manifest.items:
        yield ITEMS.at("miniapp.yaml")
    yield from entry(app.manifest, app.files)
    yield from (
        PAGE.at("miniapp.yaml", 0, _gone(page, app.files)) for page in _named(app) if page not in app.files
    )


def entry(manifest: Manifest, names: Collection[str]) -> Iterator[Finding]:
    """Look whether the start page is one of the files of these names."""
    if not manifest.is_packaged:
        yield ENTRY.at("miniapp.yaml", 0, f"{manifest.entry} is an address, not a path in the package")
    if manifest.home not in names:
        yield ENTRY.at("miniapp.yaml", 0, _gone(manifest.home, names))


def _gone(page: str, names: Collection[str]) -> str:
    twin = next((name for name in names if name.casefold() == page.casefold()), None)
    return f"{page} is not there" + (f", but {twin} is" if twin else "")


def _named(app: App) -> list[str]:
    """Return the files that the pages of the manifest are."""
    paths = (urlsplit(page).path.lstrip("/") for page in app.manifest.pages)
    return [f"{path}index.html" if not path or path.endswith("/") else path for path in paths]


@check
def home(app: App) -> Iterator[Finding]:
    """Look for the foot of the home page, in the page itself or in what draws it."""
    said = [*(app.texts[name] for name in app.pages), *(code.text for code in app.scripts)]
    if not any("本服务由浙江政务服务网" in text and app.manifest.department in text for text in said):
        yield PROVIDER.at(app.home)
    if not any(f"tel:{app.manifest.hotline}" in text for text in said):
        yield HOTLINE.at(app.home)


@check
def elder(app: App) -> Iterator[Finding]:
    """Look whether elder mode is honoured, and again when the citizen comes back."""
    texts = [code.text for code in app.scripts]
    if not any(word in text for word in ASKS for text in texts):
        yield ELDER.at(app.home)
    elif not any(word in text for word in AGAIN for text in texts):
        yield ELDER_AGAIN.at(app.home)


@check
def old_host(app: App) -> Iterator[Finding]:
    """Look for what the old host app asks besides."""
    if not app.is_compatible:
        return
    texts = [code.text for code in app.scripts]
    if not any("location.replace" in text for text in texts) or not any("pageshow" in text for text in texts):
        yield BACK.at(app.home)
    if not any("sendPV" in text for text in texts):
        yield LOGGED.at(app.home)
    else:
        opened = {app.home, *_named(app)} & app.pages.keys()
        yield from (LOGGED.at(page) for page in sorted(opened) if not _may_tell(app, page))


def _may_tell(app: App, page: str) -> bool:
    """Say whether a script that a page names, or that those name in turn, tells of the page's views."""
    scripts: dict[str, list[str]] = {}
    for name in app.texts:
        scripts.setdefault(posixpath.basename(name), []).append(name)
    waiting, met = [page], {page}
    while waiting:
        text = app.texts[waiting.pop()]
        if "sendPV" in text or LATER.search(text):
            return True
        named = {name for word in SCRIPT_NAME.findall(text) for name in scripts.get(word, ())}
        waiting += named - met
        met |= named
    return False


@check
def old_links(app: App) -> Iterator[Finding]:
    """Look whether links between pages tell of elder mode, unless a script may see to that."""
    if not app.is_compatible or any("uiType" in code.text for code in app.scripts):
        return
    for name, elements in app.pages.items():
        for each in elements:
            address = each.attributes.get("href", "") if each.tag in ("a", "area") else ""
            file = file_named(name, address)
            if file in app.pages and file != name and "uiType" not in address:
                yield UI_TYPE.at(name, each.line)
