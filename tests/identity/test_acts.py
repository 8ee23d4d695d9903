"""Every act that stands in the audit has plain words, a ground and a time for which it is kept."""

import ast
import re
from pathlib import Path

import pytest

from identity import acts
from identity.acts import Use, use_of

ROOT = Path(__file__).parent.parent.parent
WORDS = {"record", "record_read", "record_reads", "line"}


def recorded() -> set[str]:
    """The acts handed to the audit as they stand."""
    found = set()
    for path in [*ROOT.glob("identity/**/*.py"), *ROOT.glob("miniapps/**/*.py")]:
        if "piccolo_migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in WORDS and len(node.args) > 1:
                word = node.args[1]
                if isinstance(word, ast.JoinedStr):
                    word = word.values[0]
                if isinstance(word, ast.Constant) and isinstance(word.value, str):
                    found.add(word.value)
    return found


def test_every_act_that_is_recorded_is_of_a_known_kind():
    assert len(recorded()) > 40
    assert {act for act in recorded() if act.partition(".")[0] not in acts.FAMILIES} == set()


def test_every_title_is_of_an_act_that_exists_or_is_computed():
    assert {title.partition(".")[0] for title in acts.TITLES} <= acts.FAMILIES.keys()
    assert all(re.search("[\u4e00-\u9fff]", title) for title in acts.TITLES.values())


@pytest.mark.parametrize("family", acts.FAMILIES.values(), ids=acts.FAMILIES)
def test_each_kind_says_what_allows_it_and_how_long_it_is_kept(family):
    assert family.title
    assert family.law
    assert family.kept


def test_unknown_acts_have_words_too():
    assert acts.title_of("nothing.known") == "一项操作"
    assert acts.title_of("case.something") == "办件"


@pytest.mark.parametrize(
    ("given", "use"),
    [
        ({"own": True, "app_id": None, "delegated": False, "roles": ["citizen"]}, Use.OWN),
        ({"own": True, "app_id": "rent-app", "delegated": False, "roles": ["citizen"]}, Use.CONSENT),
        ({"own": False, "app_id": None, "delegated": True, "roles": ["citizen"]}, Use.MANDATE),
        ({"own": False, "app_id": None, "delegated": False, "roles": ["clerk"]}, Use.STATUTORY),
        ({"own": False, "app_id": None, "delegated": False, "roles": ["service"]}, Use.PLATFORM),
    ],
)
def test_the_ground_of_a_row_follows_from_who_acted(given, use):
    assert use_of(**given) == use
