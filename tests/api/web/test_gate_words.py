"""Every rule that a developer may meet has words of its own."""

import re
from pathlib import Path

from api.web.findings import grouped, words_for
from api.web.gate_words import GATE_WORDS
from banshi import gate, package
from banshi.findings import Finding, Severity
from miniapps.review.rules import BY_PEOPLE

NAMED = re.compile(r'"(package\.[a-z_]+)"')


def test_every_rule_of_the_gate_is_told_in_chinese():
    assert set(gate.RULES) - set(GATE_WORDS) == set()


def test_every_rule_on_packages_is_told_in_chinese():
    folder = Path(package.__file__).parent
    named = {rule for path in folder.glob("*.py") for rule in NAMED.findall(path.read_text())}

    assert named - set(GATE_WORDS) == set()


def test_a_rule_for_people_is_told_as_they_read_it_and_one_without_words_is_named():
    assert words_for("house.fees").title == BY_PEOPLE["house.fees"]
    assert words_for("new.rule").title == "new.rule"


def test_findings_of_one_rule_stand_together_and_what_refuses_comes_first():
    warned = Finding(rule="manifest.name", severity=Severity.WARN, problem="long", fix="shorten")
    refused = [
        Finding(rule="page.alt", file=f"{n}.html", problem="no text", fix="write it") for n in range(30)
    ]

    first, second = grouped([warned, *refused])

    assert (first.words.title, len(first.shown), first.more) == ("图片没有替代文字", 20, 10)
    assert (second.words.title, second.refuses) == ("名称超过六个字", False)
