from datetime import timedelta
from uuid import UUID

import pytest

from banshi.errors import InvalidInput
from miniapps.trips import rules
from miniapps.trips.errors import VisitSourceRefused, VisitTimeRefused, VisitUnfounded
from miniapps.trips.rules import (
    COUNTER,
    Cause,
    Evidence,
    EvidenceKind,
    Place,
    PlaceKind,
    Source,
)
from tests.miniapps.trips.factories import NOW, a_visit


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


@pytest.mark.parametrize(
    "visited_at", [NOW + timedelta(seconds=1), NOW - timedelta(days=366), NOW.replace(tzinfo=None)]
)
def test_a_visit_lies_within_the_year_before_the_case_and_now(visited_at):
    rules.check_time(NOW, opened_at=NOW, now=NOW)

    with pytest.raises(VisitTimeRefused):
        rules.check_time(visited_at, opened_at=NOW, now=NOW)


@pytest.mark.parametrize(
    ("evidence", "source"),
    [
        (Evidence(kind=EvidenceKind.TICKET, reference=" "), Source.TICKET_MACHINE),
        (Evidence(kind=EvidenceKind.RECEIPT, reference="1" * 81), Source.CLERK),
        (Evidence(kind=EvidenceKind.RECEIPT, reference="A\x00"), Source.CLERK),
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


@pytest.mark.parametrize("text", ["", " ", "长" * 11, "坏\x00字"])
def test_words_that_no_row_could_hold_are_refused_by_field(text):
    with pytest.raises(InvalidInput) as refusal:
        rules.check_text("place", text, 10)

    assert refusal.value.data["field"] == "place"


@pytest.mark.parametrize("text", ["", "第一　医院", "两行\n字"])
def test_a_remark_may_be_empty_or_have_several_lines(text):
    rules.check_text("remark", text, 10, required=False)
