"""Truth in three values: what CEL says when all is answered, and unknown just when the rest could tip it."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miniapps.items.rules._cel import holds, issues
from miniapps.items.rules._conditions import Variable
from miniapps.items.rules._evaluate import completions, names, truth
from miniapps.items.rules._parse import Refused, parse

VARIABLES = {
    "marital": Variable("choice", ("已婚", "未婚", "离异")),
    "child": Variable("bool"),
    "local": Variable("bool"),
    "age": Variable("int", (), 0, 150),
    "years": Variable("int"),
    "born": Variable("date"),
}
NUMBERS = [0, 1, 17, 18, 19, 59, 60, 61, 69, 70, 71, 149, 150]
DOMAIN = {
    "marital": ["已婚", "未婚", "离异"],
    "child": [True, False],
    "local": [True, False],
    "age": NUMBERS,
    "years": [-1, *NUMBERS, 151],
    "born": ["1999-12-31", "2000-01-01", "2020-02-29", "2026-01-01"],
}

ATOMS = st.sampled_from(
    [
        "child", "local", "!child", "true", "false", "child == local", "child != true",
        'marital == "已婚"', 'marital != "离异"', "marital in ['已婚', '未婚']", "marital in []",
        "age >= 18", "age < 60", "17 < age", "age == years", "age <= years", "years in [18, 70]",
        'born > "2000-01-01"', "born == '2020-02-29'", 'born in ["2026-01-01"]',
    ]
)  # fmt: skip


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joined = st.tuples(inner, st.sampled_from(["&&", "||"]), inner)
    return st.one_of(joined.map(lambda t: f"({t[0]} {t[1]} {t[2]})"), inner.map(lambda s: f"!({s})"))


SOURCES = st.recursive(ATOMS, _grow, max_leaves=6)
ANSWERS = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in DOMAIN.items()})
SOME = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in DOMAIN.items()})


@given(SOURCES, ANSWERS)
@settings(max_examples=150, deadline=None)
def test_answered_in_full_we_say_what_cel_says(source, answers):
    tree = parse(source, VARIABLES)

    found = truth(tree, answers, VARIABLES)

    assert issues(source, VARIABLES) == []
    assert found.value is holds(source, VARIABLES, answers)
    assert found.unsettled == ()


@given(SOURCES, SOME)
@settings(max_examples=80, deadline=None)
def test_unknown_means_that_the_missing_answers_can_give_both(source, answers):
    tree = parse(source, VARIABLES)
    missing = sorted(names(tree) - set(answers))

    found = truth(tree, answers, VARIABLES)

    points = completions(tree, {name: VARIABLES[name] for name in missing})
    wide = [list(dict.fromkeys([*near, *DOMAIN[name]])) for near, name in zip(points, missing, strict=True)]
    outcomes = {
        truth(tree, {**answers, **dict(zip(missing, point, strict=True))}, VARIABLES).value
        for point in product(*wide)
    }
    assert outcomes == ({True, False} if found.value is None else {found.value})
    assert set(found.unsettled) <= set(missing)


@given(SOURCES, SOME)
@settings(max_examples=100, deadline=None)
def test_answering_what_is_unsettled_settles_it(source, answers):
    tree = parse(source, VARIABLES)
    found = truth(tree, answers, VARIABLES)

    more = {name: DOMAIN[name][0] for name in found.unsettled}

    assert truth(tree, {**answers, **more}, VARIABLES).value is not None


@pytest.mark.parametrize(
    ("source", "answers", "value", "unsettled"),
    [
        ('marital == "已婚"', {}, None, ("marital",)),
        ('child && marital == "已婚"', {"child": False}, False, ()),
        ('child || marital == "已婚"', {"child": True}, True, ()),
        ("child || !child", {}, True, ()),
        ("child && (local || !local)", {}, None, ("child",)),
        ("age >= 0", {}, True, ()),
        ("age > 150", {}, False, ()),
        ("age < years || age >= years", {}, True, ()),
        ("age == years", {}, None, ("age", "years")),
        ("age > 17 && age < 19", {}, None, ("age",)),
        ("years > 17 && years < 18", {}, False, ()),
        ('born < "2000-01-01" && born > "2000-01-01"', {}, False, ()),
        ('born > "9999-12-31"', {}, False, ()),
        ("born == born", {}, True, ()),
        ("marital in []", {}, False, ()),
        ('!(marital in ["已婚", "未婚", "离异"])', {}, False, ()),
        ("true", {}, True, ()),
    ],
)
def test_what_is_settled_although_something_is_unanswered(source, answers, value, unsettled):
    found = truth(parse(source, VARIABLES), answers, VARIABLES)

    assert (found.value, found.unsettled) == (value, unsettled)


@pytest.mark.parametrize("quoted", ["'已婚'", '"已婚"'])
def test_both_kinds_of_quotes_mean_the_same(quoted):
    tree = parse(f"marital == {quoted}", VARIABLES)

    assert truth(tree, {"marital": "已婚"}, VARIABLES).value is True


def test_a_quote_may_stand_in_a_text_when_escaped():
    variables = {"said": Variable("choice", ('甲"乙', "丙"))}

    tree = parse(r'said == "甲\"乙"', variables)

    assert truth(tree, {"said": '甲"乙'}, variables).value is True
    assert holds(r'said == "甲\"乙"', variables, {"said": '甲"乙'})


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("child child", "condition-subset"),
        ("'甲'", "condition-subset"),
        ("child && ||", "condition-subset"),
        ('marital in ["已婚", 3]', "condition-type"),
        ("child in [1]", "condition-type"),
        ("(child", "condition-subset"),
        ("marital in child", "condition-subset"),
        ("age in [1 2]", "condition-subset"),
    ],
)
def test_the_parser_refuses_on_its_own_what_lies_outside_the_subset(source, rule):
    with pytest.raises(Refused) as refusal:
        parse(source, VARIABLES)

    assert refusal.value.rule == rule
    assert 0 <= refusal.value.at <= len(source)


def test_what_cel_cannot_compile_for_another_reason_is_a_fault_of_the_syntax():
    found = issues("age == 0 " * 3, VARIABLES)

    assert [issue.kind for issue in found] == ["syntax"]
