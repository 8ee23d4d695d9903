"""The rules of the gate: each with an id for ever, what it asks, where it is from, and how to mend it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from banshi.findings import Finding, Severity
from banshi.gate._app import App


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule; `source` names the law, standard or list that it is from."""

    id: str
    title: str
    fix: str
    source: str
    severity: Severity = Severity.REFUSE
    in_browser: bool = False  # looked at where the pages run, not in the text of the files

    def at(self, file: str = "", line: int = 0, problem: str = "", **more: str) -> Finding:
        """Return a finding of this rule; `more` may be another `fix`, the `selector` and the `shot`."""
        told = {"problem": problem or self.title, "fix": self.fix, **more}
        return Finding(rule=self.id, severity=self.severity, file=file, line=line, **told)


Check = Callable[[App], Iterator[Finding]]

RULES: dict[str, Rule] = {}
CHECKS: list[Check] = []


def rule(
    id: str, title: str, *, fix: str, source: str, warns: bool = False, in_browser: bool = False
) -> Rule:
    """Enter a rule into the list."""
    severity = Severity.WARN if warns else Severity.REFUSE
    made = Rule(id=id, title=title, fix=fix, source=source, severity=severity, in_browser=in_browser)
    RULES[id] = made
    return made


def check(function: Check) -> Check:
    """Enter what looks for findings."""
    CHECKS.append(function)
    return function
