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

    def at(self, file: str = "", line: int = 0, problem: str = "") -> Finding:
        """Return a finding of this rule."""
        told = problem or self.title
        return Finding(rule=self.id, severity=self.severity, file=file, line=line, problem=told, fix=self.fix)


Check = Callable[[App], Iterator[Finding]]

RULES: dict[str, Rule] = {}
CHECKS: list[Check] = []


def rule(id: str, title: str, *, fix: str, source: str, warns: bool = False) -> Rule:
    """Enter a rule into the list."""
    severity = Severity.WARN if warns else Severity.REFUSE
    made = RULES[id] = Rule(id=id, title=title, fix=fix, source=source, severity=severity)
    return made


def check(function: Check) -> Check:
    """Enter what looks for findings."""
    CHECKS.append(function)
    return function
