"""Counts and quantiles by rule."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapps.insight.rules.counting import (
    BOUNDS_MS,
    CLASSES,
    COLUMNS,
    People,
    What,
    class_of,
    quantile_ms,
    share,
)
from miniapps.insight.rules.limits import LIMITS, SLOW, troubles

NONE = [0] * CLASSES
times = st.lists(st.floats(0, 9_999), min_size=1, max_size=200)


def histogram(values) -> list[int]:
    classes = NONE.copy()
    for value in values:
        classes[class_of(value)] += 1
    return classes


def counted(**counts: int) -> list[int]:
    return [counts.get(column, 0) for column in COLUMNS]


def test_every_count_has_a_column():
    assert len(COLUMNS) == len(What)
    assert [What(place).name.lower() for place in range(len(What))] == [
        column.replace("opens", "open").replace("consents", "consent").removesuffix("s") for column in COLUMNS
    ]


@given(st.floats(0, 1e9))
def test_a_time_counts_in_the_first_class_it_does_not_pass(ms):
    place = class_of(ms)

    assert place == len(BOUNDS_MS) or ms <= BOUNDS_MS[place]
    assert place == 0 or ms > BOUNDS_MS[place - 1]


@given(times, st.sampled_from([0.5, 0.95, 0.99]))
def test_a_quantile_lies_in_the_class_of_the_true_one(values, part):
    true = sorted(values)[math.ceil(part * len(values)) - 1]

    found = quantile_ms(histogram(values), part)

    assert found is not None
    assert class_of(found) == class_of(true)


def test_quantiles_are_near_the_true_ones():
    chance = random.Random(7)
    values = [chance.lognormvariate(4.5, 0.8) for _ in range(20_000)]

    for part in (0.5, 0.95):
        true = sorted(values)[int(part * len(values))]
        assert quantile_ms(histogram(values), part) == pytest.approx(true, rel=0.1)


def test_of_nothing_there_is_neither_quantile_nor_share():
    assert quantile_ms(NONE, 0.5) is None
    assert share(0, 0) is None


def test_what_takes_longest_counts_as_the_last_bound():
    assert quantile_ms(histogram([60_000]), 0.5) == BOUNDS_MS[-1]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.key)
def test_a_limit_is_passed_by_more_than_its_share_of_enough(limit):
    most = limit.least * 10
    whole = most * 1000 // limit.per_mille

    def found(bad: int, of: int) -> list[str]:
        numbers = {limit.whole: of, limit.bad: bad}
        people = People(**{name: numbers.get(name, 0) for name in People._fields})
        return [trouble.key for trouble in troubles(counted(**numbers), NONE, people)]

    assert found(most, whole) == []
    assert found(most + 1, whole) == [limit.key]
    assert found(limit.least - 1, limit.least - 1) == []
    assert found(limit.least, limit.least) == [limit.key]


@pytest.mark.parametrize("limit", [each for each in LIMITS if each.halts], ids=lambda limit: limit.key)
def test_what_halts_a_release_is_held_against_people_alone(limit):
    assert {limit.bad, limit.whole} <= set(People._fields)
    counts = counted(calls=1_000, call_errors=1_000, opens=1_000, page_errors=1_000, complaints=1_000)
    assert troubles(counts, NONE, People(seen=100, called=100, call_failed=1, page_failed=4)) == []


def test_slow_calls_are_a_problem_when_enough_were_timed():
    slow = histogram([4_000] * 10 + [100] * 90)

    [found] = troubles(counted(calls=100), slow, People())

    assert (found.key, found.out_of, found.threshold) == (SLOW, 100, 3_000)
    assert found.found > 3_000
    assert troubles(counted(calls=4), histogram([4_000] * 4), People()) == []
