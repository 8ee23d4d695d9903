"""Verdicts by their plan: the same bytes and the same trace as by resolvers, and nobody else's."""

from typing import Any

import pytest

from miniapps.trips import service
from miniapps.trips.rules import EXPLANATIONS, _judge
from storage.db import execute, fetch
from storage.ids import new_id
from tests.api.conftest import NOON, as_clerk
from tests.api.plan.conftest import Both
from tests.miniapps.cases.factories import a_citizen, a_submitted_case, a_town
from tests.miniapps.trips.factories import PAPERLESS, a_closed_case

NODE = """id verdict trips declaredTrips promise version latest judgedAt
  reasons { __typename rule bearing text rowKind rowId }"""
VERDICT = f"query ($id: UUID!) {{ verdict(caseId: $id) {{ {NODE} }} }}"
VERDICTS = f"""query ($id: UUID!, $first: Int! = 20) {{ verdicts(caseId: $id, first: $first) {{
  edges {{ node {{ {NODE} }} cursor }} pageInfo {{ hasNextPage endCursor }} }} }}"""
LOOKS = "SELECT party_id, person_id, act, object FROM audit_row WHERE act = 'verdict.read'"


@pytest.fixture(autouse=True)
def nobody_is_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_judge, "SAMPLED_PER_CENT", 0)


async def test_the_latest_verdict_and_all_of_them_with_reasons(db: Any, both: Both) -> None:
    await a_town(PAPERLESS)
    owner = a_citizen()
    case = await a_closed_case(owner)
    await service.judge(case.id, now=NOON)
    await service.confirm(owner, case.id, False, "我去过", key="k", now=NOON)
    await service.judge(case.id, now=NOON)

    for document in (VERDICT, VERDICTS):
        plan, ordinary = await both(document, owner, id=str(case.id))
        assert plan == ordinary
        assert "申请人表示跑动次数不对".encode() in plan
    cut, same = await both(VERDICTS, owner, id=str(case.id), first=1)
    assert cut == same
    assert b'"hasNextPage":true' in cut


async def test_every_finding_is_told_in_the_same_words(db: Any, both: Both) -> None:
    await a_town(PAPERLESS)
    owner = a_citizen()
    case = await a_closed_case(owner)
    await service.judge(case.id, now=NOON)
    for rule, bearing in EXPLANATIONS:
        await execute(
            "INSERT INTO trip_verdict_reason (id, party_id, verdict_id, rule, bearing, row_kind, row_id)"
            " SELECT $1, party_id, id, $2, $3, 'visit', $1 FROM trip_verdict",
            new_id(), str(rule), str(bearing),
        )  # fmt: skip

    plan, ordinary = await both(VERDICT, owner, id=str(case.id))

    assert plan == ordinary
    assert all(words.encode() in plan for words in EXPLANATIONS.values())


async def test_one_s_own_open_case_has_no_verdict_yet(db: Any, both: Both) -> None:
    await a_town(PAPERLESS)
    owner = a_citizen()
    case = await a_submitted_case(owner)

    plan, ordinary = await both(VERDICT, owner, id=str(case.id))
    pages, same = await both(VERDICTS, owner, id=str(case.id))

    assert plan == ordinary == b'{"data":{"verdict":null}}'
    assert pages == same
    assert b'"edges":[]' in pages


async def test_a_foreign_case_and_none_are_left_to_the_way_that_makes_errors(db: Any, both: Both) -> None:
    await a_town(PAPERLESS)
    case = await a_closed_case(a_citizen())
    await service.judge(case.id, now=NOON)

    for document in (VERDICT, VERDICTS):
        for id_ in (case.id, new_id()):
            plan, ordinary = await both(document, a_citizen(), id=str(id_))
            assert plan is None
            assert b'"CASE_NOT_FOUND"' in ordinary
    assert await fetch(LOOKS) == []


async def test_the_plan_leaves_the_trace_that_resolvers_leave(db: Any, both: Both) -> None:
    await a_town(PAPERLESS)
    owner = a_citizen()
    case = await a_closed_case(owner)

    for document in (VERDICT, VERDICTS):
        await both(document, owner, id=str(case.id))

    by_plan, by_resolvers, *rest = await fetch(LOOKS)
    assert by_plan == by_resolvers
    assert by_plan["object"] == f"case/{case.id}"
    assert by_plan["party_id"] == owner.acting_for
    assert rest == [by_plan, by_plan]


async def test_staff_are_not_served_by_the_plan(db: Any, both: Both) -> None:
    await a_town(PAPERLESS)
    case = await a_submitted_case(a_citizen())

    plan, _ = await both(VERDICT, as_clerk(case.department_id), id=str(case.id))

    assert plan is None
