"""The gate: what a program can say of a version before people look at it.

    Package ──► App (pages, scripts, styles) ──► every check ──► findings, by file and line

The same rules run on the developer's machine (`miniapp check`) and in the platform's workers, so what passes
here passes there.  A finding that refuses keeps the version from review; one that warns is shown to the
reviewer.  Faults of the package itself (`package.*`) are found by `banshi.package.read`.
"""

from collections.abc import Iterable

from banshi.findings import Finding, Severity
from banshi.gate import _links, _pages, _scripts, _service
from banshi.gate._app import App
from banshi.gate._rules import CHECKS, RULES, Rule
from banshi.package import Package

__all__ = ["RULES", "App", "Rule", "inspect", "passes"]

_FAMILIES = (_pages, _scripts, _links, _service)  # importing them enters their rules


def inspect(package: Package) -> list[Finding]:
    """Return everything that the rules find, by file and line; the same in the same order each time."""
    app = App(package.manifest, package.files)
    found = {finding for look in CHECKS for finding in look(app)}
    return sorted(found, key=lambda each: (each.file, each.line, each.rule, each.problem))


def passes(findings: Iterable[Finding]) -> bool:
    """Say whether nothing found keeps the version from review."""
    return all(finding.severity is Severity.WARN for finding in findings)
