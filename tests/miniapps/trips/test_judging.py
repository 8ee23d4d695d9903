"""Verdicts and answers on real cases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from banshi.errors import KeyReused
from identity.actor import WORKER
from miniapps.cases import service as cases
from miniapps.cases.errors import CaseNotFound
from miniapps.cases.rules import Outcome
from miniapps.items.rules import Delivery
from miniapps.notices import queries as notices
from miniapps.trips import queries, service, tasks
from miniapps.trips.errors import (
    AnswerNotYours,
    NotYetJudged,
)
from miniapps.trips.events import VerdictConfirmed, VerdictContradicted, VisitRecorded
from miniapps.trips.rules import Bearing, Promise, Rule, Verdict
from storage.db import execute, fetch
from tests.miniapps.cases.factories import (
    NOON,
    a_citizen,
    a_clerk,
    a_submitted_case,
    a_town,
)
from tests.miniapps.trips.factories import PAPERLESS, WITH_UPLOAD, a_closed_case, claim

LATER = NOON + timedelta(days=1)

pytestmark = pytest.mark.usefixtures("nobody_is_sampled")


async def titles(actor) -> list[str]:
    page = await notices.page(actor, first=100)
    return [notice.title for notice in page.rows if notice.kind.startswith("trip.")]


async def told(kind: str) -> int:
    return (await fetch("SELECT count(*) FROM outbox WHERE type = $1", kind))[0]["count"]


async def test_a_paperless_case_is_proven_to_take_zero_trips_and_the_citizen_is_told(db):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_closed_case(citizen)

    verdict = await service.judge(case.id, now=NOON)

    assert (verdict.verdict, verdict.trips, verdict.promise) == (Verdict.ZERO, 0, Promise.KEPT)
    assert await titles(citizen) == ["这次办事您跑了零次"]
    assert await told("trip.judged") == 1


async def test_every_reason_points_at_a_row_that_exists(db):
    await a_town(WITH_UPLOAD)
    citizen = a_citizen()
    case = await a_closed_case(citizen)
    await service.record_visit(citizen, case.id, **claim(), now=NOON)
    verdict = await service.judge(case.id, now=NOON)

    reasons = await queries.reasons_of(verdict)

    assert {row.row_kind for row in reasons} == {"case_file", "case_material", "visit"}
    for row in reasons:
        assert await fetch(f"SELECT 1 FROM {row.row_kind} WHERE id = $1", row.row_id)


async def test_an_open_case_is_not_judged(db):
    await a_town(PAPERLESS)
    case = await a_submitted_case(a_citizen())

    assert await service.judge(case.id, now=NOON) is None


async def test_judging_again_without_news_changes_nothing(db):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_closed_case(citizen)

    first = await service.judge(case.id, now=NOON)
    again = await service.judge(case.id, now=LATER)

    assert again.id == first.id
    assert len(await titles(citizen)) == 1


async def test_a_first_upload_stays_unproven_until_the_citizen_confirms(db):
    await a_town(WITH_UPLOAD)
    citizen = a_citizen()
    case = await a_closed_case(citizen)
    before = await service.judge(case.id, now=NOON)

    await service.confirm(citizen, case.id, True, "没有跑", key="k", now=NOON)
    after = await service.judge(case.id, now=NOON)

    missing = [row.rule for row in await queries.reasons_of(before) if row.bearing == Bearing.MISSING]
    assert (before.verdict, missing) == (Verdict.UNPROVEN, [Rule.UPLOAD])
    assert (after.verdict, after.version) == (Verdict.ZERO, 2)
    assert await titles(citizen) == ["这次办事您跑了零次", "请告诉我们您跑了几次"]


async def test_what_was_uploaded_for_an_earlier_case_is_reused_without_a_trip(db):
    await a_town(WITH_UPLOAD)
    citizen = a_citizen()
    await a_closed_case(citizen)

    second = await a_closed_case(citizen, reuse=True)

    assert (await service.judge(second.id, now=NOON)).verdict == Verdict.ZERO


async def test_a_contradiction_takes_zero_away_and_the_old_verdict_stays_on_record(db):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_closed_case(citizen)
    await service.judge(case.id, now=NOON)

    await service.confirm(citizen, case.id, False, "我去过大厅 13812345678", key="k", now=NOON)
    await service.judge(case.id, now=NOON)

    history = await queries.verdicts_of(citizen, case.id)
    assert [(row.version, row.verdict, row.latest) for row in history.rows] == [
        (2, Verdict.UNPROVEN, True),
        (1, Verdict.ZERO, False),
    ]
    assert await told("trip.contradicted") == 1
    assert b"13812345678" not in (await fetch("SELECT remark FROM trip_answer"))[0]["remark"]


async def test_a_trip_the_citizen_tells_of_late_breaks_the_promise(db):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_closed_case(citizen)
    await service.judge(case.id, now=NOON)

    visit = await service.record_visit(citizen, case.id, **claim(), now=LATER)
    await tasks.judge_visited(
        VisitRecorded(party_id=case.party_id, case_id=case.id, visit_id=visit.id, at=LATER), now=LATER
    )

    verdict = await queries.verdict_of(citizen, case.id)
    assert (verdict.verdict, verdict.promise, verdict.version) == (Verdict.ONE, Promise.BROKEN, 2)
    assert (await titles(citizen))[0] == "这次办事您跑了一次"


async def test_the_citizen_is_not_asked_while_only_the_delivery_is_open(db):
    await a_town(PAPERLESS)
    citizen, clerk = a_citizen(), await a_clerk()
    case = await a_closed_case(citizen, clerk=clerk, delivery=Delivery.POST)
    waiting = await service.judge(case.id, now=NOON)
    silence = await titles(citizen)

    await cases.deliver(clerk, case.id, tracking="EMS-1", now=LATER)
    arrived = await service.judge(case.id, now=LATER)

    assert (waiting.verdict, silence) == (Verdict.UNPROVEN, [])
    assert (arrived.verdict, await titles(citizen)) == (Verdict.ZERO, ["这次办事您跑了零次"])


async def test_a_refused_case_is_judged_too(db):
    await a_town(PAPERLESS)
    case = await a_closed_case(a_citizen(), outcome=Outcome.REFUSED)

    assert (await service.judge(case.id, now=NOON)).verdict == Verdict.ZERO


async def test_a_case_without_visits_has_an_empty_page_and_no_verdict_before_it_closes(db):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_submitted_case(citizen)

    assert (await queries.visits_of(citizen, case.id)).rows == []
    assert await queries.verdict_of(citizen, case.id) is None
    with pytest.raises(NotYetJudged):
        await service.confirm(citizen, case.id, True, key="k", now=NOON)


async def test_nobody_answers_for_the_citizen(db):
    await a_town(PAPERLESS)
    citizen, clerk = a_citizen(), await a_clerk()
    case = await a_closed_case(citizen, clerk=clerk)
    await service.judge(case.id, now=NOON)

    with pytest.raises(AnswerNotYours):
        await service.confirm(clerk, case.id, True, key="k", now=NOON)
    with pytest.raises(CaseNotFound):
        await service.confirm(replace(citizen, app_id="rent-helper"), case.id, True, key="k", now=NOON)


async def test_an_answer_given_twice_is_one_and_its_key_cannot_say_the_opposite(db):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_closed_case(citizen)
    await service.judge(case.id, now=NOON)

    first = await service.confirm(citizen, case.id, True, key="k", now=NOON)
    again = await service.confirm(citizen, case.id, True, key="k", now=LATER)

    assert again.id == first.id
    assert await told("trip.confirmed") == 1
    with pytest.raises(KeyReused):
        await service.confirm(citizen, case.id, False, key="k", now=NOON)


async def test_each_fact_that_matters_has_a_case_judged(db):
    await a_town(PAPERLESS)
    citizen, clerk = a_citizen(), await a_clerk()
    case = await a_closed_case(citizen, clerk=clerk, at_window=True)
    about = {"party_id": case.party_id, "case_id": case.id, "at": NOON}

    assert len(tasks.TASKS) == 6
    for task in tasks.TASKS:
        extra = {"visit_id": case.id} if task.event is VisitRecorded else {}
        await task(task.event(**about, **extra), now=NOON)

    assert (await queries.verdict_of(WORKER, case.id)).verdict == Verdict.ONE
    assert {VerdictConfirmed, VerdictContradicted} <= {task.event for task in tasks.TASKS}


@pytest.mark.parametrize(
    "statement",
    ["UPDATE visit SET cause = 'other'", "DELETE FROM trip_verdict", "UPDATE trip_verdict SET trips = 0"],
)
async def test_the_application_cannot_rewrite_the_ledger(db, statement):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await execute(statement)


async def test_two_workers_judging_at_once_make_one_version(db):
    await a_town(PAPERLESS)
    citizen = a_citizen()
    case = await a_closed_case(citizen)

    both = await asyncio.gather(service.judge(case.id, now=NOON), service.judge(case.id, now=NOON))

    assert {verdict.version for verdict in both} == {1}
    assert len((await queries.verdicts_of(citizen, case.id)).rows) == 1
