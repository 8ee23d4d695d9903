"""The machine has three minutes: a verdict comes, or those concerned know, and it comes later."""

import asyncio
from datetime import timedelta

import pytest

from banshi import gate
from banshi.errors import Unavailable
from banshi.gate import Report
from identity.roles import Role
from identity.staff import StaffPost
from miniapps.catalog.rules import VersionState
from miniapps.catalog.service import packages
from miniapps.notices.tables import Notice
from miniapps.review import queries, rules, service, tasks
from miniapps.review.rules import LookState
from miniapps.review.service import _looking
from storage.clock import local_date
from storage.db import fetch
from storage.ids import new_id
from tests.api.conftest import an_actor
from tests.miniapps.catalog.factories import the_department
from tests.miniapps.catalog.packed import NOON, a_package, hand_in
from tests.workers import drain

SECOND = timedelta(seconds=1)
LATE = NOON + rules.PROMISED + SECOND
TELLING = [tasks.tell_late]  # without the tasks that look: as while no worker is there, or its jobs are lost


@pytest.fixture
def developer():
    return an_actor(Role.DEVELOPER)


@pytest.fixture
def judged(monkeypatch):
    """A machine that finds nothing, and how often it looked."""
    looked = []

    async def judge(*_, **__):
        looked.append(None)
        return Report([])

    monkeypatch.setattr(gate, "judge", judge)
    return looked


async def state_of(version) -> str:
    rows = await fetch("SELECT state FROM mini_app_version WHERE id = $1", version.id)
    return str(rows[0]["state"])


async def kinds(party_id) -> list[str]:
    return [row.kind for row in await Notice.objects().where(Notice.party_id == party_id)]


async def figures(now):
    found = await queries.figures(days=30, now=now, today=local_date(now))
    return found.looks_waiting, found.looks_late


async def test_a_late_verdict_is_shown_and_told_once_to_the_developer_and_to_operators(store, developer):
    operator = new_id()
    await StaffPost(
        party_id=operator,
        department=await the_department(),
        role=Role.OPERATOR,
        region="330000",
        created_at=NOON,
    ).save()
    first, second = await hand_in(developer), await hand_in(developer, a_package(id="bus-app"))

    assert await service.watch_looks(now=NOON + rules.PROMISED) == 0, "not yet"
    assert await figures(NOON + rules.PROMISED) == (2, 0)
    for now in (LATE, LATE + 60 * SECOND):
        await service.watch_looks(now=now)
        await drain(TELLING, now)

    assert await figures(LATE) == (2, 2)
    for version in (first, second):
        look = await queries.look(developer, version.id)
        assert (look.late_at, look.state) == (LATE, LookState.WAITING)
    assert await kinds(developer.person_id) == ["review.look_late"] * 2
    assert await kinds(operator) == ["review.looks_wait"], "one for all within an hour"


async def test_a_look_whose_job_was_lost_is_taken_up_again_and_comes_to_a_verdict(store, developer, judged):
    version = await hand_in(developer)
    await drain([tasks.put_before_people], NOON)  # what was handed in is answered by no look
    await service.watch_looks(now=LATE)
    await drain(tasks.TASKS, LATE)
    assert not judged, "the job may yet come to it"

    again = LATE + rules.LOST + SECOND
    for _ in range(2):
        await service.watch_looks(now=again)
    await drain(tasks.TASKS, again)

    assert len(judged) == 1
    assert await state_of(version) == VersionState.QUEUED
    assert (await queries.look(developer, version.id)).state == LookState.DONE
    assert await figures(again) == (0, 0)


async def test_who_was_told_meanwhile_of_a_verdict_is_not_told_that_it_is_late(store, developer, judged):
    await hand_in(developer)
    await service.watch_looks(now=LATE)
    await drain(tasks.TASKS, LATE)  # the look, then the telling

    assert len(judged) == 1
    assert await kinds(developer.person_id) == []


async def test_a_worker_that_is_killed_while_it_looks_leaves_the_look_to_the_next(
    store, developer, monkeypatch
):
    looking = asyncio.Event()

    async def for_ever(*_, **__):
        looking.set()
        await asyncio.Event().wait()

    version = await hand_in(developer)
    with monkeypatch.context() as patch:
        patch.setattr(gate, "judge", for_ever)
        task = asyncio.create_task(service.look(version.id, now=NOON))
        await looking.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert (await queries.look(developer, version.id)).state == LookState.RUNNING

    async def good(*_, **__):
        return Report([])

    monkeypatch.setattr(gate, "judge", good)
    await drain(tasks.TASKS, NOON + SECOND)

    assert await state_of(version) == VersionState.QUEUED
    assert (await queries.look(developer, version.id)).tries == 2


async def test_pages_that_end_every_process_that_looks_get_their_verdict_unseen(
    store, developer, monkeypatch
):
    async def ended(*_, **__):
        raise asyncio.CancelledError  # the process is gone: nothing of what follows happens

    monkeypatch.setattr(gate, "judge", ended)
    version = await hand_in(developer)

    for _ in range(rules.MOST_TRIES):
        with pytest.raises(asyncio.CancelledError):
            await service.look(version.id, now=NOON)
    await service.look(version.id, now=NOON)

    [found] = queries.findings(await queries.look(developer, version.id))
    assert (found.rule, "ended 6 times" in found.problem) == ("browser.crash", True)
    assert await state_of(version) == VersionState.REFUSED


async def test_while_the_store_is_away_a_version_waits_and_passes_later(
    store, developer, judged, monkeypatch
):
    async def away(version_id):
        raise Unavailable(system="object store")

    version = await hand_in(developer)
    with monkeypatch.context() as patch:
        patch.setattr(packages, "package_bytes", away)
        for _ in range(rules.MOST_TRIES + 1):
            await service.look(version.id, now=NOON)
    look = await queries.look(developer, version.id)
    assert (look.state, "object store" in look.problem) == (LookState.WAITING, True)

    await drain(tasks.TASKS, NOON + rules.AGAIN)

    assert await state_of(version) == VersionState.QUEUED


async def test_many_at_once_keep_few_places_of_a_worker_and_all_get_their_verdict(
    store, developer, monkeypatch
):
    gates, most, inside = asyncio.Event(), 0, 0

    async def judge(*_, **__):
        nonlocal most, inside
        inside += 1
        most = max(most, inside)
        await gates.wait()
        inside -= 1
        return Report([])

    monkeypatch.setattr(gate, "judge", judge)
    monkeypatch.setattr(_looking, "_turn", asyncio.Semaphore(1))  # of this test's loop
    versions = [await hand_in(developer, a_package(id=f"app-{number}")) for number in range(6)]
    looks = [asyncio.create_task(service.look(version.id, now=NOON)) for version in versions]
    _, waiting = await asyncio.wait(looks, timeout=0.5)

    assert len(waiting) == rules.MOST_AT_ONCE, "the others have gone"
    gates.set()
    await asyncio.gather(*looks)
    await drain([tasks.look_again], NOON)
    assert [await state_of(version) for version in versions].count(VersionState.SUBMITTED) == 3
    await drain([tasks.look_again], NOON + rules.SOON)

    assert {await state_of(version) for version in versions} == {VersionState.QUEUED}
    assert most == 1
