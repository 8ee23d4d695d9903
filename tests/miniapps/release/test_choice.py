"""The choice of a version: the same for the same citizen, only rising, and fair."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banshi.errors import InvalidInput
from miniapps.items.queries import around
from miniapps.release.rules.choice import BUCKETS, Citizen, Offer, bucket, choose, missed, pick
from miniapps.release.rules.needs import Host, Needs, host, needs, overlaps, prefixes
from storage.ids import new_id

OLD, NEW = UUID(int=1), UUID(int=2)
HANGZHOU = "330106"

ids = st.uuids()
percents = st.integers(0, 100)
places = st.sampled_from(["330106", "330108", "330204", "331002", "330106010", "110101"])
citizens = st.builds(Citizen, ids, places, st.booleans(), st.just(""), st.just(Host(1, 0)))


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


@pytest.mark.parametrize(
    ("said", "needed", "is_enough"),
    [
        ("3.2", "3.2", True),
        ("3.10", "3.9", True),
        ("3.9", "3.10", False),
        ("10.0", "9.9", True),
        ("3.2.7", "3.2", True),
        ("3.2.0-beta.1", "3.2", False),
        ("3.3.0-beta.1+build.5", "3.2", True),
        (None, "1.0", True),
        (None, "1.1", False),
    ],
)
def test_hosts_are_compared_as_semantic_versions(said, needed, is_enough):
    assert (host(said) >= host(needed)) is is_enough


@pytest.mark.parametrize(
    "said", ["", "3", "3.x", "v3.2", "3.2 ", "３.２", "3.2.1.0", "3." + "9" * 5000, "3.2\n"]
)
def test_what_is_no_version_of_a_host_is_refused(said):
    with pytest.raises(InvalidInput):
        host(said)


@given(citizens, percents, percents, st.booleans(), st.booleans())
def test_what_does_not_suit_host_or_place_is_never_given(citizen, percent, after, is_old, is_far):
    asks = {
        NEW: Needs(Host(2, int(is_old)), ("44",) if is_far else ("",)),
        OLD: Needs(Host(1, 0), ("33", "11")),
    }
    citizen = citizen._replace(host=Host(2, 0))
    offer = an_offer(percent=percent, needs=asks)

    found = choose(offer, citizen)

    assert found == (OLD if is_old or is_far else pick(an_offer(percent=percent), citizen))
    assert choose(offer._replace(percent=after), citizen, found) == found
    assert choose(offer, citizen, NEW) == (OLD if is_old or is_far else NEW)


def test_where_he_lives_decides_who_has_it_and_what_he_chose_where_it_serves():
    everywhere, there = Needs(Host(1, 0), prefixes(("330000",))), Needs(Host(1, 0), prefixes(("330100",)))
    offer = an_offer(prefixes=prefixes(("330100",)), needs={OLD: everywhere, NEW: there})
    at_home = Citizen(UUID(int=5), HANGZHOU)

    assert pick(offer, at_home) == NEW
    assert pick(offer, at_home._replace(place="330204")) == OLD
    assert pick(offer, Citizen(UUID(int=5), "330204", place=HANGZHOU)) == OLD


def test_what_is_missed_is_what_everybody_has_before_what_is_on_trial():
    nobody = Needs(Host(9, 0), ("33",))
    insider, other = Citizen(UUID(int=5), HANGZHOU, is_tester=True), Citizen(UUID(int=5), HANGZHOU)
    both = an_offer(needs={OLD: nobody, NEW: nobody})

    assert (pick(both, insider), missed(both, insider), missed(both, other)) == (None, OLD, OLD)
    assert missed(both._replace(stable=None), insider) == NEW
    assert missed(both._replace(stable=None), other) is None
    assert missed(both._replace(stopped={OLD}), other) is None


@pytest.mark.parametrize(
    ("code", "served", "is_so"),
    [
        ("330106", ["330100"], True),
        ("330000", ["330106"], True),
        ("330100", ["330106", "330200"], True),
        ("330200", ["330100"], False),
        ("330106", ["330108"], False),
    ],
)
def test_regions_overlap_when_one_holds_the_other(code, served, is_so):
    assert overlaps(code, prefixes(tuple(served))) is is_so


def test_a_manifest_says_what_its_version_needs():
    assert needs("3.2", ("330100",)) == Needs(Host(3, 2), ("3301",))


codes = st.sampled_from(["330000", "330100", "330106", "330200", "330204", "331000"])


@given(st.lists(codes, min_size=1), st.one_of(codes, places))
def test_what_the_shelf_shows_of_a_place_opens_there(served, place):
    assert place.startswith(prefixes(tuple(served))) is bool({*served} & {*around(place)})


@given(citizens)
def test_without_any_version_there_is_none(citizen):
    assert pick(Offer(stable=None), citizen) is None
