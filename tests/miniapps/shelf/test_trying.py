"""What testers try before others get it: who says so, and when it ends."""

from datetime import timedelta

import pytest

from banshi.errors import ScopeMissing
from identity import people
from identity.roles import Role
from identity.sandbox import BY_KEY, proof_of
from miniapps.catalog.errors import AppNotFound
from miniapps.notices.tables import Notice
from miniapps.release import queries as release
from miniapps.shelf import service, tasks
from miniapps.shelf.errors import NoSuchTester
from miniapps.shelf.events import AppTesterAssigned
from storage.db import fetch
from tests.miniapps.shelf.factories import NOON, a_tester, acts, an_actor, an_app
from tests.miniapps.shelf.test_defects import uncounted  # noqa: F401

OPERATOR = an_actor(Role.OPERATOR)
DAYS = timedelta(days=1)


async def tries(person) -> list[str]:
    return (await release.trials_of(OPERATOR, [person.person_id]))[person.person_id]


async def test_a_tester_tries_what_he_is_told_to_while_his_time_lasts(db):
    person = an_actor(Role.CITIZEN)
    await an_app()
    row = await a_tester(person)

    for _ in range(2):
        await service.assign(OPERATOR, row.id, "rent-app", now=NOON)
    event = AppTesterAssigned(party_id=None, tester_id=row.id, app_id="rent-app", at=NOON)
    await tasks.tell_what_to_try(event, now=NOON)
    assert await tries(person) == ["rent-app"]
    await service.unassign(OPERATOR, row.id, "rent-app", now=NOON)
    await service.unassign(OPERATOR, row.id, "rent-app", now=NOON)
    assert await tries(person) == []
    await service.assign(OPERATOR, row.id, "rent-app", now=NOON)
    await service.dismiss(OPERATOR, row.id, reason="本人申请", now=NOON)

    assert await tries(person) == []
    [notice] = await Notice.objects()
    assert (notice.party_id, "租房提取" in notice.title) == (person.person_id, True)
    assert await acts() == ["tester.assign", "tester.unassign", "tester.assign", "tester.dismiss"]
    with pytest.raises(NoSuchTester):
        await service.assign(OPERATOR, row.id, "rent-app", now=NOON)


async def test_only_operators_say_who_tries_what_and_only_of_what_there_is(db):
    await an_app()
    row = await a_tester(an_actor(Role.CITIZEN))

    for other in (an_actor(Role.CITIZEN), an_actor(Role.DEVELOPER)):
        for verb in (service.assign, service.unassign):
            with pytest.raises(ScopeMissing):
                await verb(other, row.id, "rent-app", now=NOON)
    with pytest.raises(AppNotFound):
        await service.assign(OPERATOR, row.id, "no-such-app", now=NOON)
    assert await acts() == []


async def test_what_is_tried_ends_with_the_time_that_is_changed_and_does_not_come_back(db):
    await an_app()
    who = BY_KEY["li_wei"]
    person = await people.ensure(proof_of(who, now=NOON), now=NOON)
    named = {"number": who.number, "name": who.name, "region": "330106"}

    async def until() -> list:
        return [row["ends_at"] for row in await fetch("SELECT ends_at FROM app_trial")]

    row = await service.appoint(OPERATOR, **named, until=NOON + 30 * DAYS, now=NOON)
    await service.assign(OPERATOR, row.id, "rent-app", now=NOON)
    await service.appoint(OPERATOR, **named, until=NOON + 2 * DAYS, now=NOON)
    assert await until() == [NOON + 2 * DAYS]
    later = NOON + 3 * DAYS
    row = await service.appoint(OPERATOR, **named, until=NOON + 30 * DAYS, now=later)
    assert await until() == []
    await service.assign(OPERATOR, row.id, "rent-app", now=later)
    await service.forget(person.id, now=later)
    assert await until() == []
