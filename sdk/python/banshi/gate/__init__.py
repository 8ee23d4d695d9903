"""The gate: what a program can say of a version before people look at it.

    Package ──► App (pages, scripts, styles) ──► every check ──► findings, by file and line

The same rules run on the developer's machine (`miniapp check`) and in the platform's workers, so what passes
here passes there.  A finding that refuses keeps the version from review; one that warns is shown to the
reviewer.  Faults of the package itself (`package.*`) are found by `banshi.package.read`.

`inspect` reads the files; `judge` opens the pages in a browser too (`banshi.gate.browser`).
"""

from collections.abc import Iterable

from banshi.findings import Finding, Severity
from banshi.gate import _barriers, _links, _pages, _scripts, _service, browser
from banshi.gate._app import App
from banshi.gate._rules import CHECKS, RULES, Rule
from banshi.gate._service import entry
from banshi.gate.browser import Chromium, Limits, Report
from banshi.gate.browser import _rules as _seen
from banshi.package import Package

__all__ = ["RULES", "App", "Chromium", "Limits", "Report", "Rule", "entry", "inspect", "judge", "passes"]

_FAMILIES = (_pages, _scripts, _links, _service, _barriers, _seen)  # importing them enters their rules


def inspect(package: Package) -> list[Finding]:
    """Return everything that the rules find, by file and line; the same in the same order each time."""
    app = App(package.manifest, package.files)
    found = {finding for look in CHECKS for finding in look(app)}
    return sorted(found, key=lambda each: (each.file, each.line, each.rule, each.problem))


async def judge(
    package: Package, *, limits: Limits | None = None, chromium: Chromium | None = None
) -> Report:
    """Return what all rules find, those that open the pages in a browser too, and pictures of the pages.

    Raises: BrowserMissing, BrowserFailed; then nothing is known of the mini-app.
    """
    seen = await browser.inspect(package, limits=limits, chromium=chromium)
    found = sorted(
        (*inspect(package), *seen.findings), key=lambda each: each.file
    )  # stable: lines, then rules
    return Report(found, seen.shots, seen.is_walled)


def passes(findings: Iterable[Finding]) -> bool:
    """Say whether nothing found keeps the version from review."""
    return all(finding.severity is Severity.WARN for finding in findings)
