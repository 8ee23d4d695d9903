"""From the calls that the gateway counts to the release that is taken back, or is not."""

import asyncio

import httpx

from identity import sandbox, tokens
from identity.roles import Role
from miniapps.catalog import service as catalog
from miniapps.catalog.tables import MiniApp
from miniapps.gateway.service import Asked, call
from miniapps.insight import queries as insight
from miniapps.insight import service as counts
from miniapps.insight.rules.counting import What
from miniapps.insight.service.noting import Buffer, counting_into
from miniapps.release import queries, service
from miniapps.release.rules.rising import Stage, Step
from miniapps.release.tasks import TASKS
from storage import clock
from storage.ids import new_hex
from tests.api.conftest import an_actor, as_operator
from tests.api.relay.conftest import APP, TEXT
from tests.identity.factories import make_session
from tests.workers import drain

OLD, NEW = "1.0.0", "1.1.0"
GRANTED = ("cases:read", "profile:read")
FAILS, WORKS = 13, 3000  # rents


async def on_trial(people: int) -> list[str]:
    """Release a second version to all; return the tokens of so many people who opened it."""
    now = await clock.now()
    team = (await MiniApp.objects().get(MiniApp.app_id == APP)).team_id
    developer = an_actor(Role.DEVELOPER, acting_for=team)
    version = await catalog.submit(developer, TEXT.replace(OLD, NEW), now=now)
    await catalog.approve(as_operator(), version.id, now=now)
    step = Step(percent=100)
    await service.promote(as_operator(), APP, NEW, step, idempotency_key="all", now=now)
    opened = []
    for seed in range(people):
        _, citizen = await make_session(sandbox.citizen(seed, city="3301"), now=now)
        opened.append((await service.open_(citizen, APP, GRANTED, now=now)).token)
    return opened


async def called(world, calls: list[tuple[str, int]]) -> set[int]:
    """Ask about rents, each by a token; return the statuses that came."""
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        answers = await asyncio.gather(
            *(
                http.post(
                    f"{world.urls[0]}/gw/{APP}/rent.check",
                    json={"rent": rent},
                    headers={"authorization": f"Bearer {token}"},
                )
                for token, rent in calls
            )
        )
    return {answer.status_code for answer in answers}


async def stage_after(buffer: Buffer) -> Stage:
    """Let the process store what it counted, and the worker answer what that told."""
    now = await clock.now()
    await counts.flush(buffer, now=now)
    await drain(TASKS, now)
    return (await queries.release(as_operator(), APP)).standing.stage


async def test_a_back_end_that_always_fails_is_halted_however_often_each_calls(world):
    citizens = await on_trial(5)

    with counting_into(Buffer()) as buffer:
        async with world.back_end():
            for token in citizens:
                assert await called(world, [(token, FAILS)] * 21) == {500}

    assert await stage_after(buffer) == Stage.HALTED
    [problem] = (await insight.problems(as_operator(), APP, first=5, after=None)).rows
    assert (problem.key, problem.version, problem.found, problem.out_of) == ("call_errors", NEW, 5, 5)
    [usage] = await insight.usage(
        as_operator(), APP, since=problem.first_seen_at.replace(hour=0), until=await clock.now()
    )
    assert usage.totals.error_share == 1


async def test_one_session_whose_calls_all_fail_halts_nothing(world):
    noisy, *others = await on_trial(6)

    with counting_into(Buffer()) as buffer:
        async with world.back_end():
            calls = [(noisy, FAILS)] * 40 + [(token, WORKS) for token in others]
            assert await called(world, calls) == {200, 500}

    assert await stage_after(buffer) == Stage.PERCENT
    assert (await insight.problems(as_operator(), APP, first=5, after=None)).rows == []


async def test_a_call_that_we_end_ourselves_is_no_fault_of_the_back_end(world):
    [token] = await on_trial(1)
    now = await clock.now()
    citizen = await tokens.actor_of(token, now=now)
    asked = Asked(app_id=APP, api="rent.slow", body=b"{}", request_id=new_hex())

    with counting_into(Buffer()) as buffer:
        async with world.back_end():
            calling = asyncio.create_task(call(citizen, asked, world.apps[0].state.exchange, now=now))
            async with asyncio.timeout(10):
                while not world.seen:
                    await asyncio.sleep(0.01)
            calling.cancel()  # as when the process ends
            await asyncio.gather(calling, return_exceptions=True)

    [tally] = [each for each in buffer.take() if each.counts[What.CALL]]
    assert (tally.version, tally.counts[What.CALL], tally.counts[What.CALL_ERROR]) == (NEW, 1, 0)
