"""A copy holds everything of its owner, readable, and leaves in clear for him alone."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from banshi.errors import NotFound, ScopeMissing
from identity import keys
from identity.errors import StepUpNeeded
from identity.keys import Retention
from identity.roles import SCOPES, Role
from miniapps.privacy import queries, service
from miniapps.privacy.errors import ExportNotFound, ExportTooSoon, OnlyOneself
from miniapps.privacy.events import ExportAsked, ExportOver
from miniapps.privacy.rules import LEFT_OUT, PARTS, STAYS
from miniapps.privacy.service._opening import NOT_WORDS, OPENERS
from miniapps.privacy.tables import DataExport
from miniapps.privacy.tasks import build, remove
from storage import objects
from storage.db import fetch
from storage.ids import new_id
from tests.identity.factories import WANG, WU, make_session
from tests.miniapps.cases.factories import NOON
from tests.miniapps.privacy.conftest import WORDS

WITH_PARTY = """
SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND a.attname = 'party_id'
  AND NOT a.attisdropped
"""


async def test_every_table_of_a_party_is_in_the_copy_or_left_out_for_a_reason(db):
    tables = {row["name"] for row in await fetch(WITH_PARTY)}

    assert tables == PARTS.keys() | LEFT_OUT.keys()
    assert not PARTS.keys() & LEFT_OUT.keys()


async def test_every_sealed_column_is_opened_or_says_nothing(db):
    for table in PARTS:
        opened = {column for of, column in OPENERS if of == table}
        assert set(await queries.sealed_columns(table)) == opened | NOT_WORDS.get(table, set()), table


async def made(person, now=NOON) -> DataExport:
    asked = await service.ask(person.actor, now=now)
    await build(ExportAsked(party_id=asked.party_id, export_id=asked.id, at=now), now=now)
    found = await DataExport.objects().where(DataExport.id == asked.id).first()
    assert found is not None
    return found


async def archive(person, export, now=NOON) -> zipfile.ZipFile:
    token = await service.link(person.actor, export.id, now=now)
    reading = await service.open_link(person.actor, token, now=now)
    whole = b"".join([chunk async for chunk in reading.chunks])
    assert len(whole) == reading.size == export.size
    assert hashlib.sha256(whole).hexdigest() == export.digest
    return zipfile.ZipFile(io.BytesIO(whole))


async def test_a_copy_holds_everything_in_clear_with_an_index_and_a_manifest(person):
    export = await made(person)
    copy = await archive(person, export)

    text = {name: copy.read(name).decode() for name in copy.namelist() if not name.startswith("files/")}
    assert json.loads(text["account/profile.json"]) == [
        {"name": WANG.name, "number": WANG.number, "phone": WANG.phone}
    ]
    assert WORDS["device"] in text["account/session.json"]
    assert WORDS["title"] in text["materials/material.json"]
    assert json.loads(text["cases/case_file.json"])[0]["content"]["form"]["address"] == WORDS["form"]
    assert WORDS["notice"] in text["notices/notice.json"]
    assert "rent-app" in text["consents/consent.json"]
    [kept] = json.loads(text["apps/app_value.json"])
    assert (kept["app_id"], kept["key"], kept["value"]) == ("rent-app", "draft", [WORDS["kept"]])
    assert "party.export" in text["accesses/audit_row.json"]
    assert "我的个人信息" in text["index.html"]
    assert all(part.title in text["index.html"] for part in PARTS.values())
    [file] = [name for name in copy.namelist() if name.startswith("files/")]
    assert copy.read(file) == person.file
    for entry in json.loads(text["manifest.json"])["files"]:
        assert hashlib.sha256(copy.read(entry["path"])).hexdigest() == entry["sha256"]
    assert export.done == export.total == len(PARTS) + 1


async def test_the_copy_lies_sealed_and_is_gone_after_its_day(person):
    export = await made(person)
    key = f"exports/{person.actor.person_id}/{export.id}"
    stored = await objects.read(key, max_bytes=10**8)
    assert stored[:2] != b"PK"
    assert WORDS["title"].encode() not in stored

    with pytest.raises(ExportNotFound):
        await queries.ready(person.actor, export.id, now=NOON + STAYS)
    over = ExportOver(party_id=person.actor.person_id, export_id=export.id, at=NOON)
    await remove(over, now=NOON + STAYS)
    await remove(over, now=NOON + STAYS)

    assert await objects.stat(key) is None
    [row] = await fetch("SELECT state, key FROM data_export")
    assert row == {"state": "over", "key": None}


async def test_once_a_day_and_what_was_asked_for_is_on_record(person):
    await made(person)
    with pytest.raises(ExportTooSoon):
        await service.ask(person.actor, now=NOON + timedelta(minutes=5))
    fresh = replace(person.actor, authenticated_at=NOON + timedelta(days=1))
    await service.ask(fresh, now=NOON + timedelta(days=1))

    acts = await fetch("SELECT act FROM audit_row WHERE act LIKE 'party.%' ORDER BY id")
    assert [row["act"] for row in acts] == ["party.export", "party.export"]


async def test_a_link_is_its_sessions_for_a_minute_and_its_opening_on_record(person):
    export = await made(person)
    token = await service.link(person.actor, export.id, now=NOON)
    _, other = await make_session(WU)

    for actor, moment in (
        (other, NOON),
        (replace(person.actor, session_id=new_id()), NOON),
        (replace(person.actor, app_id="rent-app"), NOON),
        (person.actor, NOON + timedelta(seconds=61)),
    ):
        with pytest.raises(NotFound):
            await service.open_link(actor, token, now=moment)
    with pytest.raises(NotFound):
        await service.open_link(person.actor, token[:-2] + "AA", now=NOON)
    with pytest.raises(ExportNotFound):
        await service.link(replace(other, authenticated_at=NOON), export.id, now=NOON)
    await service.open_link(person.actor, token, now=NOON)

    assert len(await fetch("SELECT 1 FROM audit_row WHERE act = 'party.export.read'")) == 1


async def test_only_oneself_by_a_strong_and_fresh_sign_in(person):
    actor = person.actor
    with pytest.raises(StepUpNeeded):
        await service.ask(actor, now=NOON + timedelta(minutes=11))
    with pytest.raises(StepUpNeeded):
        await service.ask(replace(actor, level=2), now=NOON)
    for other in (
        replace(actor, app_id="rent-app"),
        replace(actor, delegation_id=new_id()),
        replace(actor, acting_for=new_id()),
    ):
        with pytest.raises(OnlyOneself):
            await service.ask(other, now=NOON)
    with pytest.raises(ScopeMissing):
        await service.ask(replace(actor, roles={Role.CLERK}, scopes=SCOPES[Role.CLERK]), now=NOON)


async def test_a_copy_of_somebody_erased_meanwhile_is_never_made(person):
    asked = await service.ask(person.actor, now=NOON)
    await keys.destroy(person.actor.person_id, Retention.CITIZEN)

    await service.build(asked.id, now=NOON)

    [row] = await fetch("SELECT state FROM data_export")
    assert row["state"] == "over"
    assert await objects.list_(f"exports/{person.actor.person_id}/") == []
