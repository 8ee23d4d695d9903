"""Every link inside the repository leads somewhere, and both front pages lead to the same pages."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page
    for folder in (ROOT, ROOT / "docs", ROOT / "docs" / "adr", *(ROOT / "sdk").glob("examples/*"))
    for page in folder.glob("*.md")
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
ANCHOR = re.compile(r'<a id="([^"]+)"')
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def links(page: Path) -> list[str]:
    """The addresses that a page links to inside the repository."""
    text = CODE.sub("", FENCE.sub("", page.read_text(encoding="utf-8")))
    return [
        unquote(link) for link in LINK.findall(text) if "://" not in link and not link.startswith("mailto:")
    ]


@cache
def anchors(page: Path) -> set[str]:
    """What can be named behind a `#`, as GitHub makes it of headings."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text)]
    return {heading.replace(" ", "-") for heading in plain} | set(ANCHOR.findall(text))


def dead(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    found = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            found.append(link)
    return found


def test_no_link_is_dead():
    assert {str(page.relative_to(ROOT)): dead(page) for page in PAGES if dead(page)} == {}


def test_both_front_pages_lead_to_every_page():
    pages = {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}

    for front in ("README.md", "README.zh-CN.md"):
        assert pages - set(links(ROOT / front)) == set(), front
