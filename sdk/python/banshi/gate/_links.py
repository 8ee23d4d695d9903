"""Rules on addresses: a mini-app lives on its own origin, and leaves it by way of the host."""

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from banshi.findings import Finding
from banshi.gate._app import App, Code, Element
from banshi.gate._rules import Rule, check, rule

CSP, HOUSE = "the policy that pages are served with", "浙里办 listing rules"

ASSET = rule("link.asset", "something is loaded from elsewhere", source=CSP, fix="put it into the package")
LEAVES = rule(
    "link.leaves", "a link leads out of the mini-app past the host", source=f"{HOUSE} 8, 11",
    fix="use host.openLink(), which asks the citizen",
)  # fmt: skip
SENDS = rule(
    "link.sends", "a form sends what is typed to elsewhere", source=CSP,
    fix="call an API of your manifest with host.call()",
)  # fmt: skip
CALLS = rule(
    "link.calls", "a script calls elsewhere past the platform", source=f"{HOUSE} 8",
    fix="call an API of your manifest with host.call()",
)  # fmt: skip
INSECURE = rule("link.insecure", "an address is not encrypted", source="security", fix="use https")
FRAME = rule("link.frame", "another page is shown in a frame", source=CSP, fix="use host.openLink()")
MISSING = rule(
    "link.missing", "a page names what is not in the package", source="浙里办 gbc.json: publicPath ./",
    fix="spell it as it is in the package, seen from the page (publicPath: './', Vite base: './')",
)  # fmt: skip

ASSETS = {
    "script": "src", "img": "src", "link": "href", "source": "src", "video": "src", "audio": "src",
    "object": "data", "embed": "src", "track": "src", "image": "href", "use": "href",
}  # fmt: skip
FRAMES = ("iframe", "frame", "portal")
LOADED = {"stylesheet", "icon", "apple-touch-icon", "manifest", "modulepreload", "preload"}  # rel of <link>
CALL = re.compile(
    r"\b(?:fetch|axios(?:\.\w+)?|open|sendBeacon|EventSource|WebSocket|importScripts|import)\s*\(\s*"
    r"(?:[\"'`](?:GET|POST|PUT|DELETE|PATCH)[\"'`]\s*,\s*)?[\"'`]((?:https?:|wss?:)?//[^\"'`\s]+)",
    re.IGNORECASE,
)
GOES = re.compile(
    r"\blocation(?:\.href)?\s*(?:=(?!=)|\.(?:assign|replace)\s*\()\s*[\"'`]((?:[a-z][a-z0-9+.-]*:)?//[^\"'`\s]+)"
)
URL = re.compile(
    r"url\(\s*[\"']?((?:https?:)?//[^\"')\s]+)|@import\s+[\"']((?:https?:)?//[^\"']+)", re.IGNORECASE
)
PLAIN = re.compile(r"[\"'`](?:http|ws)://([A-Za-z0-9.-]+)")
NAMES = ("www.w3.org", "schema.org", "json-schema.org", "localhost", "127.0.0.1")  # names, not addresses


@check
def elements(app: App) -> Iterator[Finding]:
    """Look at where elements of pages and drawings lead."""
    for name, found in {**app.pages, **app.drawings}.items():
        for each in found:
            yield from _element(app, name, each)


def _element(app: App, name: str, each: Element) -> Iterator[Finding]:
    told = each.attributes
    address = told.get(ASSETS.get(each.tag, ""), "")
    if _is_elsewhere(app, address):
        yield ASSET.at(name, each.line, f"{each.tag} is loaded from {_host(address)}")
    if each.tag in ("a", "area") and _is_elsewhere(app, told.get("href", "")):
        yield LEAVES.at(name, each.line)
    if each.tag in FRAMES:
        yield FRAME.at(name, each.line)
    lost = _lost(app, name, each)
    if lost:
        yield MISSING.at(name, each.line, f"{lost} is not in the package")
    for attribute in ("action", "formaction"):
        if _is_elsewhere(app, told.get(attribute, "")):
            yield SENDS.at(name, each.line)


def _lost(app: App, name: str, each: Element) -> str:
    """Return the file that an element loads, or the page that it leads to, when it is not there; else ""."""
    is_link = each.tag in ("a", "area")
    file = file_named(name, each.attributes.get("href" if is_link else ASSETS.get(each.tag, ""), ""))
    is_asked = each.tag != "link" or LOADED & set(each.attributes.get("rel", "").lower().split())
    if not is_asked or (is_link and not file.endswith(".html")) or file in app.files:
        return ""
    return file


def file_named(page: str, address: str) -> str:
    """Return the file of the package that an address on a page names; "" when it names none for sure.

    An address that begins with / stays as it is: it begins at the origin, where no version is.
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or not parts.path or re.search(r"[{}<>$]", parts.path):
        return ""  # elsewhere, here, or still to be filled in
    path = unquote(parts.path)
    return path if path.startswith("/") else posixpath.normpath(posixpath.join(posixpath.dirname(page), path))


@check
def codes(app: App) -> Iterator[Finding]:
    """Look at where scripts and styles lead."""
    for code in app.scripts:
        for one, pattern in ((CALLS, CALL), (LEAVES, GOES)):
            matches = pattern.finditer(code.text)
            yield from (_in(one, code, match) for match in matches if _is_elsewhere(app, match.group(1)))
    for code in app.styles:
        yield from (_in(ASSET, code, match) for match in URL.finditer(code.text))
    for code in (*app.scripts, *app.styles):
        matches = PLAIN.finditer(code.text)
        yield from (_in(INSECURE, code, match) for match in matches if match.group(1) not in NAMES)


def _in(one: Rule, code: Code, match: re.Match[str]) -> Finding:
    return one.at(code.file, code.line_at(match.start()))


def _host(address: str) -> str:
    try:
        return urlsplit(address.strip()).netloc
    except ValueError:
        return address


def _is_elsewhere(app: App, address: str) -> bool:
    """Say whether an address names another host than the mini-app's own."""
    host = _host(address)
    return bool(host) and host != urlsplit(app.manifest.entry).netloc
