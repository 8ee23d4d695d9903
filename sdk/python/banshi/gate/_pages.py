"""Rules on pages: what every page has, and what none may have."""

import re
from collections.abc import Iterator

from banshi.findings import Finding
from banshi.gate._app import App, Element
from banshi.gate._rules import check, rule

WCAG, CSP, HOUSE = "WCAG 2.2", "the policy that pages are served with", "浙里办 listing rules"

LANGUAGE = rule(
    "page.lang", "the page does not say its language", source=f"{WCAG} 3.1.1",
    fix='write <html lang="zh-CN">',
)  # fmt: skip
TITLE = rule("page.title", "the page has no title", source=f"{WCAG} 2.4.2", fix="write <title>…</title>")
CHARSET = rule(
    "page.charset", "the page does not say that it is UTF-8", source="HTML 4.2.5.4",
    fix='begin <head> with <meta charset="utf-8">',
)  # fmt: skip
VIEWPORT = rule(
    "page.viewport", "the page has no viewport for phones", source="MIIT 适老化通用设计规范",
    fix='write <meta name="viewport" content="width=device-width, initial-scale=1">',
)  # fmt: skip
ZOOM = rule(
    "page.zoom", "the page cannot be enlarged", source=f"{WCAG} 1.4.4",
    fix="leave user-scalable and maximum-scale out of the viewport",
)  # fmt: skip
ZOOM_OFF = rule(
    "page.zoom_off", "the old host wants zoom switched off", source=f"{HOUSE} 7",
    fix="write user-scalable=no, maximum-scale=1.0 into the viewport, or leave the profile zheliban",
)  # fmt: skip
INLINE = rule(
    "page.inline_script", "a script stands in the page", source=CSP,
    fix="put it into a file of its own and load it with src",
)  # fmt: skip
HANDLER = rule(
    "page.handler", "an attribute holds a script", source=CSP, fix="use addEventListener in a script file"
)
SCRIPT_LINK = rule(
    "page.script_link", "a link runs a script", source=CSP, fix="use a button and addEventListener"
)
BASE = rule("page.base", "the page changes what its addresses mean", source=CSP, fix="remove <base>")
ALTERNATIVE = rule(
    "page.alt", "a picture has no text in its place", source=f"{WCAG} 1.1.1",
    fix='write alt="…", or alt="" for an ornament',
)  # fmt: skip
PASSWORD = rule(
    "login.password", "the page asks for a password", source=f"{HOUSE} 2",
    fix="use the platform's session: citizens sign in once, with the platform",
)  # fmt: skip
IDENTITY = rule(
    "login.identity", "the page asks for name and ID number", source=f"{HOUSE} 2",
    fix="ask for the scope profile:read, or for materials; the platform knows who it is",
)  # fmt: skip
DRAWING = rule(
    "page.svg_script", "a drawing holds a script", source=CSP, fix="remove <script> and on… from the SVG"
)

BROKEN = rule(
    "page.broken", "the page cannot be read to its end", source="HTML 13.2",
    fix="mend what begins with <! and is neither a comment nor the doctype",
)  # fmt: skip

DATA = ("application/json", "application/ld+json", "text/plain")  # scripts that are none
SMALLEST_ZOOM = 2.0  # WCAG 1.4.4: up to 200 %
NUMBER_FIELD = re.compile(r"id_?card|id_?no\b|id_?number|identity|sfz|身份证", re.IGNORECASE)
NAME_FIELD = re.compile(r"real_?name|user_?name|full_?name|\bxm\b|姓名", re.IGNORECASE)


@check
def heads(app: App) -> Iterator[Finding]:
    """Look at what stands in the head of each page."""
    for name, elements in app.pages.items():
        metas = [each.attributes for each in elements if each.tag == "meta"]
        if not any(each.tag == "html" and each.attributes.get("lang") for each in elements):
            yield LANGUAGE.at(name, 1)
        if not any(each.tag == "title" and "".join(each.text).strip() for each in elements):
            yield TITLE.at(name, 1)
        if not any(meta.get("charset", "").lower() in ("utf-8", "utf8") for meta in metas):
            yield CHARSET.at(name, 1)
        yield from (BASE.at(name, each.line) for each in elements if each.tag == "base")
        yield from _viewport(app, name, elements)


def _viewport(app: App, name: str, elements: list[Element]) -> Iterator[Finding]:
    found = [each for each in elements if each.tag == "meta" and each.attributes.get("name") == "viewport"]
    if not found:
        yield VIEWPORT.at(name, 1)
        return
    content = found[0].attributes.get("content", "").lower()
    pairs = (part.partition("=") for part in re.split(r"[,;\s]+", content) if part)
    told = {key.strip(): value.strip() for key, _, value in pairs}
    is_off = told.get("user-scalable") in ("no", "0") or _number(told.get("maximum-scale")) < SMALLEST_ZOOM
    if app.is_compatible and not is_off:
        yield ZOOM_OFF.at(name, found[0].line)
    elif is_off and not app.is_compatible:
        yield ZOOM.at(name, found[0].line)


def _number(text: str | None) -> float:
    try:
        return float(text) if text else float("inf")
    except ValueError:
        return float("inf")


@check
def bodies(app: App) -> Iterator[Finding]:
    """Look for scripts where none may be, and for pictures without words."""
    for name, elements in app.pages.items():
        for each in elements:
            if each.tag == "script" and _is_inline(each):
                yield INLINE.at(name, each.line)
            if each.tag == "img" and "alt" not in each.attributes:
                yield ALTERNATIVE.at(name, each.line)
            yield from _attributes(name, each)
    for name, elements in app.drawings.items():
        for each in elements:
            if each.tag == "script" or any(attribute.startswith("on") for attribute in each.attributes):
                yield DRAWING.at(name, each.line)
    yield from (BROKEN.at(name) for name in sorted(app.broken))


def _is_inline(script: Element) -> bool:
    is_data = script.attributes.get("type", "") in DATA
    return "src" not in script.attributes and not is_data and bool("".join(script.text).strip())


def _attributes(name: str, element: Element) -> Iterator[Finding]:
    for attribute, value in element.attributes.items():
        if attribute.startswith("on"):
            yield HANDLER.at(name, element.line, f"{attribute} holds a script")
        elif value.strip().lower().startswith("javascript:"):
            yield SCRIPT_LINK.at(name, element.line)


@check
def forms(app: App) -> Iterator[Finding]:
    """Look for ways to sign in of the mini-app's own."""
    for name, elements in app.pages.items():
        fields = [each for each in elements if each.tag == "input"]
        for each in fields:
            if each.attributes.get("type", "").lower() == "password":
                yield PASSWORD.at(name, each.line)
        numbers = [each for each in fields if NUMBER_FIELD.search(_called(each))]
        if numbers and any(NAME_FIELD.search(_called(each)) for each in fields):
            yield IDENTITY.at(name, numbers[0].line)


def _called(field: Element) -> str:
    return " ".join(field.attributes.get(key, "") for key in ("name", "id", "placeholder", "aria-label"))
