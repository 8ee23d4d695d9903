"""Two at once: of two acts that exclude each other one happens, and the other is told why it did not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from banshi.errors import DomainError
from identity import accounts, consents, sessions, tokens
from identity.errors import SessionNotFound
from miniapps.cases import service as cases
from miniapps.cases.rules import Decline, Defect, Outcome
from miniapps.catalog import service as catalog
from miniapps.catalog.errors import AppSuspended
from miniapps.release import service as release
from miniapps.release.rules.switches import SwitchKind
from miniapps.trips import service as trips
from storage import queue
from storage.db import fetch
from storage.embedded.valkey import Valkey
from storage.ids import new_id
from storage.settings import QueueSettings
from tests.api.authz_world import OWN_APP, World, a_world
from tests.api.conftest import NOON
from tests.conftest import Queries
from tests.miniapps.catalog.factories import SCOPES

pytestmark = pytest.mark.slow

Verb = Callable[..., Awaitable[Any]]


@pytest.fixture
async def world(db: Queries, valkey: Valkey) -> AsyncIterator[World]:
    await queue.connect(QueueSettings(url=valkey.url))  # where tries are counted
    yield await a_world()
    await queue.disconnect()


async def both(*acts: Awaitable[Any]) -> list[BaseException | Any]:
    """Let them run at once; a refusal is an outcome, anything else fails."""
    outcomes = await asyncio.gather(*acts, return_exceptions=True)
    unexpected = [each for each in outcomes if isinstance(each, BaseException)]
    assert [each for each in unexpected if not isinstance(each, DomainError)] == []
    return outcomes


def done(outcomes: list[Any]) -> int:
    return sum(not isinstance(each, BaseException) for each in outcomes)


def refuse(world: World, case: Any) -> Awaitable[Any]:
    return cases.decide(world.actors["competent"], case, Outcome.REFUSED, reason="不符合条件", now=NOON)


def void(world: World, case: Any) -> Awaitable[Any]:
    return cases.void(world.actors["competent"], case, reason="重复", now=NOON)


def withdraw(world: World, case: Any) -> Awaitable[Any]:
    return cases.withdraw(world.actors["owner"], case, idempotency_key=new_id().hex, now=NOON)


def accept(world: World, case: Any) -> Awaitable[Any]:
    return cases.accept(world.actors["competent"], case, now=NOON)


def decline(world: World, case: Any) -> Awaitable[Any]:
    return cases.decline(world.actors["competent"], case, Decline.NOT_REQUIRED, reason="无需许可", now=NOON)


def ask(world: World, case: Any) -> Awaitable[Any]:
    return cases.ask_correction(world.actors["competent"], case, [Defect("address", "门牌号")], now=NOON)


def submit(world: World, case: Any) -> Awaitable[Any]:
    return cases.submit(world.actors["owner"], case, idempotency_key=new_id().hex, now=NOON)


def discard(world: World, case: Any) -> Awaitable[Any]:
    return cases.discard_draft(world.actors["owner"], case, now=NOON)


def complete(world: World, case: Any) -> Awaitable[Any]:
    return cases.complete(world.actors["competent"], case, now=NOON)


@pytest.mark.parametrize(
    ("state", "acts"),
    [
        ("accepted", (refuse, refuse)),
        ("accepted", (refuse, withdraw, void)),
        ("submitted", (accept, decline)),
        ("submitted", (ask, ask)),
        ("draft", (submit, submit)),
        ("draft", (submit, discard)),
        ("decided", (complete, complete)),
    ],
)
async def test_one_act_on_a_case_wins(world: World, state: str, acts: tuple[Verb, ...]) -> None:
    case = world.things[state]
    [before] = await fetch("SELECT count(*) AS n FROM case_event WHERE case_id = $1", case)

    outcomes = await both(*(act(world, case) for act in acts))

    [after] = await fetch("SELECT count(*) AS n FROM case_event WHERE case_id = $1", case)
    assert done(outcomes) == 1
    assert after["n"] - before["n"] in (0, 1)


async def test_one_key_is_one_answer_to_a_verdict(world: World) -> None:
    owner, case = world.actors["owner"], world.things["completed"]
    say = {"key": "k", "now": NOON}

    outcomes = await both(*(trips.confirm(owner, case, True, **say) for _ in range(3)))

    assert len({answer.id for answer in outcomes}) == 1


async def test_a_mini_app_that_is_switched_off_while_opened_keeps_no_token(world: World) -> None:
    owner, operator = world.actors["owner"], world.actors["operator"]

    opened, _ = await both(
        release.open_(owner, OWN_APP, SCOPES, now=NOON),
        release.switch_off(operator, SwitchKind.APP, OWN_APP, reason="核查", notice="停用", now=NOON),
    )

    if isinstance(opened, BaseException):
        assert isinstance(opened, AppSuspended)
    else:
        assert await tokens.actor_of(opened.token, now=NOON) is None


async def test_a_version_is_reviewed_once(world: World) -> None:
    first = world.actors["operator"]
    second = replace(first, person_id=new_id())
    version = world.things["app version"]

    outcomes = await both(
        catalog.approve(first, version, now=NOON), catalog.refuse(second, version, "说明不清", now=NOON)
    )

    assert done(outcomes) == 1


async def test_a_session_is_changed_once(world: World) -> None:
    owner = world.actors["owner"]

    outcomes = await both(*(sessions.act_as(owner, "citizen", now=NOON) for _ in range(3)))

    assert done(outcomes) == 1
    assert [type(each) for each in outcomes if isinstance(each, BaseException)] == [SessionNotFound] * 2


async def test_a_consent_that_is_withdrawn_while_used_leaves_no_living_token(world: World) -> None:
    owner = world.actors["owner"]
    await release.open_(owner, OWN_APP, SCOPES, now=NOON)

    opened, _ = await both(
        release.open_(owner, OWN_APP, [], now=NOON), consents.withdraw(owner, OWN_APP, now=NOON)
    )

    assert isinstance(opened, BaseException) or await accounts.actor_of(opened.token, now=NOON) is None
