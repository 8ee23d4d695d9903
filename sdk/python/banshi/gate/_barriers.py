"""Rules on barriers: what the old, and those who see, hear or move otherwise, would not get past."""

import posixpath
import re
from collections.abc import Iterator

from banshi.findings import Finding
from banshi.gate._app import App, Code
from banshi.gate._rules import check, rule

HOUSE, MIIT = "浙里办 listing rules", "MIIT 适老化通用设计规范"

ENTRY = rule(
    "elder.entry", "nothing on the home page leads to the page for the old", source=MIIT,
    fix="link to it from there, where it is seen at once, or draw elder mode on each page and leave it out",
)  # fmt: skip
GESTURE = rule(
    "page.gesture", "something is done with three fingers or more", source=MIIT,
    fix="do it by a button, or by one finger or two",
)  # fmt: skip
PUZZLE = rule(
    "page.captcha", "a puzzle stands in the way of who cannot see or drag it", source=MIIT,
    fix="leave it out, since callers are signed in and counted, or offer another way, such as 语音验证码",
)  # fmt: skip
FIXED_TEXT = rule(
    "page.text_size", "letters do not follow the size that the phone is set to", source=MIIT, warns=True,
    fix="write text-size-adjust: 100%",
)  # fmt: skip

FOR_ELDERS = re.compile(r"(?:elder|elderly|laonian|zhangbei|zhangzhe|laoren|guanhuai|shilao)$", re.I)
TOLD_FOR_ELDERS = re.compile(r"(?:长辈|长者|老年|关怀|适老)(?:版|模式)")
LENGTH = r"\b(?:touches|targetTouches)\s*\.\s*length"
FINGERS = re.compile(  # but not what stops there: `if (event.touches.length === 3) return`
    rf"(?:{LENGTH}\s*(?:===?|>=)\s*[3-5]\b"
    rf"|(?<![\w.$])[3-5]\s*(?:===?|<=)\s*(?:[\w$]+\s*\.\s*)*{LENGTH[2:]})"
    r"(?!\s*(?:\)\s*\{?\s*return\b|\|\|))"
)
PUZZLES = re.compile(
    r"\binitGeetest4?\s*\(|\bnew\s+TencentCaptcha\s*\(|\binitAliyunCaptcha\s*\(|\binitNECaptcha\w*\s*\("
    r"|\b_dx\.Captcha\s*\(|\bgrecaptcha\.(?:render|execute)\s*\(|\bhcaptcha\.render\s*\("
    r"|(?:拖动|按住|滑动)[^\n\"'`<>]{0,8}(?:验证|拼图)|按住滑块|依次点击(?:图中|上图|下图|图片)"
    r"|(?:图形|图片)验证码"
)
PUZZLE_PICTURE = re.compile(r"captcha|验证码|yzm", re.IGNORECASE)
OTHER_WAY = re.compile(r"语音验证|听验证码|短信验证|无障碍验证|(?:换|其他|其它)[^\n\"'`<>]{0,4}验证")
FIXED = re.compile(r"text-size-adjust\s*:\s*none\b")


@check
def entries(app: App) -> Iterator[Finding]:
    """Look whether the home page leads to a page that is made for the old."""
    if app.home not in app.pages:
        return  # which is a finding of manifest.entry
    for name, elements in app.pages.items():
        title = "".join("".join(each.text) for each in elements if each.tag == "title")
        called = posixpath.splitext(name)[0].removesuffix("/index")
        is_for_elders = FOR_ELDERS.search(posixpath.basename(called)) or TOLD_FOR_ELDERS.search(title)
        if is_for_elders and name != app.home and not _is_named(app, name):
            yield ENTRY.at(app.home, 0, f"nothing leads to {name}, which is for the old")


def _is_named(app: App, page: str) -> bool:
    """Say whether the home page or a script names a page, so that there may be a way to it."""
    folder, file = posixpath.split(page)
    word = f"{posixpath.basename(folder)}/" if folder and file == "index.html" else file
    return any(word in text for text in (app.texts.get(app.home, ""), *(code.text for code in app.scripts)))


@check
def gestures(app: App) -> Iterator[Finding]:
    """Look for what needs more than two fingers."""
    for code in app.scripts:
        matches = FINGERS.finditer(code.text)
        yield from (GESTURE.at(code.file, code.line_at(match.start())) for match in matches)


@check
def puzzles(app: App) -> Iterator[Finding]:
    """Look for puzzles against machines, unless there is another way: the first of each file."""
    if any(OTHER_WAY.search(text) for text in app.texts.values()):
        return
    pictured = {
        name: each.line
        for name, elements in app.pages.items()
        for each in reversed(elements)
        if each.tag == "img" and any(PUZZLE_PICTURE.search(value) for value in each.attributes.values())
    }
    for name, text in app.texts.items():
        match = None if name.endswith(".map") else PUZZLES.search(text)
        line = Code(name, text).line_at(match.start()) if match else pictured.get(name)
        if line:
            yield PUZZLE.at(name, line)


@check
def letters(app: App) -> Iterator[Finding]:
    """Look for styles that keep letters as small as they are."""
    for code in app.styles:
        matches = FIXED.finditer(code.text)
        yield from (FIXED_TEXT.at(code.file, code.line_at(match.start())) for match in matches)
