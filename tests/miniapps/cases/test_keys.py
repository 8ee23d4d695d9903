"""Idempotency keys belong to whoever sends them: pages and mini-apps never take each other's."""

import pytest

from banshi.errors import KeyReused
from miniapps.cases import service
from miniapps.cases.rules import CaseState
from miniapps.cases.service import Draft
from miniapps.cases.service._together import WRITE
from miniapps.cases.tables import Case, CaseCommand
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from tests.miniapps.cases.factories import CODE, CONTENT, NOON, a_citizen, a_draft, a_town, fresh, hold

APPS = (None, "rent-helper", "other-app")


@pytest.fixture(autouse=True)
async def town(db):
    await a_town()


async def opened(citizen, key="1", content=CONTENT):
    return await service.open_draft(citizen, Draft(code=CODE, content=content), idempotency_key=key, now=NOON)


async def test_the_same_key_of_three_senders_begins_three_drafts_and_each_finds_its_own():
    person = a_citizen()
    senders = [a_citizen(person_id=person.person_id, app_id=app) for app in APPS]

    drafts = [await opened(sender) for sender in senders]
    again = [await opened(sender) for sender in senders]

    assert [each.id for each in again] == [each.id for each in drafts]
    assert await Case.count() == 3


@pytest.mark.parametrize("way", ["long", "shared"])
async def test_a_mini_app_that_takes_the_key_of_a_page_beforehand_does_not_stop_the_page(db, way):
    person = a_citizen()
    app = a_citizen(person_id=person.person_id, app_id="rent-helper")
    await hold(person)
    draft = await a_draft(app)
    key = f"page submit {draft.id}"
    await opened(app, key)
    db.clear()

    if way == "long":
        async with transaction():
            done = await service.submit(person, draft.id, idempotency_key=key, now=NOON)
    else:
        done = await service.submit(person, draft.id, idempotency_key=key, now=NOON)

    assert (WRITE in db) is (way == "shared"), "one statement, as before"
    assert (await fresh(draft)).number == done.number
    senders = await CaseCommand.select(CaseCommand.app_id).where(CaseCommand.key == key)
    assert sorted(row["app_id"] for row in senders) == ["", "rent-helper"]


@pytest.mark.parametrize("app", APPS)
async def test_a_sender_still_uses_his_key_once(app):
    person = a_citizen()
    sender = a_citizen(person_id=person.person_id, app_id=app)
    await hold(person)
    one, other = await a_draft(sender), await a_draft(sender)
    await service.submit(sender, one.id, idempotency_key="1", now=NOON)

    again = await service.submit(sender, one.id, idempotency_key="1", now=NOON)
    with pytest.raises(KeyReused):
        await service.submit(sender, other.id, idempotency_key="1", now=NOON)

    assert again.id == one.id
    assert (await fresh(other)).state == CaseState.DRAFT


async def test_a_key_is_looked_for_in_its_index():
    asked = "EXPLAIN SELECT * FROM case_command WHERE party_id = $1 AND app_id = 'a' AND key = 'k'"
    async with transaction():
        await execute("SET LOCAL enable_seqscan = off")
        plan = await fetch(asked, new_id())

    told = "\n".join(row["QUERY PLAN"] for row in plan)
    assert "case_command_key_is_used_once" in told
    assert "key" in told.partition("Index Cond")[2], told
