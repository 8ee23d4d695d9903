"""Mini-apps are told when a citizen uses a right over his data, and have to answer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from banshi import events
from banshi.scopes import Scope
from identity import consents
from miniapps.insight import queries as insight
from miniapps.webhooks import queries, service
from miniapps.webhooks.errors import QuestionNotFound
from miniapps.webhooks.rules import ANSWER_WITHIN, Outcome, Right
from storage.db import fetch, transaction
from storage.ids import new_id
from tests.api.conftest import as_operator
from tests.miniapps.cases.factories import a_citizen
from tests.miniapps.release.factories import as_developer
from tests.miniapps.webhooks.conftest import APP, NOON, sub_of

LATE = NOON + ANSWER_WITHIN + timedelta(minutes=1)


async def ask(user, right: Right) -> None:
    async with transaction():
        await service.ask_all(user.acting_for, right, now=NOON)


async def asked(world) -> list:
    return (await queries.questions(world.developer, APP, only_open=True, first=20, after=None)).rows


async def test_who_holds_something_is_asked_though_its_manifest_does_not_name_it(world, receiver):
    user, stranger = await world.user(), a_citizen()
    reader = await world.user(frozenset({Scope.ITEMS_READ}))
    for each in (user, stranger, reader):
        await ask(each, Right.COPY)

    await world.work()

    [question] = await asked(world)
    wanted = [events.read(body) for body in receiver.bodies if b"data.requested" in body]
    due_at = NOON + ANSWER_WITHIN
    assert wanted == [events.DataRequested(sub=sub_of(user), at=NOON, request_id=question.id, due_at=due_at)]


async def test_erasing_is_told_after_all_else_and_names_nobody(world, receiver):
    user = await world.user()
    await world.work()
    await consents.withdraw(replace(user, app_id=None, scopes=a_citizen().scopes), APP, now=NOON)
    await ask(user, Right.COPY)
    async with transaction():
        await service.forget(user.person_id)
        await service.ask_all(user.person_id, Right.ERASE, now=NOON)

    await world.work()

    assert {told["type"] for told in receiver.told[1:]} == {"consent.withdrawn", "data.erased"}
    row, *rest = await fetch("SELECT party_id, line FROM webhook_delivery WHERE type = 'data.erased'")
    assert row["party_id"] is None and not rest
    assert str(user.person_id) not in str(await fetch("SELECT q::text FROM data_question q"))


async def test_the_first_answer_stands(world):
    await ask(await world.user(), Right.ERASE)
    [question] = await asked(world)
    for stranger in (as_developer(), replace(as_developer(), acting_for=new_id())):
        with pytest.raises(QuestionNotFound):
            await service.answer(stranger, question.id, Outcome.DONE, now=NOON)
    with pytest.raises(QuestionNotFound):
        await service.answer_by_client("other-app", question.id, Outcome.DONE, now=NOON)

    first = await service.answer(world.developer, question.id, Outcome.DONE, now=NOON)
    again = await service.answer_by_client(APP, question.id, Outcome.NOTHING, now=LATE)

    assert (first.outcome, again.outcome, again.answered_at) == ("done", "done", NOON)
    assert await asked(world) == []


async def test_what_is_not_answered_in_time_is_a_problem_for_makers_and_operators(world):
    await ask(await world.user(), Right.COPY)
    await service.watch_questions(now=LATE - timedelta(minutes=2))
    assert (await insight.problems(world.developer, APP, first=5, after=None)).rows == []

    await service.watch_questions(now=LATE)

    for who in (world.developer, as_operator()):
        [problem] = (await insight.problems(who, APP, first=5, after=None)).rows
        assert (problem.key, problem.found) == ("data_unanswered", 1)
