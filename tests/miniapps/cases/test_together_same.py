"""The shared statement writes what the long way writes, row for row."""

import re
from typing import Any

import msgspec
import pytest

from miniapps.cases import service
from miniapps.cases.rules import Choice, Content, Way
from miniapps.cases.service._together import WRITE
from miniapps.items.rules import Limit, Target, Unit
from storage.db import fetch, transaction
from storage.ids import new_id
from tests.miniapps.cases.factories import (
    CONTENT,
    FORM,
    ID_CARD,
    LEASE,
    NOON,
    ORIGINAL,
    PHOTO,
    a_citizen,
    a_draft,
    a_town,
    an_item,
    fresh,
    hold,
)
from tests.miniapps.cases.test_together_guards import a_file

OWNED = (
    "case_file", "case_command", "case_material", "material_use", "case_clock", "case_event", "audit_row",
    "outbox", "vault_object", "party_key",
)  # fmt: skip
SECRET = {
    "content",
    "archive_key",
    "citizen_key",
    "wrapped",
    "fingerprint",
    "seq",
    "digest",
    "created_at",
    "xid",
}
"""Differ by chance or by the ids in them; of the secret ones it counts whether they are there."""

UUID_ = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")


async def left(party_id: Any) -> str:
    """Everything that a party has, with ids told by their order and serials left out."""
    lines = []
    for table in OWNED:
        order = "seq" if table == "outbox" else "retention" if table == "party_key" else "id"
        for row in await fetch(f"SELECT * FROM {table} WHERE party_id = $1 ORDER BY {order}", party_id):
            shown = {name: value is None if name in SECRET else value for name, value in row.items()}
            if shown.get("number"):
                shown["number"] = shown["number"][:12], len(shown["number"])
            lines.append(f"{table} {msgspec.json.encode(shown).decode()}")
    places: dict[str, str] = {}
    return UUID_.sub(lambda found: places.setdefault(found[0], f"id{len(places)}"), "\n".join(lines))


async def nothing(citizen):
    await hold(citizen)


async def a_new_file(citizen):
    await a_file(citizen)


async def used_before(citizen):
    await hold(citizen)
    earlier = await a_draft(citizen)
    await service.submit(citizen, earlier.id, idempotency_key="earlier", now=NOON)


MARRIED = {"marital": "已婚"}
PROMISE = Content(MARRIED, FORM, {"marriage_certificate": Choice(Way.COMMITMENT)})
LATER = Content(CONTENT.answers, FORM, {"photo": Choice(Way.TOLERATED), "old_licence": Choice(Way.PAPER)})
PAPERS = an_item(materials=(ID_CARD, LEASE, PHOTO, ORIGINAL))
TWICE = an_item(
    materials=(LEASE, msgspec.structs.replace(LEASE, code="address_proof", satisfied_by=("lease_contract",)))
)
NATURAL = an_item(acceptance=Limit(count=7, unit=Unit.DAY, basis="办法第三条"))
FIRMS = an_item(target=Target.FIRM, materials=(LEASE,))


@pytest.mark.parametrize(
    ("item", "content", "before", "actor"),
    [
        (an_item(), CONTENT, nothing, {}),
        (an_item(), CONTENT, a_new_file, {}),
        (an_item(), CONTENT, used_before, {}),
        (an_item(), PROMISE, nothing, {}),
        (an_item(), CONTENT, nothing, {"app_id": "rent-helper"}),
        (PAPERS, LATER, nothing, {}),
        (TWICE, CONTENT, a_new_file, {}),
        (NATURAL, CONTENT, nothing, {"region": "330203"}),
        (FIRMS, CONTENT, nothing, {"acting_for": None}),
    ],
    ids=["plain", "new file", "reused", "promise", "in an app", "papers to follow", "one paper for two",
         "natural days", "a firm"],
)  # fmt: skip
async def test_both_ways_leave_the_same(db, item, content, before, actor):
    await a_town(item)
    found = []
    for way in ("long", "shared"):
        if "acting_for" in actor:
            actor = {"acting_for": new_id()}
        citizen = a_citizen(session_id=new_id(), **actor)
        await before(citizen)
        case = await a_draft(citizen, content, region="330106")
        db.clear()
        if way == "long":
            async with transaction():
                done = await service.submit(citizen, case.id, idempotency_key="key", now=NOON)
        else:
            done = await service.submit(citizen, case.id, idempotency_key="key", now=NOON)
        assert (WRITE in db) is (way == "shared")
        answer = {name: getattr(done, name) for name in vars(done) if name not in SECRET | {"id", "number"}}
        stored = await fresh(case)
        assert {name: getattr(stored, name) for name in answer} == answer
        assert (await service.open_content(stored)) == (await service.open_content(done)) == content
        found.append(await left(citizen.acting_for))

    assert found[0].splitlines() == found[1].splitlines()
    assert found[0].count("case.submitted") >= 1
