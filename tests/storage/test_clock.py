"""The clock of the machine, and the one that an operator of the sandbox moves."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from storage import clock, news
from storage.ids import new_id


@pytest.fixture
def movable(db):
    clock.configure("shift")
    yield
    clock.configure("system")


async def test_a_shifted_clock_is_ahead_by_the_sum_of_all_shifts(movable):
    await clock.shift(timedelta(days=3))
    moved = await clock.shift(timedelta(hours=-1))

    ahead = await clock.now() - clock.system_now()
    assert timedelta(days=2, hours=22, minutes=59) < ahead <= timedelta(days=2, hours=23)
    assert abs(moved - await clock.now()) < timedelta(seconds=5)


async def test_a_reset_clock_is_the_machines_again(movable):
    await clock.shift(timedelta(days=3))

    await clock.reset()

    assert abs(await clock.now() - clock.system_now()) < timedelta(seconds=5)


async def test_the_machines_clock_is_read_without_a_query_and_cannot_be_moved(db):
    clock.configure("system")

    await clock.now()
    for move in (clock.shift(timedelta(days=1)), clock.reset()):
        with pytest.raises(clock.ClockIsReal):
            await move

    assert db == []


def test_the_local_date_changes_at_midnight_in_shanghai():
    before, after = datetime(2026, 3, 1, 15, 59, tzinfo=UTC), datetime(2026, 3, 1, 16, 0, tzinfo=UTC)

    assert (clock.local_date(before).day, clock.local_date(after).day) == (1, 2)


class TestRemembering:
    @pytest.fixture
    async def hearing(self, movable, postgres, database):
        async with news.listening(postgres.url("app", database), clock.listener()):
            yield

    async def test_a_process_that_hears_asks_once_and_follows_what_another_does(
        self, hearing, db, postgres, database
    ):
        other = await asyncpg.connect(postgres.url("app", database))
        await clock.now()
        db.clear()

        for _ in range(10):
            await clock.now()
        asked = list(db)
        await other.execute(
            "INSERT INTO clock_shift (id, by_us, made_at) VALUES ($1, 3600000000, now())", new_id()
        )
        await asyncio.sleep(0.5)

        assert asked == []
        assert await clock.now() - clock.system_now() > timedelta(minutes=59)
        await other.close()

    async def test_its_own_shift_counts_at_once(self, hearing):
        await clock.now()

        await clock.shift(timedelta(days=1))

        assert await clock.now() - clock.system_now() > timedelta(hours=23)
        await clock.reset()
        assert await clock.now() - clock.system_now() < timedelta(hours=1)

    async def test_an_answer_from_before_a_change_is_not_kept(self, hearing, monkeypatch):
        await clock.now()
        clock.listener().heard("")
        real = clock.fetch

        async def overtaken(sql):
            rows = await real(sql)
            clock.listener().heard("")  # arrives while the old answer is on its way
            return rows

        monkeypatch.setattr(clock, "fetch", overtaken)
        await clock.now()

        assert clock._ahead.get(clock.SUM) is None

    async def test_a_process_that_hears_nothing_asks_each_time(self, hearing, db):
        await clock.now()
        clock.listener().lost()
        db.clear()

        await clock.now()
        await clock.now()

        assert len(db) == 2
