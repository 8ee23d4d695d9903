"""Capacity to act: at which midnight it begins, and what a minor may do for himself."""

from datetime import UTC, date, datetime, timedelta

import pytest

from identity import accounts, minors, people
from identity.capacity import Capacity, age, capacity, is_minor, turns
from identity.relation_errors import GuardianHandsIn
from storage.clock import local_date
from storage.db import fetch
from storage.ids import new_id
from tests.identity.factories import NOON, a_form
from tests.identity.mandated import BY, enter
from tests.identity.methods_door import door  # noqa: F401

NONE, LIMITED, FULL = Capacity
SECOND = timedelta(seconds=1)
SPRING, LEAP = date(2011, 5, 9), date(2012, 2, 29)  # a day in spring, and one that most years have not


@pytest.mark.parametrize(
    ("birthday", "self_supporting", "midnight", "before", "after"),
    [
        (SPRING, False, datetime(2019, 5, 8, 16, tzinfo=UTC), NONE, LIMITED),
        (SPRING, True, datetime(2019, 5, 8, 16, tzinfo=UTC), NONE, LIMITED),
        (SPRING, False, datetime(2027, 5, 8, 16, tzinfo=UTC), LIMITED, LIMITED),
        (SPRING, True, datetime(2027, 5, 8, 16, tzinfo=UTC), LIMITED, FULL),
        (SPRING, False, datetime(2029, 5, 8, 16, tzinfo=UTC), LIMITED, FULL),
        (SPRING, True, datetime(2029, 5, 8, 16, tzinfo=UTC), FULL, FULL),
        (LEAP, False, datetime(2020, 2, 28, 16, tzinfo=UTC), NONE, LIMITED),
        (LEAP, True, datetime(2028, 2, 28, 16, tzinfo=UTC), LIMITED, FULL),
        (LEAP, False, datetime(2030, 2, 28, 16, tzinfo=UTC), LIMITED, FULL),
    ],
)
def test_capacity_changes_at_the_midnight_of_a_birthday_in_shanghai(
    birthday, self_supporting, midnight, before, after
):
    found = [
        capacity(birthday, self_supporting=self_supporting, today=local_date(moment))
        for moment in (midnight - SECOND, midnight)
    ]

    assert found == [before, after]


def test_a_newborn_has_none_and_labour_counts_for_nothing_before_sixteen():
    assert capacity(SPRING, self_supporting=False, today=SPRING) is NONE
    assert capacity(SPRING, self_supporting=True, today=date(2026, 11, 20)) is LIMITED


@pytest.mark.parametrize(
    ("birthday", "years", "moment"),
    [
        (SPRING, 14, datetime(2025, 5, 8, 16, tzinfo=UTC)),
        (SPRING, 18, datetime(2029, 5, 8, 16, tzinfo=UTC)),
        (LEAP, 8, datetime(2020, 2, 28, 16, tzinfo=UTC)),
        (LEAP, 18, datetime(2030, 2, 28, 16, tzinfo=UTC)),
    ],
)
def test_one_turns_older_at_midnight_in_shanghai(birthday, years, moment):
    assert turns(years, birthday) == moment
    assert age(birthday, today=local_date(moment)) == years
    assert age(birthday, today=local_date(moment - SECOND)) == years - 1


def test_who_is_a_minor_and_who_has_no_birthday():
    assert is_minor(SPRING, today=date(2029, 5, 8)) and not is_minor(SPRING, today=date(2029, 5, 9))
    assert not is_minor(None, today=SPRING)


async def test_the_flag_of_a_person_follows_each_proof(db):
    eve = datetime(2029, 5, 8, 15, 59, 59, tzinfo=UTC)
    for moment, expected in ((eve, True), (eve + SECOND, False)):
        actor = await enter("he_tian", now=moment)
        assert actor.is_minor is expected

    assert not (await enter("wang_fang")).is_minor


async def test_the_day_decides_not_the_last_proof(db):
    actor = await enter("he_tian")
    birthday = datetime(2029, 5, 8, 16, tzinfo=UTC)

    with pytest.raises(GuardianHandsIn):
        await minors.need(actor, Capacity.FULL, now=birthday - SECOND)
    await minors.need(actor, Capacity.FULL, now=birthday)


async def test_who_is_of_age_costs_no_statement_and_a_minor_one(db):
    grown, youth = await enter("wang_fang"), await enter("he_tian")
    db.clear()

    await minors.need(grown, Capacity.FULL, now=NOON)
    assert db == []
    await minors.need(youth, Capacity.LIMITED, now=NOON)
    assert len(db) == 1


async def test_a_person_keeps_no_birthday_and_erasing_him_forgets_the_flag(db):
    actor = await enter("he_tian")
    [row] = await fetch("SELECT * FROM person WHERE id = $1", actor.person_id)
    assert row["is_minor"] is True
    assert not {value for value in row.values() if isinstance(value, date) and value.year in (2011, 2029)}

    await people.erase(actor.person_id, now=NOON)

    [row] = await fetch("SELECT is_minor, self_supporting_at FROM person")
    assert row == {"is_minor": False, "self_supporting_at": None}


async def test_signing_in_at_the_door_tells_the_session(db, door):  # noqa: F811
    for persona, expected in (("tang_yu", True), ("wang_fang", False)):
        for _ in range(2):  # new, and known without a change
            opened = await accounts.sign_in(
                "face", a_form(BY[persona]), address=new_id().hex, device="电话", now=NOON
            )
            assert opened.actor.is_minor is expected
            assert await accounts.actor_of(opened.token, now=NOON) == opened.actor
