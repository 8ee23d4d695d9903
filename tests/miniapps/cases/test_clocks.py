"""What time does to cases."""

from datetime import UTC, date, datetime

from identity.actor import WORKER
from miniapps.calendar import service as calendar
from miniapps.calendar.events import CalendarNoticed
from miniapps.cases import queries, service, tasks
from miniapps.cases.events import CaseOverdue, ClockRanOut, PaperFallsDue
from miniapps.cases.rules import CaseState, Choice, Clock, Content, Outcome, Way, end_of
from miniapps.cases.tables import Case
from miniapps.items.rules import Limit, Procedure, Unit
from miniapps.notices.tables import Notice
from storage.outbox import OutboxRow
from tests.miniapps.calendar.factories import NOTICE_2027
from tests.miniapps.cases.factories import (
    ANSWERS,
    DAY,
    FORM,
    ID_CARD,
    LEASE,
    NOON,
    PHOTO,
    a_citizen,
    a_clerk,
    a_submitted_case,
    a_town,
    an_accepted_case,
    an_item,
    fresh,
)


async def overdue_facts():
    return await OutboxRow.count().where(OutboxRow.type == CaseOverdue.type)


async def flags(case):
    return {clock.kind for clock in await queries.clocks(case) if clock.overdue_at}


async def test_silence_accepts_from_the_day_the_papers_were_complete(db):
    await a_town()
    case = await a_submitted_case(a_citizen())
    last_day = end_of(date(2026, 11, 27))

    assert await service.sweep_overdue(now=last_day - DAY) == 0
    assert await service.sweep_overdue(now=last_day) == 2  # accepted, and the promise of five days is broken
    assert await service.sweep_overdue(now=last_day) == 0

    stored = await fresh(case)
    assert (stored.state, stored.accepted_at, stored.accepted_by_silence) == (CaseState.ACCEPTED, NOON, True)
    line = (await queries.timeline(stored))[-1]
    assert line.by_rule and "即为受理" in line.reason
    assert await flags(case) == {Clock.PROMISED}


async def test_a_reminder_lies_in_the_outbox_for_the_end_of_each_clock(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    await an_accepted_case(citizen, clerk)

    rows = await OutboxRow.select(OutboxRow.not_before).where(OutboxRow.type == ClockRanOut.type)

    days = [date(2026, 11, 27), date(2026, 11, 27), date(2026, 12, 18)]
    assert sorted(row["not_before"] for row in rows) == [end_of(day) for day in days]


async def test_each_clock_is_told_overdue_once_to_the_department_and_the_party(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await an_accepted_case(citizen, clerk)

    assert await service.sweep_overdue(now=NOON + 10 * DAY) == 1
    assert await flags(case) == {Clock.PROMISED}
    assert await service.sweep_overdue(now=NOON + 40 * DAY) == 1
    assert await service.sweep_overdue(now=NOON + 50 * DAY) == 0

    assert await flags(case) == {Clock.PROMISED, Clock.STATUTORY}
    assert await overdue_facts() == 2
    event = CaseOverdue(party_id=case.party_id, case_id=case.id, at=NOON, clock=Clock.PROMISED)
    for _ in range(2):
        await tasks.warn_overdue(event, now=NOON)
    told = {row.party_id: row.body for row in await Notice.objects()}
    assert told.keys() == {citizen.acting_for, clerk.acting_for}
    assert "承诺期限（2026-11-27）" in told[clerk.acting_for]


async def test_a_stopped_clock_is_not_overdue_but_one_stopped_too_late_is(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    in_time, too_late = [await an_accepted_case(citizen, clerk) for _ in range(2)]

    await service.pause(clerk, in_time.id, Procedure.TESTING, notice="检测", now=NOON + DAY)
    await service.pause(clerk, too_late.id, Procedure.TESTING, notice="检测", now=NOON + 12 * DAY)
    await service.sweep_overdue(now=NOON + 30 * DAY)

    assert await flags(in_time) == set()
    assert await flags(too_late) == {Clock.PROMISED}


async def test_work_done_late_is_flagged_even_before_a_worker_saw_it(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await an_accepted_case(citizen, clerk)

    await service.decide(clerk, case.id, Outcome.REFUSED, reason="不符合条件", now=NOON + 10 * DAY)
    await service.complete(clerk, case.id, now=NOON + 10 * DAY)

    assert await flags(case) == {Clock.PROMISED}
    assert await overdue_facts() == 1


async def test_a_reminder_does_nothing_when_the_work_is_done_or_the_clock_moved(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await an_accepted_case(citizen, clerk)
    await service.extend(clerk, case.id, reason="复杂", approved_by="局长", now=NOON)

    async def ring(clock, now):
        fact = ClockRanOut(party_id=case.party_id, case_id=case.id, at=NOON, clock=clock)
        await tasks.hear_clock(fact, now=now)

    await ring(Clock.ACCEPTANCE, NOON + 60 * DAY)
    await ring(Clock.STATUTORY, end_of(date(2026, 12, 18)))
    assert await flags(case) == set()
    await ring(Clock.STATUTORY, end_of(date(2027, 1, 4)))

    assert await flags(case) == {Clock.STATUTORY}


async def test_a_clock_of_a_case_that_is_gone_is_left_alone(db):
    assert await service.ring(WORKER.person_id, Clock.PROMISED, now=NOON) is False


async def test_open_deadlines_are_counted_anew_when_the_calendar_notice_arrives(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    winter = datetime(2027, 1, 29, 4, tzinfo=UTC)  # a Friday, a week before the spring festival
    case = await an_accepted_case(citizen, clerk, now=winter)
    done = await an_accepted_case(citizen, clerk, now=winter)
    await service.withdraw(citizen, done.id, now=winter)
    [before] = await queries.clocks(case, {Clock.STATUTORY})

    await calendar.load(WORKER, NOTICE_2027, now=winter)
    await tasks.recount_clocks(CalendarNoticed(party_id=None, year=2027), now=winter)

    [after] = await queries.clocks(case, {Clock.STATUTORY})
    assert (before.due_on, before.provisional) == (date(2027, 2, 26), True)
    assert (after.due_on, after.provisional) == (date(2027, 3, 8), False)
    [ended] = await queries.clocks(done, {Clock.STATUTORY})
    assert ended.due_on == before.due_on
    moved = OutboxRow.count().where(OutboxRow.not_before == end_of(after.due_on))
    assert await moved == 1
    assert await service.recount(2027, now=winter) == 0


async def test_a_recount_keeps_stops(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    winter = datetime(2027, 1, 27, 4, tzinfo=UTC)
    case = await an_accepted_case(citizen, clerk, now=winter)
    await service.pause(clerk, case.id, Procedure.TESTING, notice="检测", now=winter + 2 * DAY)
    await service.resume(clerk, case.id, now=winter + 14 * DAY)

    await calendar.load(WORKER, NOTICE_2027, now=winter)
    await service.recount(2027, now=winter)

    [promised] = await queries.clocks(case, {Clock.PROMISED})
    assert promised.stopped_days == 4  # 1–4 February; from the 5th on nobody works
    assert promised.due_on == date(2027, 2, 17)


async def test_a_limit_of_natural_days_runs_through_weekends_and_stops(db):
    natural = Limit(count=15, unit=Unit.DAY, basis="《居住证暂行条例》第十条")
    await a_town(an_item(statutory=natural))
    citizen, clerk = a_citizen(), await a_clerk()
    case = await an_accepted_case(citizen, clerk)
    [before] = await queries.clocks(case, {Clock.STATUTORY})

    await service.pause(clerk, case.id, Procedure.TESTING, notice="检测", now=NOON)
    await service.resume(clerk, case.id, now=NOON + 3 * DAY)

    [after] = await queries.clocks(case, {Clock.STATUTORY})
    assert before.due_on == date(2026, 12, 7)  # the fifteenth day is a Saturday
    assert (after.stopped_days, after.due_on) == (3, date(2026, 12, 8))
    assert await service.recount(2026, now=NOON) == 0


async def test_a_missing_paper_is_reminded_of_when_due_and_only_then(db):
    await a_town(an_item(materials=(ID_CARD, LEASE, PHOTO)))
    citizen, clerk = a_citizen(), await a_clerk()
    content = Content(ANSWERS, FORM, {"photo": Choice(Way.TOLERATED)})
    case = await an_accepted_case(citizen, clerk, content=content)
    [paper] = await queries.outstanding(case)
    fact = PaperFallsDue(party_id=case.party_id, case_id=case.id, at=NOON, material_id=paper.id)

    await tasks.remind_of_paper(fact, now=NOON + 15 * DAY)
    await service.hand_paper(clerk, case.id, "photo", now=NOON + 15 * DAY)
    await tasks.remind_of_paper(fact, now=NOON + 15 * DAY)

    [notice] = await Notice.objects()
    assert "证件照" in notice.body


async def test_one_failing_case_does_not_keep_the_sweep_from_the_others(db):
    await a_town()
    broken, whole = [await a_submitted_case(a_citizen()) for _ in range(2)]
    await Case.update({Case.complete_at: None}).where(Case.id == broken.id)

    assert await service.sweep_overdue(now=NOON + 30 * DAY) == 3  # accepted, both limits over
    assert (await fresh(broken)).state == CaseState.SUBMITTED
    assert (await fresh(whole)).state == CaseState.ACCEPTED


def test_every_task_is_listed_once():
    named = {value for value in vars(tasks).values() if type(value).__name__ == "Task"}

    assert len(tasks.TASKS) == len({task.name for task in tasks.TASKS}) == len(named)
