"""Recording visits on real cases."""

from datetime import timedelta

import pytest

from banshi.errors import KeyReused
from miniapps.cases.errors import CaseNotFound
from miniapps.trips import queries, service
from miniapps.trips.errors import (
    VisitSourceRefused,
    VisitTooEarly,
)
from miniapps.trips.rules import Cause, Verdict
from storage.db import fetch
from tests.miniapps.cases.factories import (
    NOON,
    a_citizen,
    a_clerk,
    a_draft,
    a_submitted_case,
    a_town,
)
from tests.miniapps.trips.factories import PAPERLESS, a_closed_case, by_staff, claim

LATER = NOON + timedelta(days=1)

pytestmark = pytest.mark.usefixtures("nobody_is_sampled")


async def told(kind: str) -> int:
    return (await fetch("SELECT count(*) FROM outbox WHERE type = $1", kind))[0]["count"]


async def test_a_record_and_a_memory_of_the_same_trip_count_once(db):
    await a_town(PAPERLESS)
    citizen, clerk = a_citizen(), await a_clerk()
    case = await a_closed_case(citizen, clerk=clerk)

    await service.record_visit(clerk, case.id, **by_staff(), now=NOON)
    await service.record_visit(citizen, case.id, **claim(), now=NOON)
    await service.record_visit(citizen, case.id, **claim(place="第一医院", key="2"), now=NOON)

    verdict = await service.judge(case.id, now=NOON)
    assert (verdict.verdict, verdict.trips) == (Verdict.MANY, 2)


async def test_a_window_that_receives_an_application_is_a_visit(db):
    await a_town(PAPERLESS)
    citizen, clerk = a_citizen(), await a_clerk()
    case = await a_closed_case(citizen, clerk=clerk, at_window=True)

    await service.record_receipt(case.id, now=NOON)
    await service.record_receipt(case.id, now=LATER)

    page = await queries.visits_of(citizen, case.id)
    verdict = await service.judge(case.id, now=NOON)
    assert [(seen.row.cause, seen.place) for seen in page.rows] == [(Cause.APPLY_AT_COUNTER, "收件窗口")]
    assert verdict.verdict == Verdict.ONE


async def test_an_application_from_home_is_no_visit(db):
    await a_town(PAPERLESS)
    case = await a_submitted_case(a_citizen())

    assert await service.record_receipt(case.id, now=NOON) is None


async def test_a_visit_told_twice_under_one_key_is_one_and_leaves_one_fact(db):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_submitted_case(citizen)

    first = await service.record_visit(citizen, case.id, **claim(), now=NOON)
    again = await service.record_visit(citizen, case.id, **claim(), now=LATER)

    assert again.id == first.id
    assert await told("trip.visit_recorded") == 1
    assert await fetch("SELECT count(*) FROM audit_row WHERE act = 'visit.record'") == [{"count": 1}]


async def test_one_ticket_is_one_visit_whoever_records_it(db):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    clerk, colleague = await a_clerk(), await a_clerk()
    case = await a_submitted_case(citizen)

    first = await service.record_visit(clerk, case.id, **by_staff(), now=NOON)
    again = await service.record_visit(colleague, case.id, **by_staff(key="other"), now=NOON)

    assert again.id == first.id


async def test_a_key_cannot_stand_for_two_visits(db):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_submitted_case(citizen)
    await service.record_visit(citizen, case.id, **claim(), now=NOON)

    with pytest.raises(KeyReused):
        await service.record_visit(citizen, case.id, **{**claim(), "cause": Cause.PAYMENT}, now=NOON)


async def test_a_visit_is_refused_to_strangers_to_drafts_and_to_a_borrowed_source(db):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case, draft = await a_submitted_case(citizen), await a_draft(citizen)

    with pytest.raises(CaseNotFound):
        await service.record_visit(a_citizen(), case.id, **claim(), now=NOON)
    with pytest.raises(CaseNotFound):
        await service.record_visit(await a_clerk("education"), case.id, **by_staff(), now=NOON)
    with pytest.raises(VisitTooEarly):
        await service.record_visit(citizen, draft.id, **claim(), now=NOON)
    with pytest.raises(VisitSourceRefused):
        await service.record_visit(citizen, case.id, **by_staff(), now=NOON)


async def test_a_place_is_sealed_and_read_only_by_those_who_may_see_the_case(db):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_submitted_case(citizen)
    await service.record_visit(citizen, case.id, **claim(place="第一医院"), now=NOON)

    page = await queries.visits_of(citizen, case.id)

    assert [seen.place for seen in page.rows] == ["第一医院"]
    assert page.rows[0].id == page.rows[0].row.id
    stored = (await fetch("SELECT place_words, door FROM visit"))[0]
    assert "第一医院".encode() not in stored["place_words"] + stored["door"]
    with pytest.raises(CaseNotFound):
        await queries.visits_of(a_citizen(), case.id)
