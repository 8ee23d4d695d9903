"""Openings and steps at the same moment: who waited reads what was done, and no token outlives a switch."""

import asyncio

import pytest

from identity import tokens
from miniapps.catalog.errors import AppSuspended
from miniapps.release import queries, service
from miniapps.release.rules.rising import Step
from miniapps.release.rules.switches import SwitchKind
from storage.db import fetch, transaction
from tests.api.conftest import as_operator
from tests.identity.factories import WANG, WU, make_session
from tests.miniapps.release.factories import (
    APP,
    EVERYONE,
    NEW,
    NOON,
    OLD,
    a_visitor,
    make_versions,
    open_app,
    promote,
    roll_back,
    shown,
)

WAITING = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


async def off(kind: SwitchKind, target: str) -> None:
    await service.switch_off(as_operator(), kind, target, reason="核查", notice="暂停", now=NOON)


async def while_held(step, opening):
    """Do `step` under the locks of a release while `opening` waits for them; return what it came to."""
    held, go = asyncio.Event(), asyncio.Event()

    async def act() -> None:
        async with transaction():
            await queries.hold(as_operator(), APP)
            held.set()
            await go.wait()
            await step()

    acting = asyncio.create_task(act())
    await held.wait()
    waiting = asyncio.create_task(opening)
    while not (await fetch(WAITING))[0]["n"]:
        await asyncio.sleep(0.01)
    go.set()
    await acting
    return await asyncio.gather(waiting, return_exceptions=True)


async def test_an_opening_that_waited_for_a_rollback_gets_the_version_rolled_back_to(db):
    developer = await make_versions()
    await promote(developer, NEW, EVERYONE)
    inside = a_visitor()
    assert await shown(inside) == NEW

    assert await while_held(lambda: roll_back(developer, OLD), shown(inside)) == [OLD]


async def test_an_opening_that_waited_for_a_candidate_s_end_gets_the_stable_version(db):
    developer = await make_versions()
    await promote(developer, NEW, Step(percent=100))

    found = await while_held(lambda: off(SwitchKind.VERSION, f"{APP}@{NEW}"), shown())

    assert found == [OLD]


async def test_an_opening_that_waited_for_a_step_up_takes_part_in_it(db):
    developer = await make_versions()

    assert await while_held(lambda: promote(developer, NEW, Step(percent=100)), shown()) == [NEW]


async def test_an_opening_that_waited_for_the_switch_is_refused(db):
    await make_versions()

    [refused] = await while_held(lambda: off(SwitchKind.APP, APP), shown())

    assert isinstance(refused, AppSuspended)


@pytest.mark.parametrize("kind", [SwitchKind.APP, SwitchKind.VERSION, SwitchKind.DEVELOPER])
async def test_no_token_that_was_made_meanwhile_outlives_the_switch(db, kind):
    developer = await make_versions()
    target = {SwitchKind.APP: APP, SwitchKind.VERSION: f"{APP}@{OLD}"}.get(kind, str(developer.acting_for))
    citizens = [(await make_session(persona))[1] for persona in (WANG, WU)]

    found = await asyncio.gather(
        *(open_app(citizen) for citizen in citizens * 3), off(kind, target), return_exceptions=True
    )

    opened = [each for each in found[:-1] if not isinstance(each, BaseException)]
    refused = [each for each in found[:-1] if isinstance(each, BaseException)]
    assert all(isinstance(each, AppSuspended) for each in refused), refused
    for opening in opened:
        assert await tokens.actor_of(opening.token, now=NOON) is None
