"""A version that errs is taken back by itself, those who make it are told, and old errors are forgotten."""

from datetime import timedelta

import pytest

from identity.actor import WORKER_ID
from identity.audit import AuditRow
from identity.teams import Member, MemberState, TeamRole
from miniapps.insight import queries as insight
from miniapps.insight import service as counts
from miniapps.insight.rules.counting import What
from miniapps.insight.service.noting import Buffer, counting_into, note, note_once
from miniapps.notices.tables import Notice
from miniapps.release import queries, service, tasks
from miniapps.release.events import ReleaseHalted
from miniapps.release.rules.rising import Stage, Step
from miniapps.release.tables import ReleaseStep
from storage.db import execute
from storage.ids import new_id
from storage.outbox import OutboxRow
from tests.api.conftest import as_operator
from tests.miniapps.insight.factories import happened
from tests.miniapps.release.factories import (
    APP,
    EVERYONE,
    NEW,
    NOON,
    OLD,
    a_visitor,
    make_versions,
    promote,
    shown,
)

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


async def happens(version: str = NEW, *, at=NOON + SECOND, **done: int) -> None:
    """So many things happened to a version, each to another person, and a process stored them."""
    buffer = Buffer()
    with counting_into(buffer):
        happened(version, **done)
    await counts.flush(buffer, now=at)


async def standing(developer):
    return (await queries.release(developer, APP)).standing


@pytest.mark.parametrize(
    ("done", "key"),
    [
        ({"call": 100, "call_error": 6}, "call_errors"),
        ({"open": 100, "page_error": 11}, "page_errors"),
        ({"open": 200, "complaint": 5}, "complaints"),
        ({"call": 5, "call_error": 5}, "call_errors"),  # a small release
    ],
)
async def test_a_candidate_that_errs_is_halted(db, done, key):
    developer = await make_versions()
    await promote(developer, NEW, Step(percent=50))
    inside = a_visitor(region="330106")
    await happens(**done)

    halted = await service.consider(APP, NEW, now=NOON + SECOND)

    assert halted is not None
    assert (halted.standing.stage, halted.standing.candidate) == (Stage.HALTED, None)
    assert await shown(inside) == OLD
    [row] = await AuditRow.objects().where(AuditRow.act == "app.halt")
    assert row.person_id == WORKER_ID
    [problem] = (await insight.problems(developer, APP, first=5, after=None)).rows
    assert (problem.key, problem.version) == (key, NEW)


@pytest.mark.parametrize(
    "done",
    [
        {"call": 100, "call_error": 5},
        {"call": 4, "call_error": 4},
        {"open": 4, "page_error": 4, "complaint": 4},
        {"consent_asked": 100, "consent_refused": 90},
    ],
)
async def test_few_errors_few_people_and_refused_consents_halt_nothing(db, done):
    developer = await make_versions()
    await promote(developer, NEW, Step(percent=50))
    await happens(**done)

    assert await service.consider(APP, NEW, now=NOON + SECOND) is None
    assert (await standing(developer)).percent == 50


async def test_one_person_who_tells_of_errors_all_the_time_halts_nothing(db):
    developer, somebody, buffer = await make_versions(), new_id(), Buffer()
    await promote(developer, NEW, Step(percent=50))
    await happens(open=20)

    for seconds in range(0, 600, 30):
        with counting_into(buffer):
            for _ in range(30):
                note_once(APP, NEW, What.PAGE_ERROR, by=somebody)
                note(APP, NEW, What.CALL_ERROR, by=somebody)
        await counts.flush(buffer, now=NOON + seconds * SECOND)
        assert await service.consider(APP, NEW, now=NOON + seconds * SECOND) is None
    assert await insight.troubles([(APP, NEW)], since=NOON) == {(APP, NEW): []}

    await happens(page_error=5, at=NOON + 9 * MINUTE)
    assert await service.consider(APP, NEW, now=NOON + 9 * MINUTE) is not None


async def test_what_everybody_has_gives_way_to_the_version_before_it(db):
    developer = await make_versions()
    await promote(developer, NEW, EVERYONE)
    await happens(call=100, call_error=50)

    await service.consider(APP, NEW, now=NOON + SECOND)

    now = await standing(developer)
    assert now.stage == Stage.HALTED
    assert await shown() == OLD


async def test_the_task_that_comes_twice_halts_once(db):
    developer = await make_versions()
    await promote(developer, NEW, EVERYONE)
    await happens(call=100, call_error=50)

    for _ in range(3):
        await service.consider(APP, NEW, now=NOON + SECOND)

    assert await ReleaseStep.count().where(ReleaseStep.kind == "halt") == 1


async def test_a_version_that_everybody_has_for_long_is_only_told_of(db):
    developer = await make_versions()
    await promote(developer, NEW, EVERYONE)
    later = NOON + DAY + MINUTE
    await happens(call=100, call_error=50, at=later)

    assert await service.consider(APP, NEW, now=later) is None
    assert await shown(now=later) == NEW


async def test_a_first_release_has_nothing_to_go_back_to(db):
    await make_versions(approved=())
    await happens(OLD, call=100, call_error=50)

    assert await service.consider(APP, OLD, now=NOON + SECOND) is None
    assert await shown() == OLD


async def test_the_stable_version_s_errors_do_not_halt_the_candidate(db):
    developer = await make_versions()
    await promote(developer, NEW, Step(percent=50))
    await happens(OLD, call=100, call_error=50)

    assert await service.consider(APP, OLD, now=NOON + SECOND) is None
    assert (await standing(developer)).candidate is not None


async def test_unknown_mini_apps_and_versions_are_left_alone(db):
    await make_versions()

    for app_id, version in ((APP, "9.9.9"), (APP, ""), ("no-such-app", NEW)):
        assert await service.consider(app_id, version, now=NOON) is None


async def test_a_version_promoted_again_is_not_halted_for_errors_of_before(db):
    developer = await make_versions()
    await promote(developer, NEW, Step(percent=50))
    await happens(call=100, call_error=50)
    await service.consider(APP, NEW, now=NOON + SECOND)

    await promote(developer, NEW, Step(percent=1), now=NOON + 10 * SECOND)
    assert await service.consider(APP, NEW, now=NOON + 20 * SECOND) is None

    later = NOON + MINUTE + SECOND
    await happens(call=100, call_error=50, at=later)
    assert await service.consider(APP, NEW, now=later) is not None


async def test_those_who_make_it_are_told_once_in_words(db):
    developer = await make_versions()
    members = [a_visitor().person_id for _ in TeamRole]
    await execute("INSERT INTO team (id, name, created_at) VALUES ($1, '组', $2)", developer.acting_for, NOON)
    for person_id, role in zip(members, TeamRole, strict=True):
        await Member(
            party_id=person_id, team=developer.acting_for, role=role, state=MemberState.ACTIVE,
            invited_by=person_id, invited_at=NOON,
        ).save()  # fmt: skip
    await promote(developer, NEW, Step(percent=50))
    await happens(call=100, call_error=50)
    await service.consider(APP, NEW, now=NOON + SECOND)
    assert await OutboxRow.count().where(OutboxRow.type == "app.release_halted") == 1

    event = ReleaseHalted(
        party_id=None, app_id=APP, version_id=new_id(), app_version=NEW, keys=("call_errors",), at=NOON
    )
    for _ in range(2):
        await tasks.tell_of_halt.function(event, now=NOON)

    rows = await Notice.objects()
    assert {row.party_id for row in rows} == set(members[:2]), "owners and developers, no testers"
    assert len(rows) == 2
    assert "接口调用出错过多" in rows[0].body
    assert NEW in rows[0].body


async def test_an_operator_sees_it_on_one_screen(db):
    developer = await make_versions()
    await promote(developer, NEW, Step(percent=50))
    seen = await queries.health(as_operator(), now=NOON)
    assert [held.app.app_id for held, _ in seen.releases] == [APP]

    await happens(call=100, call_error=50)
    await service.consider(APP, NEW, now=NOON + SECOND)
    seen = await queries.health(as_operator(), now=NOON + SECOND)

    [(held, numbers)] = seen.halted
    assert [numbers[version] for version in held.standing.withdrawn] == [NEW]
    assert [(app.app_id, app.problems) for app in seen.apps] == [(APP, ["call_errors"])]
    assert seen.states == {"listed": 1}
