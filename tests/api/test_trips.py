"""Trips over GraphQL."""

import pytest

from miniapps.trips import service
from miniapps.trips.rules import _judge
from storage.db import fetch
from tests.api.conftest import NOON, as_citizen, as_operator
from tests.miniapps.cases.factories import a_citizen, a_clerk, a_submitted_case, a_town
from tests.miniapps.trips.factories import PAPERLESS, a_closed_case

VERDICT = """query ($id: UUID!) { verdict(caseId: $id) {
  verdict trips declaredTrips promise version latest judgedAt
  reasons { rule bearing text rowKind rowId } } }"""
HISTORY = """query ($id: UUID!) { verdicts(caseId: $id) {
  edges { node { version verdict reasons { rule } } } } }"""
VISITS = """query ($id: UUID!) { visits(caseId: $id) {
  edges { node { cause place placeKind source evidenceKind visitedAt } } } }"""
RECORD = """mutation ($id: UUID!, $visit: VisitInput!, $key: String!) {
  recordVisit(caseId: $id, visit: $visit, idempotencyKey: $key) { id cause place source } }"""
CONFIRM = """mutation ($id: UUID!, $agrees: Boolean!, $key: String!) {
  confirmVerdict(caseId: $id, agrees: $agrees, idempotencyKey: $key, remark: "属实") {
    id agrees verdictId } }"""
CLAIM = {
    "cause": "INTERVIEW",
    "placeKind": "HALL",
    "place": "市民中心",
    "visitedAt": NOON.isoformat(),
    "source": "CITIZEN",
    "evidenceKind": "STATEMENT",
}


@pytest.fixture(autouse=True)
def nobody_is_sampled(monkeypatch):
    """Chance has its own tests; here it would pick every twentieth case."""
    monkeypatch.setattr(_judge, "SAMPLED_PER_CENT", 0)


def code(answer):
    return answer["errors"][0]["extensions"]["code"]


async def test_a_verdict_is_shown_with_reasons_in_chinese_down_to_the_row(db, ask):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_closed_case(citizen)
    await service.judge(case.id, now=NOON)

    answer = await ask(VERDICT, actor=citizen, id=str(case.id))

    verdict = answer["data"]["verdict"]
    assert (verdict["verdict"], verdict["trips"], verdict["promise"]) == ("ZERO", 0, "KEPT")
    assert {
        "rule": "RECEIPT",
        "bearing": "FOR",
        "text": "申请在网上提交",
        "rowKind": "case_file",
        "rowId": str(case.id),
    } in verdict["reasons"]


async def test_a_case_of_somebody_else_has_no_verdict_to_show(db, ask):
    await a_town(PAPERLESS)
    case = await a_submitted_case(a_citizen())

    assert code(await ask(VERDICT, actor=as_citizen(), id=str(case.id))) == "CASE_NOT_FOUND"
    assert code(await ask(VERDICT, actor=as_operator(), id=str(case.id))) == "SCOPE_MISSING"


async def test_a_citizen_records_a_visit_and_sees_it(db, ask):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_submitted_case(citizen)

    first = await ask(RECORD, actor=citizen, id=str(case.id), visit=CLAIM, key="k1")
    again = await ask(RECORD, actor=citizen, id=str(case.id), visit=CLAIM, key="k1")
    seen = await ask(VISITS, actor=citizen, id=str(case.id))

    assert first["data"]["recordVisit"] == again["data"]["recordVisit"]
    (edge,) = seen["data"]["visits"]["edges"]
    assert (edge["node"]["cause"], edge["node"]["place"]) == ("INTERVIEW", "市民中心")


async def test_staff_who_look_leave_a_trace(db, ask):
    await a_town(PAPERLESS)
    citizen, clerk = a_citizen(), await a_clerk()
    case = await a_submitted_case(citizen)

    await ask(VISITS, actor=clerk, id=str(case.id))

    rows = await fetch("SELECT party_id, person_id FROM audit_row WHERE act = 'visit.read'")
    assert rows == [{"party_id": citizen.acting_for, "person_id": clerk.person_id}]


async def test_a_contradiction_makes_a_second_version_and_reasons_cost_one_statement(db, ask):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_closed_case(citizen)
    await service.judge(case.id, now=NOON)
    answer = await ask(CONFIRM, actor=citizen, id=str(case.id), agrees=False, key="k")
    await service.judge(case.id, now=NOON)
    db.clear()

    history = await ask(HISTORY, actor=citizen, id=str(case.id))

    nodes = [edge["node"] for edge in history["data"]["verdicts"]["edges"]]
    assert answer["data"]["confirmVerdict"]["agrees"] is False
    assert [(node["version"], node["verdict"]) for node in nodes] == [(2, "UNPROVEN"), (1, "ZERO")]
    assert all(node["reasons"] for node in nodes)
    assert len([sql for sql in db if "trip_verdict_reason" in sql]) <= 1


async def test_an_answer_before_the_verdict_is_refused(db, ask):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_submitted_case(citizen)

    answer = await ask(CONFIRM, actor=citizen, id=str(case.id), agrees=True, key="k")

    assert code(answer) == "TRIP_NOT_YET_JUDGED"


async def test_a_page_of_visits_costs_the_same_however_long_it_is(db, ask):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_submitted_case(citizen)
    costs = []
    for number in range(3):
        await ask(RECORD, actor=citizen, id=str(case.id), visit=CLAIM, key=f"k{number}")
        db.clear()
        await ask(VISITS, actor=citizen, id=str(case.id))
        costs.append(len(db))

    assert costs[0] == costs[1] == costs[2] <= 5


async def test_a_key_that_no_row_could_hold_is_refused_in_words(db, ask):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_submitted_case(citizen)

    answer = await ask(RECORD, actor=citizen, id=str(case.id), visit=CLAIM, key="k" * 81)

    assert code(answer) == "INVALID_INPUT"
