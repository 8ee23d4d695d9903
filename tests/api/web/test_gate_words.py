"""Every rule that a developer may meet has words of its own."""

import re
from pathlib import Path

from api.web.gate_words import GATE_WORDS, words_of
from banshi import gate, package

NAMED = re.compile(r'"(package\.[a-z_]+)"')


def test_every_rule_of_the_gate_is_told_in_chinese():
    assert set(gate.RULES) - set(GATE_WORDS) == set()


def test_every_rule_on_packages_is_told_in_chinese():
    folder = Path(package.__file__).parent
    named = {rule for path in folder.glob("*.py") for rule in NAMED.findall(path.read_text())}

    assert named - set(GATE_WORDS) == set()


def test_a_rule_without_words_is_named():
    assert words_of("new.rule").title == "new.rule"
