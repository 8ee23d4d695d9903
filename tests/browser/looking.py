"""Looking at a page as a browser drew it: its picture, what axe finds, how large letters and targets are."""

import json
from pathlib import Path
from typing import Any

from playwright.async_api import Page

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")
ELDER_LETTERS, ELDER_TARGET, TARGET = 20, 60, 44
"""CSS pixels; the norm asks 18 dp and 60 × 60 dp, else 44 × 44."""
POPUPS = "WebUIOmniboxPopup,WebUIOmniboxAimPopup"
"""Of the address bar, which nobody sees here: each window would have a process draw one in advance."""
OFF = f"HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,PaintHolding,ThirdPartyStoragePartitioning,\
AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,LensOverlay,MediaRouter,\
OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,{POPUPS}"
"""Playwright's own list ends where another is given: this is what it holds for Chromium, and the popups."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update",
         f"--disable-features={OFF}"]  # fmt: skip
"""What Chromium is started with."""

SMALL_LETTERS = """least => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), small = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || !parent.checkVisibility() || parent.closest("noscript, script")) continue;
    const style = getComputedStyle(parent), size = parseFloat(style.fontSize);
    if (size < least || parseFloat(style.lineHeight) < 1.3 * size)
      small.push([node.data.trim(), size, style.lineHeight]);
  }
  return small;
}"""
SMALL_TARGETS = """least => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter(each => each.type !== "hidden" && each.checkVisibility() && !each.classList.contains("skip"))
  .map(each => each.closest("label.choice") || each)
  .map(each => [each, each.getBoundingClientRect()])
  .filter(([, box]) => box.width < least || box.height < least)
  .map(([each, box]) => [each.outerHTML.slice(0, 80), box.width, box.height])"""
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"


pictures: Path | None = None  # where they go, if somebody wants to look at them


async def well(page: Page, name: str, *, elder: bool = False) -> None:
    """Check a page as it is drawn."""
    await keep(page, f"{name}-{page.viewport_size['width']}{'-elder' if elder else ''}")
    wrong = {"axe": await findings(page), **await faults(page, elder=elder)}
    assert wrong == {"axe": []}, f"{page.url}: {wrong}"


async def keep(page: Page, name: str) -> None:
    """Keep a picture of a page, if they are wanted: drawing them takes a tenth of the tests' time."""
    if pictures:
        await page.screenshot(path=pictures / f"{name}.png", full_page=True)


async def both(page: Page, name: str) -> None:
    """Look at a page on a telephone's and on a desktop's screen."""
    for size in (DESKTOP, PHONE):
        await page.set_viewport_size(size)
        await well(page, name)


async def findings(page: Page) -> list[dict[str, Any]]:
    """Return what axe finds serious or worse."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    found = json.loads(await page.evaluate("axe.run().then(each => JSON.stringify(each.violations))"))
    return [
        {"id": each["id"], "nodes": [node["html"][:120] for node in each["nodes"]]}
        for each in found
        if each["impact"] in SERIOUS
    ]


async def faults(page: Page, *, elder: bool) -> dict[str, Any]:
    """Return what is too small, and by how many pixels one must scroll sideways; empty when all is well."""
    found = {
        "letters": await page.evaluate(SMALL_LETTERS, ELDER_LETTERS if elder else 16),
        "targets": await page.evaluate(SMALL_TARGETS, ELDER_TARGET if elder else TARGET),
        "sideways": max(0, await page.evaluate(SIDEWAYS)),
        "switch": 0 if await page.locator("header .switch").is_visible() else 1,
    }
    return {name: value for name, value in found.items() if value}
