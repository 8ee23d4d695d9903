from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapps.items.rules import Delivery
from miniapps.trips import rules
from miniapps.trips.errors import VisitSourceRefused, VisitTimeRefused, VisitUnfounded
from miniapps.trips.rules import (
    COUNTER,
    AnswerFact,
    Bearing,
    CaseFacts,
    Cause,
    Evidence,
    EvidenceKind,
    Judgement,
    MaterialFact,
    Place,
    PlaceKind,
    Promise,
    Rule,
    Source,
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

BANK = UUID(int=1)
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


@pytest.mark.parametrize(
    ("cause", "place", "door"),
    [
        (Cause.INTERVIEW, Place(kind=PlaceKind.HALL, words="市民中心"), COUNTER),
        (Cause.PAYMENT, Place(kind=PlaceKind.DEPARTMENT, words="公安局", id=UUID(int=1)), COUNTER),
        (
            Cause.FETCH_PROOF_ELSEWHERE,
            Place(kind=PlaceKind.HALL, words="A", id=UUID(int=1)),
            str(UUID(int=1)),
        ),
        (Cause.OTHER, Place(kind=PlaceKind.ELSEWHERE, words=" 第一 医院 B"), "第一医院b"),
    ],
)
def test_halls_and_their_counters_are_one_door(cause, place, door):
    assert rules.door(cause, place) == door


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


@pytest.mark.parametrize(
    ("source", "staff", "through_app"),
    [
        (Source.CLERK, True, False),
        (Source.TICKET_MACHINE, True, False),
        (Source.CITIZEN, False, False),
        (Source.MINI_APP, False, True),
    ],
)
def test_everybody_speaks_for_himself(source, staff, through_app):
    rules.check_source(source, staff=staff, through_app=through_app)

    with pytest.raises(VisitSourceRefused):
        rules.check_source(source, staff=not staff, through_app=through_app)


def test_a_mini_app_cannot_pass_for_the_citizen():
    with pytest.raises(VisitSourceRefused):
        rules.check_source(Source.CITIZEN, staff=False, through_app=True)


@pytest.mark.parametrize("visited_at", [NOW + timedelta(seconds=1), NOW - timedelta(days=366)])
def test_a_visit_lies_within_the_year_before_the_case_and_now(visited_at):
    rules.check_time(NOW, opened_at=NOW, now=NOW)

    with pytest.raises(VisitTimeRefused):
        rules.check_time(visited_at, opened_at=NOW, now=NOW)


@pytest.mark.parametrize(
    ("evidence", "source"),
    [
        (Evidence(kind=EvidenceKind.TICKET, reference=" "), Source.TICKET_MACHINE),
        (Evidence(kind=EvidenceKind.RECEIPT, reference="1" * 81), Source.CLERK),
        (Evidence(kind=EvidenceKind.RECEIPT, reference="13812345678"), Source.CLERK),
        (Evidence(kind=EvidenceKind.PHOTO, reference="1", sha256="abc"), Source.CLERK),
        (Evidence(kind=EvidenceKind.PHOTO, sha256="A" * 64), Source.CITIZEN),
    ],
)
def test_a_record_names_its_evidence(evidence, source):
    with pytest.raises(VisitUnfounded):
        rules.check_evidence(evidence, source)


def test_a_citizens_word_needs_no_reference():
    rules.check_evidence(Evidence(kind=EvidenceKind.STATEMENT), Source.CITIZEN)
    rules.check_evidence(Evidence(kind=EvidenceKind.PHOTO, reference="1", sha256="0a" * 32), Source.CLERK)


def test_causes_are_told_once_each_in_the_order_of_time_without_inspections():
    visits = [
        a_visit(cause=Cause.COLLECT_RESULT),
        a_visit(cause=Cause.FINGERPRINT, visited_at=NOW - timedelta(days=2)),
        a_visit(cause=Cause.COLLECT_RESULT, visited_at=NOW - timedelta(days=1)),
        a_visit(cause=Cause.SITE_INSPECTION, visited_at=NOW - timedelta(days=3)),
    ]

    assert rules.causes_in_words(visits) == "采集指纹、领取结果"


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_words(cause):
    assert rules.CAUSE_WORDS[cause]
