from datetime import UTC, date, datetime

import asyncpg
import pytest

from identity.actor import WORKER
from miniapps.calendar import queries, service
from miniapps.calendar.errors import CalendarFileInvalid
from miniapps.calendar.rules import Calendar
from storage.db import execute, fetch
from tests.miniapps.calendar.factories import NOTICE_2027, shipped

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


async def noticed() -> list[int]:
    rows = await fetch(
        "SELECT payload->>'year' AS year FROM outbox WHERE type = 'calendar.noticed' ORDER BY seq"
    )
    return [int(row["year"]) for row in rows]


async def test_a_system_without_notices_counts_provisionally(db):
    assert await queries.current() == Calendar()


async def test_seeding_takes_in_the_shipped_notices_once(db):
    first = await service.seed(now=NOW)
    second = await service.seed(now=NOW)

    assert first == list(range(2004, 2027))
    assert second == []
    assert await queries.current() == shipped()


async def test_an_unchanged_calendar_costs_one_statement(db):
    await service.seed(now=NOW)
    calendar = await queries.current()
    db.clear()

    again = await queries.current()

    assert again is calendar
    assert len(db) == 1


async def test_loading_a_notice_settles_its_year_and_tells_so(db):
    await service.seed(now=NOW)
    before = await queries.current()

    years = await service.load(WORKER, NOTICE_2027, now=NOW)

    after = await queries.current()
    assert years == [2027]
    assert (before.is_provisional(date(2027, 2, 8)), after.is_provisional(date(2027, 2, 8))) == (True, False)
    assert before.deadline(date(2027, 2, 4), 1) == date(2027, 2, 5)
    assert after.deadline(date(2027, 2, 4), 1) == date(2027, 2, 15)
    assert (await noticed())[-1] == 2027


async def test_loading_is_audited_with_its_source(db):
    await service.load(WORKER, NOTICE_2027, now=NOW)

    rows = await fetch("SELECT act, object, basis FROM audit_row WHERE act = 'calendar.load'")
    assert rows == [
        {"act": "calendar.load", "object": "calendar/2027", "basis": "国办发明电〔2026〕0号（测试）"}
    ]


async def test_loading_the_same_again_changes_nothing(db):
    await service.load(WORKER, NOTICE_2027, now=NOW)

    assert await service.load(WORKER, NOTICE_2027, now=NOW) == []
    assert await noticed() == [2027]


async def test_a_correction_replaces_a_notice_and_keeps_the_old_one(db):
    await service.load(WORKER, NOTICE_2027, now=NOW)

    await service.load(WORKER, NOTICE_2027.replace("2027-02-12", "2027-02-13"), now=NOW)

    calendar = await queries.current()
    assert date(2027, 2, 13) in calendar.off
    assert [row["revision"] for row in await fetch("SELECT revision FROM calendar_notice")] == [1, 2]


async def test_a_correction_survives_the_next_seeding(db):
    await service.seed(now=NOW)
    corrected = "notice 2026 更正\noff 2026-01-01 元旦\noff 2026-05-01 劳动节\noff 2026-10-01 国庆节\n"
    await service.load(WORKER, corrected, now=NOW)

    assert await service.seed(now=NOW) == []
    (loaded,) = await queries.notices(2026)
    assert loaded.notice.source == "更正"
    assert loaded.loaded_at == NOW


async def test_checking_a_file_tells_what_would_change_and_changes_nothing(db):
    assert await service.check(NOTICE_2027) == [2027]
    assert await queries.notices() == []


async def test_nothing_of_a_file_with_a_mistake_is_loaded(db):
    with pytest.raises(CalendarFileInvalid):
        await service.load(WORKER, NOTICE_2027 + "off 2027-13-01 测试", now=NOW)

    assert await queries.notices() == []


@pytest.mark.parametrize("statement", ["UPDATE calendar_day SET works = true", "DELETE FROM calendar_notice"])
async def test_the_application_cannot_rewrite_notices(db, statement):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await execute(statement)
