"""What ends a verdict: everything that makes a token bad, in every process, within two seconds."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from banshi.scopes import Scope
from identity import consents, halts, people, sessions, tokens
from identity.actor import Actor
from identity.departments import Department
from identity.roles import Role
from identity.verdicts import Verdicts
from storage.db import execute
from storage.ids import new_id
from tests.identity.factories import NOON as NOW
from tests.identity.factories import WU, make_person, make_session

TOUCH = timedelta(minutes=1)
APP = "cn.example.app"
VERSION = new_id()


async def refused(process: Verdicts, token: str, *, seconds: float = 2) -> bool:
    """Say whether the process refuses the token within `seconds`."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if await process.find(token, now=NOW) is None:
            return True
        await asyncio.sleep(0.01)
    return False


async def end_session(token: str, actor: Actor) -> None:
    assert actor.session_id
    await sessions.revoke(actor, actor.session_id, now=NOW)


async def end_all_sessions(token: str, actor: Actor) -> None:
    await sessions.revoke_all(actor, keep_current=False, now=NOW)


async def change_context(token: str, actor: Actor) -> None:
    await sessions.act_as(actor, Role.CITIZEN, now=NOW)


async def erase_person(token: str, actor: Actor) -> None:
    await people.erase(actor.person_id, now=NOW)


async def cut_idle_time(token: str, actor: Actor) -> None:
    await execute("UPDATE session SET idle_until = $1", NOW - timedelta(seconds=1))


async def remove_row(token: str, actor: Actor) -> None:
    await execute("DELETE FROM session")


@pytest.mark.parametrize(
    "revoke", [end_session, end_all_sessions, change_context, erase_person, cut_idle_time, remove_row]
)
async def test_what_one_process_revokes_every_other_refuses_within_two_seconds(
    db, hearing, revoke: Callable[[str, Actor], Awaitable[None]]
):
    token, actor = await make_session()
    bystander, _ = await make_session(WU)

    async with hearing() as one, hearing() as other:
        for process in (one, other):
            assert await process.find(token, now=NOW)
            assert await process.find(bystander, now=NOW)
        await revoke(token, actor)

        assert await refused(one, token) and await refused(other, token)
        if revoke not in (cut_idle_time, remove_row):
            assert await other.find(bystander, now=NOW)


async def test_the_end_of_a_post_ends_verdicts_in_it(db, hearing):
    office = Department(code="11330000MB0000001X", agency="人力社保", name="人社局", region="330106")
    await office.save()
    person = await make_person()
    post = await people.appoint(person.id, UUID(str(office.id)), Role.CLERK, "330106", now=NOW)
    token, _ = await make_session(acting_as=Role.CLERK)

    async with hearing() as process:
        assert await process.find(token, now=NOW)
        await people.end_post(post.id, now=NOW)

        assert await refused(process, token)


async def withdraw(actor: Actor) -> None:
    await consents.withdraw(actor, APP, now=NOW)


async def halt(actor: Actor) -> None:
    await halts.halt(APP, until=NOW + timedelta(hours=1))


async def halt_once_more(actor: Actor) -> None:
    await halts.halt(APP, until=NOW)
    await asyncio.sleep(0.2)
    await halts.halt(APP, until=NOW + timedelta(hours=1))


async def halt_version(actor: Actor) -> None:
    await halts.halt_version(VERSION, until=halts.FOREVER)


async def sign_out(actor: Actor) -> None:
    await sessions.revoke_all(actor, keep_current=False, now=NOW)


@pytest.mark.parametrize("end", [withdraw, halt, halt_once_more, halt_version, sign_out])
async def test_a_mini_app_s_token_dies_with_consent_session_and_halt(db, hearing, end):
    _, actor = await make_session()
    await consents.grant(actor, APP, [Scope.PROFILE_READ], now=NOW)
    token = await tokens.issue(actor, APP, [Scope.PROFILE_READ], version_id=VERSION, now=NOW)

    async with hearing() as process:
        verdict = await process.find(token, now=NOW)
        assert verdict is not None and verdict.until <= NOW + TOUCH
        await end(actor)

        assert await refused(process, token)


async def test_a_scope_that_is_switched_off_is_gone_from_living_tokens_everywhere(db, hearing):
    _, actor = await make_session()
    await consents.grant(actor, APP, [Scope.PROFILE_READ, Scope.CASES_READ], now=NOW)
    token = await tokens.issue(actor, APP, [Scope.PROFILE_READ, Scope.CASES_READ], now=NOW)

    async with hearing() as one, hearing() as other:
        for change, left in (
            (halts.halt_scope(Scope.CASES_READ, now=NOW), {Scope.PROFILE_READ}),
            (halts.free_scope(Scope.CASES_READ), {Scope.PROFILE_READ, Scope.CASES_READ}),
        ):
            for process in (one, other):
                assert await process.find(token, now=NOW) is not None
            await change
            ends = time.monotonic() + 2
            for process in (one, other):
                while (found := await process.find(token, now=NOW)) and found.actor.scopes != left:
                    assert time.monotonic() < ends
                    await asyncio.sleep(0.01)


async def test_a_table_that_was_emptied_concerns_everybody(db, hearing, postgres, database):
    owner = await asyncpg.connect(postgres.url("owner", database))
    token, _ = await make_session()

    async with hearing() as process:
        assert await process.find(token, now=NOW)
        await owner.execute("TRUNCATE session")

        assert await refused(process, token)
    await owner.close()
