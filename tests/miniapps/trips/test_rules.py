from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapps.items.rules import Delivery
from miniapps.trips import rules
from miniapps.trips.rules import (
    AnswerFact,
    Bearing,
    CaseFacts,
    Cause,
    Judgement,
    MaterialFact,
    Promise,
    Rule,
    Verdict,
    VisitFact,
)
from tests.miniapps.trips.factories import NOW, a_material, a_visit, an_answer, facts, unsampled_id

TIMES = st.integers(0, 29 * 24).map(lambda hours: NOW + timedelta(hours=hours))
MAYBE = st.none() | TIMES
IDS = st.uuids()
DOORS = st.sampled_from(["counter", "bank", "hospital"])
VISITS = st.builds(VisitFact, id=IDS, cause=st.sampled_from(Cause), visited_at=TIMES, door=DOORS)
MATERIALS = st.builds(
    MaterialFact, id=IDS, electronic=st.booleans(), first_use=st.booleans(), handed_at=MAYBE
)
CASES = st.builds(
    CaseFacts,
    case_id=IDS,
    received_at=MAYBE,
    at_counter=st.booleans(),
    delivery=st.sampled_from(Delivery),
    tracked=st.booleans(),
    delivered_at=MAYBE,
    declared_trips=st.integers(0, 3),
    materials=st.lists(MATERIALS, max_size=3).map(tuple),
)
ANSWERS = st.none() | st.builds(AnswerFact, id=IDS, agrees=st.booleans())

FAR = {Verdict.ZERO: 0, Verdict.UNPROVEN: 1, Verdict.ONE: 2, Verdict.MANY: 3}


def bearings(judgement: Judgement, rule: Rule) -> list[Bearing]:
    return [finding.bearing for finding in judgement.findings if finding.rule is rule]


def test_a_case_with_evidence_for_every_question_took_zero_trips():
    judgement = rules.judge(facts(), [], None)

    assert (judgement.verdict, judgement.trips, judgement.promise) == (Verdict.ZERO, 0, Promise.KEPT)
    assert {finding.bearing for finding in judgement.findings} == {Bearing.FOR}


@pytest.mark.parametrize(
    ("gap", "rule"),
    [
        ({"delivered_at": None}, Rule.DELIVERY),
        ({"delivery": Delivery.WINDOW}, Rule.DELIVERY),
        ({"delivery": Delivery.POST}, Rule.DELIVERY),
        ({"at_counter": True}, Rule.RECEIPT),
        ({"at_counter": True, "received_at": None}, Rule.RECEIPT),
        ({"materials": (a_material(electronic=False),)}, Rule.PAPER),
        ({"materials": (a_material(handed_at=None),)}, Rule.MATERIAL),
        ({"materials": (a_material(first_use=True),)}, Rule.UPLOAD),
        ({"declared_trips": 1}, Rule.PRESENCE),
        ({"case_id": unsampled_id(sampled=True)}, Rule.SAMPLE),
    ],
)
def test_one_gap_in_the_evidence_leaves_a_case_unproven(gap, rule):
    judgement = rules.judge(facts(**gap), [], None)

    assert (judgement.verdict, judgement.promise) == (Verdict.UNPROVEN, Promise.UNKNOWN)
    assert bearings(judgement, rule) == [Bearing.MISSING]


def test_a_tracked_parcel_is_evidence_of_delivery():
    assert rules.judge(facts(delivery=Delivery.POST, tracked=True), [], None).verdict is Verdict.ZERO


@pytest.mark.parametrize(
    "gap", [{"materials": (a_material(first_use=True),)}, {"case_id": unsampled_id(sampled=True)}]
)
def test_the_citizens_word_closes_what_only_he_can_know(gap):
    assert rules.judge(facts(**gap), [], an_answer()).verdict is Verdict.ZERO


def test_the_citizens_word_does_not_make_paper_electronic():
    paper = facts(materials=(a_material(electronic=False),))

    assert rules.judge(paper, [], an_answer()).verdict is Verdict.UNPROVEN


def test_a_contradiction_takes_zero_away():
    judgement = rules.judge(facts(), [], an_answer(agrees=False))

    assert (judgement.verdict, judgement.promise) == (Verdict.UNPROVEN, Promise.UNKNOWN)
    assert bearings(judgement, Rule.ANSWER) == [Bearing.AGAINST]


@pytest.mark.parametrize(
    ("visits", "declared", "verdict", "promise"),
    [
        (1, 0, Verdict.ONE, Promise.BROKEN),
        (1, 1, Verdict.ONE, Promise.KEPT),
        (2, 1, Verdict.MANY, Promise.BROKEN),
        (2, 2, Verdict.MANY, Promise.KEPT),
    ],
)
def test_trips_are_compared_with_what_the_item_declares(visits, declared, verdict, promise):
    trips = [a_visit(visited_at=NOW + timedelta(days=day)) for day in range(visits)]

    judgement = rules.judge(facts(declared_trips=declared), trips, None)

    assert (judgement.verdict, judgement.promise) == (verdict, promise)


def test_a_promise_is_not_kept_while_a_further_trip_may_hide():
    collected_later = facts(declared_trips=1, delivery=Delivery.WINDOW, delivered_at=NOW + timedelta(days=3))

    judgement = rules.judge(collected_later, [a_visit()], None)

    assert (judgement.verdict, judgement.promise) == (Verdict.ONE, Promise.UNKNOWN)


@pytest.mark.parametrize(
    "visit", [a_visit(), a_visit(cause=Cause.COLLECT_RESULT, visited_at=NOW - timedelta(days=9))]
)
def test_a_trip_of_that_day_or_cause_accounts_for_a_delivery_at_the_window(visit):
    judgement = rules.judge(facts(declared_trips=1, delivery=Delivery.WINDOW), [visit], None)

    assert bearings(judgement, Rule.DELIVERY) == [Bearing.AGAINST]
    assert judgement.promise is Promise.KEPT


def test_officials_who_come_to_inspect_are_no_trip():
    judgement = rules.judge(facts(), [a_visit(cause=Cause.SITE_INSPECTION)], None)

    assert (judgement.verdict, judgement.trips) == (Verdict.ZERO, 0)
    assert bearings(judgement, Rule.INSPECTION) == [Bearing.FOR]


def test_fetching_a_proof_somewhere_else_is_a_trip():
    fetched = a_visit(cause=Cause.FETCH_PROOF_ELSEWHERE, door="hospital")

    assert rules.judge(facts(), [fetched], None).verdict is Verdict.ONE


def test_one_day_and_one_door_are_one_trip_however_often_recorded():
    ticket = a_visit()
    counter_next_to_it = a_visit(visited_at=NOW + timedelta(hours=2))
    next_day = a_visit(visited_at=NOW + timedelta(days=1))
    other_door = a_visit(door="hospital")

    assert rules.count_trips([ticket, counter_next_to_it]) == 1
    assert rules.count_trips([ticket, counter_next_to_it, next_day]) == 2
    assert rules.count_trips([ticket, counter_next_to_it, other_door]) == 2


def test_a_case_that_waits_for_its_delivery_only_is_waiting():
    assert rules.is_waiting(rules.judge(facts(delivered_at=None), [], None))
    assert not rules.is_waiting(rules.judge(facts(delivered_at=None, at_counter=True), [], None))
    assert not rules.is_waiting(rules.judge(facts(delivered_at=None), [a_visit()], None))


@given(CASES, st.lists(VISITS, max_size=4), ANSWERS, VISITS)
def test_another_trip_never_brings_a_verdict_nearer_to_zero(case, visits, answer, another):
    before = rules.judge(case, visits, answer)
    after = rules.judge(case, [*visits, another], answer)

    assert after.trips >= before.trips
    assert another.cause is Cause.SITE_INSPECTION or FAR[after.verdict] >= max(FAR[before.verdict], 2)


@given(CASES, st.lists(VISITS, max_size=4), ANSWERS)
def test_zero_stands_on_evidence_alone(case, visits, answer):
    judgement = rules.judge(case, visits, answer)

    if judgement.verdict is Verdict.ZERO:
        assert {finding.bearing for finding in judgement.findings} == {Bearing.FOR}
        assert case.delivered_at is not None
        assert all(material.electronic and material.handed_at for material in case.materials)


@given(CASES, st.lists(VISITS, max_size=4))
def test_a_contradiction_never_helps(case, visits):
    before = rules.judge(case, visits, None)
    after = rules.judge(case, visits, an_answer(agrees=False))

    assert FAR[after.verdict] >= FAR[before.verdict]
    assert after.promise is not Promise.KEPT


@given(CASES, st.lists(VISITS, max_size=4, unique_by=lambda visit: visit.id), ANSWERS)
def test_the_order_of_rows_does_not_matter(case, visits, answer):
    assert rules.judge(case, visits, answer) == rules.judge(case, visits[::-1], answer)


@given(CASES, st.lists(VISITS, max_size=4), ANSWERS)
def test_every_reason_has_words(case, visits, answer):
    for finding in rules.judge(case, visits, answer).findings:
        assert rules.EXPLANATIONS[finding.rule, finding.bearing]


def test_about_one_case_in_twenty_is_sampled():
    sampled = sum(rules.is_sampled(UUID(int=number)) for number in range(2000))

    assert 70 <= sampled <= 130


def test_sampling_is_the_same_for_ever():
    assert rules.is_sampled(UUID(int=1)) is rules.is_sampled(UUID(int=1)) is False
