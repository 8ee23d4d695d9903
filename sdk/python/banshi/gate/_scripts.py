"""Rules on scripts and styles: what a mini-app may not do by itself, and secrets that lie open."""

import re
from collections.abc import Iterator

from banshi import mgop
from banshi.findings import Finding
from banshi.gate._app import App, Code
from banshi.gate._rules import Rule, check, rule

CSP, HOUSE, PIPL = "the policy that pages are served with", "浙里办 listing rules", "个人信息保护法 Art. 51"

EVAL = rule("script.eval", "text is run as a script", source=CSP, fix="call a function instead")
WRITE = rule("script.write", "document.write changes the page as it loads", source=CSP, fix="use the DOM")
SINK = rule(
    "script.html", "text that was put together becomes HTML", source=f"{HOUSE} 9", warns=True,
    fix="use textContent, or clean it with a sanitizer first",
)  # fmt: skip
WORKER = rule(
    "script.service_worker", "a service worker would outlive the version that installed it",
    source="rollback within a second", fix="leave caching to the platform",
)  # fmt: skip
COOKIE = rule(
    "script.cookie", "cookies of a page go along to nobody, and stay when the account changes",
    source=f"{HOUSE} 4", fix="use host.session(), which follows the account",
)  # fmt: skip
KEPT = rule(
    "script.kept_identity", "who is signed in is kept where the next account finds it",
    source=f"{HOUSE} 4",
    fix="keep it in memory, or by host.storage.set() at the platform, where it is each citizen's own",
)  # fmt: skip
DEVICE = rule(
    "bridge.device", "the device is asked past the host", source=f"{HOUSE} 8",
    fix="use the bridge: host.getLocation(), host.scan(), host.chooseImage(), host.setClipboardData()",
)  # fmt: skip
WINDOW = rule(
    "bridge.window", "a window is opened past the host", source=f"{HOUSE} 8", fix="use host.openLink()"
)
DOWNLOAD = rule(
    "bridge.download", "a file is downloaded past the host", source=f"{HOUSE} 8",
    fix="use host.downloadFile()",
)  # fmt: skip
PAY = rule(
    "bridge.pay", "money is asked for past the host", source=f"{HOUSE} 3",
    fix="use the unified public payment (old host: ZWJSBridge.pay())",
)  # fmt: skip
SOURCE_MAP = rule(
    "script.source_map", "a source map shows the sources to everybody", source="security", warns=True,
    fix="leave *.map out of the package",
)  # fmt: skip
SECRET = rule(
    "secret.key", "a secret lies in the package, where everybody can read it", source=PIPL,
    fix="take it out, replace it by a new one, and call your own server, which may keep it",
)  # fmt: skip
PERSONAL = rule(
    "secret.person", "a real person's number lies in the package", source=PIPL,
    fix="use the sandbox's invented citizens in examples",
)  # fmt: skip

PATTERNS: tuple[tuple[Rule, re.Pattern[str]], ...] = (
    (EVAL, re.compile(r"(?<![\w.$])eval\s*\(|\bnew\s+Function\s*\(|\bset(?:Timeout|Interval)\s*\(\s*[\"'`]")),
    (WRITE, re.compile(r"\bdocument\s*\.\s*write(?:ln)?\s*\(")),
    (SINK, re.compile(r"\.\s*(?:inner|outer)HTML\s*=(?!=)(?!\s*(?:\"\"|''))|\.insertAdjacentHTML\s*\(")),
    (WORKER, re.compile(r"\bserviceWorker\s*\.\s*register\s*\(")),
    (COOKIE, re.compile(r"\bdocument\s*\.\s*cookie\s*=(?!=)")),
    (KEPT, re.compile(
        r"\b(?:local|session)Storage\s*\.\s*setItem\s*\(\s*[\"'`][^\"'`]*"
        r"(?:token|user_?info|session|id_?card|id_?no|mobile|phone)", re.IGNORECASE)),
    (DEVICE, re.compile(
        r"\bnavigator\s*\.\s*(?:geolocation|clipboard|mediaDevices|contacts|bluetooth|usb|nfc)\b|\bnew\s+NDEFReader\b")),
    (WINDOW, re.compile(r"\bwindow\s*\.\s*open\s*\(")),
    (PAY, re.compile(
        r"\bwx\s*\.\s*(?:chooseWXPay|requestPayment)\s*\(|\b(?:my|ap)\s*\.\s*tradePay\s*\(|\bnew\s+PaymentRequest\s*\("
        r"|\bWeixinJSBridge\s*\.\s*invoke\s*\(\s*[\"'`]getBrandWCPayRequest|\bAlipayJSBridge\s*\.\s*call\s*\(\s*[\"'`]tradePay")),
    (DOWNLOAD, re.compile(r"\.\s*download\s*=(?!=)|\bmsSaveBlob\s*\(")),
)  # fmt: skip

SECRETS = (
    re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    re.compile(r"\bwhsec_[A-Za-z0-9+/=]{24,}"),
    re.compile(r"\bLTAI[A-Za-z0-9]{12,20}\b"),  # Alibaba Cloud
    re.compile(r"\bAKID[A-Za-z0-9]{13,40}\b"),  # Tencent Cloud
    re.compile(r"\bAKIA[0-9A-Z]{16}\b"),  # Amazon
    re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}\b"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}"),  # a signed token
    re.compile(
        r"(?:app_?secret|access_?key_?secret|secret_?key|client_?secret|private_?key|service_?pwd|\bsk)"
        r"[\"']?\s*[:=]\s*[\"'`][A-Za-z0-9+/=_-]{16,}[\"'`]",
        re.IGNORECASE,
    ),
)
NUMBER = re.compile(r"(?<![\dA-Za-z])[1-9]\d{5}(?:19|20)\d{9}[\dXx](?![\dA-Za-z])")
WEIGHTS, CHECK = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
NOBODY = "99"  # the county in the sandbox's numbers, which no county bears


@check
def habits(app: App) -> Iterator[Finding]:
    """Look for what scripts may not do by themselves."""
    for code in app.scripts:
        yield from _habits(code)
    for name in app.files:
        if name.endswith(".map"):
            yield SOURCE_MAP.at(name)
    for name, elements in app.pages.items():
        for element in elements:
            if element.tag == "a" and "download" in element.attributes:
                yield DOWNLOAD.at(name, element.line)


def _habits(code: Code) -> Iterator[Finding]:
    """Look at one script.

    The client of the old gateway brings a library along that could set cookies, and reads one; what a page
    leaves in cookies is seen where it runs (`switch.storage`).
    """
    is_client = mgop.COOKIE in code.text
    for one, pattern in PATTERNS:
        if not (is_client and one is COOKIE):
            yield from _each(one, code, pattern)


@check
def secrets(app: App) -> Iterator[Finding]:
    """Look for keys, tokens and numbers of persons in whatever is text."""
    for name, text in app.texts.items():
        code = Code(name, text)
        for pattern in SECRETS:
            yield from _each(SECRET, code, pattern)
        for match in NUMBER.finditer(text):
            if _is_of_a_person(match.group()):
                yield PERSONAL.at(name, code.line_at(match.start()))


def _each(one: Rule, code: Code, pattern: re.Pattern[str]) -> Iterator[Finding]:
    return (one.at(code.file, code.line_at(match.start())) for match in pattern.finditer(code.text))


def _is_of_a_person(number: str) -> bool:
    """Say whether somebody may bear this ID number (GB 11643): the check digit fits, the sandbox's aside."""
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return CHECK[total % 11] == number[17].upper() and number[4:6] != NOBODY
