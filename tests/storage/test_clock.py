"""The clock of the machine, and the one that an operator of the sandbox moves."""

from datetime import UTC, datetime, timedelta

import pytest

from storage import clock


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
