"""What operations that are not trusted may cost this process: so much memory, and so many plans."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from api.graphql import paths as ways_of
from api.graphql.execute import Ask, choose_operation
from api.graphql.operations import Operation
from api.graphql.paths import Paths

FLAGGED = "query ({flags}) {{ recentCases {{ {fields} }} }}"
FIELDS = ("id", "number", "title", "state")


@pytest.fixture
def seen(schema) -> Paths:
    return Paths(schema)


def operation(schema, text: str) -> Operation:
    return choose_operation(schema, Ask(text), is_open=True)


def flagged(count: int) -> str:
    flags = " ".join(f"$f{n}: Boolean! = true" for n in range(count))
    fields = " ".join(f"{name} @include(if: $f{n % count})" for n, name in enumerate(FIELDS))
    return FLAGGED.format(flags=flags, fields=fields)


def test_an_operation_is_made_ready_at_its_second_sight(schema, seen):
    asked = operation(schema, "{ recentCases { id } }")

    assert [seen.known(asked).best for _ in range(3)] == ["ordinary", "plan", "plan"]


def test_strangers_take_turns_to_be_made_ready(schema, seen, monkeypatch):
    now = 1_000.0
    monkeypatch.setattr(ways_of, "time", SimpleNamespace(monotonic=lambda: now))
    first, second = (operation(schema, f"{{ number{n}: recentCases {{ id }} }}") for n in range(2))
    compile_ = seen.ways

    def slowly(each: Operation) -> ways_of.Ways:
        nonlocal now
        now += 0.1
        return compile_(each)

    monkeypatch.setattr(seen, "ways", slowly)
    known = [seen.known(each).best for each in (first, first, second, second)]
    now += 0.89
    known.append(seen.known(second).best)
    now += 0.02
    known.append(seen.known(second).best)

    assert known == ["ordinary", "plan", "ordinary", "ordinary", "ordinary", "plan"]


def test_the_heaviest_are_not_all_remembered(schema, seen, monkeypatch):
    monkeypatch.setattr(ways_of, "COMPILING", 1.0)
    texts = [f"{{ number{n}: recentCases {{ id }} }}" for n in range(3)]
    monkeypatch.setattr(ways_of, "HEAVIEST", 25 * len(texts[0]))  # two compiled ones weigh 22

    for text in texts[:2] * 2:
        seen.known(operation(schema, text))
    seen.known(operation(schema, texts[0]))
    for text in texts[2:] * 2:
        seen.known(operation(schema, text))

    assert [seen.known(operation(schema, text)).best for text in (texts[0], texts[2], texts[1])] == [
        "plan",
        "plan",
        "ordinary",
    ]


def test_what_was_seen_once_weighs_little(schema, seen, monkeypatch):
    texts = [f"{{ number{n}: recentCases {{ id }} }}" for n in range(9)]
    monkeypatch.setattr(ways_of, "HEAVIEST", 20 * len(texts[0]))

    for text in texts:
        seen.known(operation(schema, text))

    assert seen.known(operation(schema, texts[0])).best == "plan"


@pytest.mark.parametrize(("count", "plans"), [(2, 4), (3, 0)])
def test_a_strangers_fast_ways_follow_two_variables_in_directives(schema, seen, count, plans):
    stranger = operation(schema, flagged(count))
    trusted = replace(stranger, sha256="0" * 64)

    ways = seen.ways(stranger)

    assert len(ways.plans) == plans
    assert (ways.generated is not None) == bool(plans)
    assert len(seen.trust(trusted).plans) == 2**count
