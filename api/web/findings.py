"""What the gate found, as pages tell it: by rule, what refuses a version first."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from api.web.gate_words import GATE_WORDS, RuleWords
from banshi.findings import Finding, Severity
from miniapps.review.rules import BY_PEOPLE

SHOWN = 20  # findings of one rule


class Group(NamedTuple):
    """What one rule found; `more` are not shown."""

    rule: str
    words: RuleWords
    refuses: bool
    shown: Sequence[Finding]
    more: int


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Return findings by rule, those that refuse a version first, else in the order they come."""
    by_rule: dict[tuple[str, bool], list[Finding]] = {}
    for each in findings:
        by_rule.setdefault((each.rule, each.severity is Severity.REFUSE), []).append(each)
    made = [
        Group(rule, words_for(rule), refuses, held[:SHOWN], len(held[SHOWN:]))
        for (rule, refuses), held in by_rule.items()
    ]
    return sorted(made, key=lambda group: not group.refuses)


def words_for(rule: str) -> RuleWords:
    """Return what a rule asks, of the gate or of people; one that has no words yet is named by its id."""
    known = GATE_WORDS.get(rule)
    return known or RuleWords(BY_PEOPLE.get(rule, rule), "按说明改正")
