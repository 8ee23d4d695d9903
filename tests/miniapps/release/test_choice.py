"""The choice of a version: the same for the same citizen, only rising, and fair."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miniapps.release.rules.choice import BUCKETS, Citizen, Offer, bucket, choose, pick, prefixes
from storage.ids import new_id

OLD, NEW = UUID(int=1), UUID(int=2)
HANGZHOU = "330106"

ids = st.uuids()
percents = st.integers(0, 100)
places = st.sampled_from(["330106", "330108", "330204", "331002", "330106010", "110101"])
citizens = st.builds(Citizen, ids, places, st.booleans())


def an_offer(**parts) -> Offer:
    return Offer(**{"stable": OLD, "candidate": NEW} | parts)


@given(citizens, percents)
def test_the_choice_is_the_same_each_time(citizen, percent):
    offer = an_offer(percent=percent)

    assert pick(offer, citizen) == pick(offer, Citizen(UUID(str(citizen.party_id)), *citizen[1:]))


@given(citizens, percents, percents)
def test_a_higher_percentage_takes_the_candidate_from_nobody(citizen, one, other):
    low, high = sorted((one, other))

    if pick(an_offer(percent=low), citizen) == NEW:
        assert pick(an_offer(percent=high), citizen) == NEW


@given(citizens, percents, st.sets(st.sampled_from(["330000", "330100", "330106", "331000"])))
def test_a_region_more_takes_the_candidate_from_nobody(citizen, percent, regions):
    if pick(an_offer(percent=percent), citizen) == NEW:
        assert pick(an_offer(percent=percent, prefixes=prefixes(tuple(regions))), citizen) == NEW


@pytest.mark.parametrize("percent", [1, 5, 20, 50, 99])
@pytest.mark.parametrize("candidate", [NEW, UUID("0193a5f0-0000-7000-8000-000000000001")])
def test_the_share_is_what_was_asked_for(percent, candidate):
    citizens, offer = 40_000, an_offer(candidate=candidate, percent=percent)

    found = sum(pick(offer, Citizen(UUID(int=n * 7919), "330106")) == candidate for n in range(citizens))

    expected = citizens * percent / 100
    spread = (expected * (100 - percent) / 100) ** 0.5
    assert abs(found - expected) < 5 * spread


@given(citizens)
def test_nobody_and_everybody(citizen):
    assert (pick(an_offer(percent=0), citizen) == NEW) is citizen.is_tester
    assert pick(an_offer(percent=100), citizen) == NEW


@settings(max_examples=20)
@given(ids, ids)
def test_another_candidate_tries_other_citizens_first(one, other):
    parties = [new_id() for _ in range(400)]
    first = {party for party in parties if bucket(one, party) < BUCKETS // 2}
    second = {party for party in parties if bucket(other, party) < BUCKETS // 2}

    assert one == other or first != second


@pytest.mark.parametrize(
    ("codes", "place", "has"),
    [
        (["330000"], "331002", True),
        (["330000"], "110101", False),
        (["330100"], "330106", True),
        (["330100"], "330106010", True),
        (["330100"], "330204", False),
        (["330106"], "330106010", True),
        (["330106"], "330108", False),
        (["330106", "330200"], "330204", True),
        ([], "330106", False),
    ],
)
def test_a_region_holds_all_places_below_it(codes, place, has):
    picked = pick(an_offer(prefixes=prefixes(tuple(codes))), Citizen(UUID(int=5), place))

    assert (picked == NEW) is has


def test_a_tester_has_the_candidate_before_anybody_else():
    assert pick(an_offer(), Citizen(UUID(int=5), HANGZHOU, is_tester=True)) == NEW


@given(citizens, percents)
def test_a_version_that_was_stopped_is_given_to_nobody(citizen, percent):
    assert pick(an_offer(percent=percent, stopped={NEW}), citizen) == OLD
    assert choose(an_offer(percent=percent, stopped={NEW}), citizen, NEW) == OLD
    assert pick(an_offer(candidate=None, stopped={OLD}), citizen) is None


@given(citizens, percents, percents)
def test_a_session_keeps_its_version_until_that_is_stopped(citizen, before, after):
    first = choose(an_offer(percent=before), citizen)

    assert choose(an_offer(percent=after), citizen, first) == first
    assert choose(Offer(stable=NEW), citizen, first) == first
    assert choose(an_offer(percent=after, stopped={first}), citizen, first) != first


@given(citizens)
def test_without_any_version_there_is_none(citizen):
    assert pick(Offer(stable=None), citizen) is None
