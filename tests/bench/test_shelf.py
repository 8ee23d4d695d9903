"""The load on the shelf: what is sent, when it holds, and the section that tells of it."""

import json
from random import Random

import pytest

from api.graphql.documents import named
from bench._lab import pages
from bench.shelf import load, rows

ALONE = {name: {"p50_ms": 1.5, "p99_ms": p99} for name, p99 in (("home", 7.9), ("shelf", 6.0), ("find", 8.0))}
MIXED = {name: {"p50_ms": 2.5, "p99_ms": 12.0} for name in ALONE}
SEEN = {
    "per_s": 1_200, "seconds": 15, "rounds": 3, "answered": 216_000, "bad": 0, "alone": ALONE,
    "together": MIXED, "halting": {"alone": MIXED, "together": MIXED},
}  # fmt: skip


def test_home_screens_are_citizens_and_half_of_the_others_are_visitors_each_from_his_own_address():
    parts = load.parts(["t1", "t2"], rows.searches(20), Random(1), load.TOGETHER)

    assert {part.name: part.share for part in parts} == load.TOGETHER
    home, *others = parts
    assert {ask.headers["authorization"] for ask in home.asks} == {"Bearer t1", "Bearer t2"}
    for part in others:
        visitors = [ask.headers["x-forwarded-for"] for ask in part.asks if "authorization" not in ask.headers]
        assert 0.4 < len(visitors) / len(part.asks) < 0.6
        assert len(set(visitors)) > 0.9 * len(visitors)
    for part in parts:
        assert {json.loads(ask.body)["documentId"] for ask in part.asks} == {named(part.name)}


@pytest.mark.parametrize(("changes", "holds"), [
    ({}, True), ({"bad": 1}, False), ({"alone": ALONE | {"find": {"p99_ms": 8.01}}}, False),
])  # fmt: skip
def test_every_kind_has_to_be_answered_in_time_and_none_may_fail(changes, holds):
    assert load.holds(SEEN | changes) == holds


def test_the_section_says_at_which_rate_and_what_the_bar_is():
    machine = {"cpu": "a cpu", "cores": 2, "memory_mib": 24_000, "kernel": "6", "load": 0.1}
    spreads = {
        f"{what}_{how}": {"p50": 1.0, "p99": 2.0} for what in ("shelf", "find") for how in ("made", "kept")
    }

    told = pages.shelf(
        {"machine": machine, "versions": {"uvicorn": "1"}, "apps": 415, "items": 3_700,
         "alone": spreads, "load": SEEN}
    )  # fmt: skip

    assert "at 1,200 requests a second" in told
    assert "216,000 answered, 0 failed (bar: p99 ≤ 8 ms for each kind alone" in told
    assert "| a search over mini-apps and items, nothing else | 1.5 ms | 8.0 ms | 2.5 ms | 12.0 ms |" in told
    assert "| the home screen, mixed | 2.5 ms | 12.0 ms | 2.5 ms | 12.0 ms |" in told
    assert "| the shelf, kept | 1 ms | 2 ms |" in told
