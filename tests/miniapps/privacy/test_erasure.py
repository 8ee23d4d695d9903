"""Erasure: nothing that was his alone can be read anywhere again, and nothing else is harmed."""

import json
from datetime import timedelta

import asyncpg
import pytest

from banshi.errors import InvalidInput
from identity import accounts, consents, keys, people
from identity.chain import links
from identity.errors import PartyErased, StepUpNeeded
from identity.roles import Role
from miniapps.cases import service as cases
from miniapps.materials.events import MaterialErased
from miniapps.materials.tasks import remove_bytes
from miniapps.notices.tables import AppMark, AppMute
from miniapps.privacy import service
from miniapps.privacy.errors import ErasureRefused
from miniapps.privacy.events import ExportAsked, ExportOver
from miniapps.privacy.tasks import build, remove
from storage import objects, queue
from storage.db import fetch
from storage.ids import new_id
from storage.settings import QueueSettings
from tests.identity.factories import WANG, make_person, make_session
from tests.miniapps.cases.factories import NOON, a_submitted_case
from tests.miniapps.materials.factories import a_department
from tests.miniapps.privacy.conftest import WORDS

COLUMNS = """
SELECT c.relname AS name, a.attname AS part FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
"""
CANARIES = [*WORDS.values(), WANG.name, WANG.number, str(WANG.phone)]


async def found_anywhere(url: str) -> set[tuple[str, str]]:
    """Sweep every column of every table for each canary, as text and inside bytes."""
    mighty = await asyncpg.connect(url)
    found = set()
    for column in await mighty.fetch(COLUMNS):
        table, part = column["name"], column["part"]
        for canary in CANARIES:
            hit = await mighty.fetchval(
                f'SELECT 1 FROM "{table}" WHERE "{part}"::text LIKE $1 OR "{part}"::text LIKE $2 LIMIT 1',
                f"%{canary}%", f"%{canary.encode().hex()}%",
            )  # fmt: skip
            if hit:
                found.add((table, part))
    await mighty.close()
    return found


async def erase(person, now=NOON) -> None:
    await service.erase_me(person.actor, confirm="注销", now=now)
    for row in await fetch("SELECT payload FROM outbox WHERE type = 'material.erased'"):
        object_id = json.loads(row["payload"])["object_id"]
        await remove_bytes(
            MaterialErased(party_id=person.actor.person_id, object_id=object_id, at=now), now=now
        )


async def test_nothing_of_his_can_be_read_anywhere(person, postgres, database, valkey):
    await queue.connect(QueueSettings(url=valkey.url))
    before = await found_anywhere(postgres.url(database=database))
    assert {("session", "device"), ("material", "title"), ("notice", "body")} <= before

    await erase(person)

    assert await found_anywhere(postgres.url(database=database)) == set()
    assert await objects.list_(f"vault/{person.actor.person_id}/") == []
    for name in await queue.redis().keys("*"):
        text = name + (await queue.redis().dump(name) or b"")
        assert not any(canary.encode() in text for canary in CANARIES)
    await queue.disconnect()
    with pytest.raises(PartyErased):
        await people.own(person.actor.person_id)


async def test_sign_ins_consents_and_tokens_end_and_others_hear_of_it(person):
    token, _ = await make_session(WANG)
    me = person.actor.person_id
    await AppMute(party_id=me, app_id="rent-app", muted_at=NOON).save()
    await AppMark(party_id=me, app_id="rent-app", key="1", digest="", told_at=NOON).save()

    await erase(person)

    assert await fetch("SELECT party_id FROM app_mute UNION SELECT party_id FROM app_mark") == []

    assert await accounts.actor_of(token, now=NOON) is None
    assert await consents.of(person.actor.person_id) == []
    for table in ("app_value", "app_store_command"):
        assert await fetch(f"SELECT FROM {table} WHERE party_id = $1", person.actor.person_id) == []
    assert len(await fetch("SELECT 1 FROM outbox WHERE type = 'consent.withdrawn'")) == 1
    assert await fetch("SELECT 1 FROM session WHERE party_id = $1", person.actor.person_id) == []


async def test_the_audit_stays_and_stays_whole(person):
    before = await fetch("SELECT id FROM audit_row WHERE party_id = $1", person.actor.person_id)
    await links.seal(now=NOON)

    await erase(person)

    rows = await fetch("SELECT id, act FROM audit_row WHERE party_id = $1", person.actor.person_id)
    assert {row["id"] for row in before} < {row["id"] for row in rows}
    assert "party.erase" in {row["act"] for row in rows}


async def test_who_comes_again_is_somebody_new(person):
    await erase(person)

    again = await make_person(WANG)

    assert again.id != person.actor.person_id


async def test_an_open_case_must_end_first_and_what_is_archived_survives(person):
    await cases.discard_draft(person.actor, person.draft.id, now=NOON)
    case = await a_submitted_case(person.actor)
    with pytest.raises(ErasureRefused):
        await erase(person)
    await cases.withdraw(person.actor, case.id, reason="不办了", idempotency_key=new_id().hex, now=NOON)

    await erase(person)

    [row] = await fetch("SELECT * FROM case_file WHERE id = $1", case.id)
    archived = await cases.open_content(type(case)(**row, _exists_in_db=True))
    assert archived.form["address"]
    assert await keys.existing_keys([person.actor.person_id], keys.Retention.ARCHIVE)


async def test_a_copy_goes_with_its_owner(person):
    asked = await service.ask(person.actor, now=NOON)
    await build(ExportAsked(party_id=asked.party_id, export_id=asked.id, at=NOON), now=NOON)
    assert await objects.list_(f"exports/{person.actor.person_id}/")

    await erase(person)
    await remove(ExportOver(party_id=asked.party_id, export_id=asked.id, at=NOON), now=NOON)

    assert await objects.list_(f"exports/{person.actor.person_id}/") == []
    assert await fetch("SELECT 1 FROM outbox WHERE type = 'privacy.export_over'")


async def test_it_is_refused_without_the_word_a_fresh_sign_in_or_with_a_post(person):
    with pytest.raises(InvalidInput):
        await service.erase_me(person.actor, confirm="好", now=NOON)
    with pytest.raises(StepUpNeeded):
        await service.erase_me(person.actor, confirm="注销", now=NOON + timedelta(minutes=11))
    office = (await a_department()).id
    post = await people.appoint(person.actor.person_id, office, Role.CLERK, "330106", now=NOON)
    with pytest.raises(ErasureRefused):
        await erase(person)
    await people.end_post(post.id, now=NOON)
    await erase(person)
