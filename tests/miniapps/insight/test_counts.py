"""What is counted in a process comes to the table, added up, and what passes a limit is noticed."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from miniapps.insight import queries, service
from miniapps.insight.rules.counting import What
from miniapps.insight.service import flushing
from miniapps.insight.service.noting import Buffer, counting_into, note, note_once
from miniapps.insight.tables import AppProblem, AppUsage, AppVisitor
from storage.ids import new_id
from storage.outbox import OutboxRow
from tests.miniapps.insight.factories import APP, happened

NOON = datetime(2026, 11, 20, 4, 0, 30, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def stored(*, at: datetime = NOON, version: str = "1.0.0", **counts: int) -> None:
    """So many things happened, each to another person: `call=20, call_error=2`."""
    buffer = Buffer()
    with counting_into(buffer):
        happened(version, **counts)
    await service.flush(buffer, now=at)


async def sums(version: str = "1.0.0", *, since: datetime = NOON - HOUR) -> queries.Totals:
    [totals] = (await queries.totals([(APP, version)], since=since)).values()
    return totals


async def test_counts_of_many_processes_add_up(db):
    await asyncio.gather(*(stored(open=2, call=3) for _ in range(8)))

    totals = await sums()

    assert (totals.counts[What.OPEN], totals.counts[What.CALL]) == (16, 24)
    assert await AppUsage.count() == 1


async def test_all_versions_are_stored_by_one_statement_and_all_people_by_another(db):
    buffer = Buffer()
    with counting_into(buffer):
        for number in range(50):
            note(f"app-{number}", "1.0.0", What.OPEN, by=new_id())
    db.clear()

    await service.flush(buffer, now=NOON)

    assert len(db) == 4, "and the transaction around them"
    assert (await AppUsage.count(), await AppVisitor.count()) == (50, 50)


async def test_times_are_kept_as_a_histogram(db):
    buffer = Buffer()
    with counting_into(buffer):
        for ms in [90] * 90 + [1_900] * 10:
            note(APP, "1.0.0", What.CALL, ms=ms)
    await service.flush(buffer, now=NOON)
    await service.flush(buffer, now=NOON)

    totals = await sums()

    assert sum(totals.classes) == 100
    assert 80 <= totals.quantile_ms(0.5) <= 100
    assert 1_500 <= totals.quantile_ms(0.95) <= 2_000


async def test_each_minute_has_a_row_of_its_own(db):
    await stored(open=1)
    await stored(open=1, at=NOON + MINUTE)

    assert [row.at.minute for row in await AppUsage.objects().order_by(AppUsage.at)] == [0, 1]


async def test_nothing_is_counted_where_nothing_is_stored(db):
    note(APP, "1.0.0", What.OPEN)

    assert await AppUsage.count() == 0


async def test_a_process_stores_what_is_left_when_it_ends(db):
    async def clock() -> datetime:
        return NOON

    async with service.counting(clock):
        note(APP, "1.0.0", What.OPEN)

    assert (await sums()).counts[What.OPEN] == 1


async def test_what_could_not_be_stored_is_stored_later(db, monkeypatch):
    async def away(*args: object, **rest: object) -> None:
        raise asyncpg.ConnectionDoesNotExistError("the server is away")

    buffer = Buffer()
    with counting_into(buffer):
        note(APP, "1.0.0", What.OPEN)
        with monkeypatch.context() as patch:
            patch.setattr(flushing, "execute", away)
            await service.flush(buffer, now=NOON)
        note(APP, "1.0.0", What.OPEN)
        await service.flush(buffer, now=NOON)

    assert (await sums()).counts[What.OPEN] == 2


async def test_a_problem_is_noticed_and_told_once_a_minute(db):
    await stored(call=18, call_error=2)
    assert await AppProblem.count() == 0, "two people prove nothing"

    for seconds in (1, 2, 20, 61):
        await stored(call=10, call_error=5, at=NOON + timedelta(seconds=seconds))

    [row] = await AppProblem.objects()
    assert (row.key, row.found, row.out_of, row.threshold) == ("call_errors", 5, 18, 50)
    assert (row.first_seen_at, row.last_seen_at) == (
        NOON + timedelta(seconds=1),
        NOON + timedelta(seconds=61),
    )
    assert await OutboxRow.count().where(OutboxRow.type == "app.troubled") == 2


async def test_only_the_version_that_errs_is_told_of(db):
    await stored(call=100, call_error=50, version="1.1.0")
    await stored(call=100)

    assert [row.version for row in await AppProblem.objects()] == ["1.1.0"]


async def test_errors_of_long_ago_are_no_problem(db):
    async def fails_for_four(*, at: datetime) -> None:
        buffer = Buffer()
        with counting_into(buffer):
            for _ in range(4):
                note(APP, "1.0.0", What.CALL_ERROR, by=new_id())
        await service.flush(buffer, now=at)

    await fails_for_four(at=NOON - 11 * MINUTE)
    await fails_for_four(at=NOON)
    assert await AppProblem.count() == 0

    await fails_for_four(at=NOON + MINUTE)
    assert [row.found for row in await AppProblem.objects()] == [8]


async def test_a_problem_that_comes_back_after_days_is_a_new_one(db):
    await stored(call=100, call_error=50)
    later = NOON + timedelta(days=3)

    await stored(call=100, call_error=50, at=later)

    [row] = await AppProblem.objects()
    assert row.first_seen_at == later


async def test_minutes_become_hours_and_add_up_the_same(db):
    long_ago = NOON - timedelta(days=3)
    for minute in range(0, 150, 10):
        await stored(call=10, call_error=1, at=long_ago + minute * MINUTE)
    await stored(call=1)

    for _ in range(2):
        await service.sweep(now=NOON)

    rows = await AppUsage.objects().order_by(AppUsage.at)
    assert [(row.span, row.calls, row.call_errors) for row in rows] == [
        ("hour", 60, 6), ("hour", 60, 6), ("hour", 30, 3), ("minute", 1, 0)
    ]  # fmt: skip


async def test_what_is_too_old_goes(db):
    await stored(call=100, call_error=50, at=NOON - timedelta(days=401))
    await service.sweep(now=NOON - timedelta(days=398))
    assert await AppUsage.count() == 1

    await service.sweep(now=NOON)

    assert (await AppUsage.count(), await AppProblem.count()) == (0, 0)


@pytest.mark.parametrize("version", ["", "1.0.0"])
async def test_a_version_that_is_not_known_is_counted_too(db, version):
    await stored(open=1, version=version)

    assert (await sums(version)).counts[What.OPEN] == 1


async def test_a_late_minute_joins_the_hour_that_is_there(db):
    long_ago = NOON - timedelta(days=3)
    await stored(call=10, at=long_ago)
    await service.sweep(now=NOON)
    await stored(call=5, at=long_ago)

    await service.sweep(now=NOON)

    [row] = await AppUsage.objects()
    assert (row.span, row.calls) == ("hour", 15)


async def whom(version: str = "1.0.0", *, since: datetime = NOON - HOUR) -> queries.People:
    return (await queries.people([(APP, version)], since=since)).get((APP, version), queries.People())


async def test_a_person_counts_once_whatever_he_does_how_often_and_by_which_process(db):
    somebody, another = new_id(), new_id()
    for at in (NOON, NOON + MINUTE):
        for _ in range(2):  # processes
            buffer = Buffer()
            with counting_into(buffer):
                for _ in range(20):
                    note(APP, "1.0.0", What.CALL, by=somebody)
                    note(APP, "1.0.0", What.CALL_ERROR, by=somebody)
                    note_once(APP, "1.0.0", What.PAGE_ERROR, by=somebody)
                note(APP, "1.0.0", What.OPEN, by=another)
                note(APP, "1.1.0", What.CALL, by=somebody)
            await service.flush(buffer, now=at)

    assert await whom() == queries.People(seen=2, called=1, call_failed=1, page_failed=1)
    assert await whom("1.1.0") == queries.People(seen=1, called=1)
    counts = (await sums()).counts
    assert (counts[What.CALL], counts[What.CALL_ERROR]) == (80, 80)
    assert counts[What.PAGE_ERROR] == 4, "once a minute in each process"
    assert {row.id for row in await AppVisitor.objects()}.isdisjoint({somebody, another})


async def test_who_errs_every_minute_is_noticed_in_the_same_process(db):
    buffer, somebody = Buffer(), new_id()
    with counting_into(buffer):
        for minute in range(3):
            note(APP, "1.0.0", What.CALL_ERROR, by=somebody)
            await service.flush(buffer, now=NOON + minute * MINUTE)
            await service.flush(buffer, now=NOON + minute * MINUTE + timedelta(seconds=1))

    assert (await whom(since=NOON + 2 * MINUTE)).call_failed == 1
    assert (await whom(since=NOON + 3 * MINUTE)).call_failed == 0


async def test_what_could_not_be_stored_of_people_is_stored_later(db, monkeypatch):
    async def away(*args: object, **rest: object) -> None:
        raise asyncpg.ConnectionDoesNotExistError("the server is away")

    buffer, somebody = Buffer(), new_id()
    with counting_into(buffer):
        note(APP, "1.0.0", What.CALL, by=somebody)
        with monkeypatch.context() as patch:
            patch.setattr(flushing, "execute", away)
            await service.flush(buffer, now=NOON)
        note(APP, "1.0.0", What.CALL_ERROR, by=somebody)
        await service.flush(buffer, now=NOON + MINUTE)

    assert await whom() == queries.People(seen=1, called=1, call_failed=1)


async def test_marks_go_when_nobody_asks_for_them_any_more(db):
    await stored(call=3)
    await stored(call=1, at=NOON + 9 * MINUTE)

    await service.sweep(now=NOON + 11 * MINUTE)

    assert await AppVisitor.count() == 1
