"""What one sees of oneself by a plan: the same bytes as by resolvers, and nobody else's."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from banshi.scopes import Scope
from identity import audit, consents, people, sandbox
from identity.actor import Actor
from identity.roles import Role
from identity.verdicts import Verdicts
from storage import news
from storage.db import execute
from storage.embedded.postgres import Postgres
from tests.api.conftest import NOON, as_citizen, as_clerk
from tests.api.plan.conftest import Both
from tests.identity.factories import WANG, WU, make_session
from tests.miniapps.materials.factories import a_department

VIEWER = """{ viewer { __typename id name number phone level region roles scopes
  posts { id role region department { id code agency name region } } actingFor { name } } }"""
ACCESSES = """query ($first: Int! = 20) { accesses(first: $first) { edges { node {
  id at act object basis appId byMyself department { __typename id code agency name region } } cursor }
  pageInfo { hasNextPage endCursor } } }"""
CONSENTS = "{ consents { appId scopes grantedAt } }"


async def test_the_viewer(db: Any, both: Both) -> None:
    _, wang = await make_session()
    _, wu = await make_session(WU)

    for actor, name in ((wang, "王芳"), (wu, "吴刚")):
        plan, ordinary = await both(VIEWER, actor)
        assert plan == ordinary
        assert name.encode() in plan


async def rename(actor: Actor) -> None:
    proof = sandbox.proof_of(WANG, now=NOON)
    await people.ensure(
        replace(proof, facts=replace(proof.facts, name="王芬", phone="13800000000")), now=NOON
    )


async def move(actor: Actor) -> None:
    await execute("UPDATE person SET region = '330782' WHERE id = $1", actor.person_id)


async def sink(actor: Actor) -> None:
    await execute("UPDATE session SET level = 1 WHERE id = $1", actor.session_id)


async def appoint(actor: Actor) -> None:
    office = await a_department("杭州市上城区卫生健康局")
    await people.appoint(actor.person_id, office.id, Role.CLERK, "330102", now=NOON)


async def dismiss(actor: Actor) -> None:
    [post] = await people.posts_of(actor.person_id)
    await people.end_post(post.id, now=NOON)


async def rename_the_office(actor: Actor) -> None:
    await execute("UPDATE department SET name = '杭州市上城区公安分局'")


@pytest.mark.parametrize("change", [rename, move, sink, appoint, dismiss, rename_the_office])
async def test_what_is_kept_of_the_viewer_is_forgotten_when_it_changes(
    postgres: Postgres, database: str, both: Both, change: Callable[[Actor], Awaitable[None]]
) -> None:
    token, actor = await make_session()
    office = await a_department()
    await people.appoint(actor.person_id, office.id, Role.CLERK, "330102", now=NOON)
    process = Verdicts()

    async with news.listening(postgres.url("app", database), process.listener()):
        before = await process.find(token, now=NOON)
        assert before is not None and before.kept is not None
        first, _ = await both(VIEWER, before.actor, kept=before.kept)
        kept, _ = await both(VIEWER, before.actor, kept=before.kept)
        await change(actor)
        async with asyncio.timeout(2):
            while (after := await process.find(token, now=NOON)) is before:
                await asyncio.sleep(0.01)
        assert after is not None
        then, ordinary = await both(VIEWER, after.actor, kept=after.kept)

    assert first == kept
    assert len(before.kept) == 1
    assert then == ordinary != first


async def test_a_mini_app_sees_another_id_and_a_masked_name(db: Any, both: Both) -> None:
    _, wang = await make_session()

    plan, ordinary = await both(VIEWER, replace(wang, app_id="rent-app"))

    assert plan == ordinary
    assert b'"number":null' in plan
    assert str(wang.person_id).encode() not in plan


async def test_who_looked(db: Any, both: Both) -> None:
    citizen, office = as_citizen(), await a_department("杭州市上城区公安局")
    clerk = as_clerk(office.id)
    seen = {"party_id": citizen.acting_for, "now": NOON}
    await audit.record(clerk, "case.read", "case/1", '受理"一"', **seen)
    await audit.record(citizen, "case.submit", "case/1", **seen)
    await audit.record(replace(citizen, app_id="rent-app"), "case.read", "case/1", **seen)
    await audit.record(replace(citizen, acting_for=office.id), "case.read", "case/1", **seen)

    for first in (1, 2, 20):
        plan, ordinary = await both(ACCESSES, citizen, first=first)
        assert plan == ordinary
    nothing, none = await both(ACCESSES, as_citizen())

    assert plan.count(b'"byMyself":true') == 2
    assert plan.count("杭州市上城区公安局".encode()) == 2
    assert nothing == none
    assert b'"edges":[]' in nothing


async def test_consents_in_force(db: Any, both: Both) -> None:
    _, wang = await make_session()
    _, wu = await make_session(WU)
    for app in ("app-1", "app-2", "app-3"):
        await consents.grant(wang, app, [Scope.CASES_READ, Scope.CASES_WRITE], now=NOON)
    await consents.withdraw(wang, "app-2", now=NOON)

    plan, ordinary = await both(CONSENTS, wang)
    nothing, none = await both(CONSENTS, wu)

    assert plan == ordinary
    assert plan.count(b'"appId"') == 2
    assert nothing == none == b'{"data":{"consents":[]}}'
