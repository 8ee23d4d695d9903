"""Findings: what a check has against a package, where, and how to mend it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from banshi.errors import DomainError

SHOWN = 100  # findings of one rule; more are counted


class Severity(StrEnum):
    """Whether a finding keeps a version from review."""

    REFUSE = "refuse"
    WARN = "warn"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found by the rule of this id; `line` counts from 1, 0 stands for the whole file."""

    rule: str  # e.g. package.symlink
    severity: Severity = Severity.REFUSE
    file: str = ""  # "" for the package as a whole
    line: int = 0
    problem: str
    fix: str
    selector: str = ""  # the element on the page, as CSS names it; "" where it is no one element's
    shot: str = ""  # the name of the picture that shows it; "" where there is none

    def show(self) -> str:
        """Return `file:line: rule: problem; fix`."""
        place = ":".join(str(part) for part in (self.file or "(package)", self.line) if part)
        seen = f" ({self.selector})" if self.selector else ""
        return f"{place}: {self.rule}: {self.problem}{seen}; {self.fix}"


class PackageRefused(DomainError):
    """The package cannot be taken; `findings` lists everything against it."""

    code = "PACKAGE_REFUSED"
    status = 422
    text = "The package has {count} fault(s): {first}"

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(count=len(findings), first=findings[0].show())

    @property
    def extensions(self) -> dict[str, Any]:
        """`{code, data: {count, first}, findings: […]}`, each as the fields of Finding."""
        shown = [msgspec.to_builtins(finding) for finding in self.findings[:SHOWN]]
        return {**super().extensions, "findings": shown}
