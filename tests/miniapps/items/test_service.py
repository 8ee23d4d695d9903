"""Defining, publishing and withdrawing items."""

import asyncpg
import pytest

from identity.actor import WORKER
from identity.audit import AuditRow
from identity.roles import Role
from miniapps.items import queries, service
from miniapps.items.errors import ItemNotFound, ItemOwnPublication, ItemTextInvalid, ItemVersionNotDraft
from miniapps.items.rules import compile_text
from miniapps.items.tables import ItemVersion, VersionState
from storage.db import execute
from storage.ids import new_id
from storage.outbox import OutboxRow
from tests.miniapps.items.factories import NOON, a_person, a_text, make_item

CODE = "332000900000"


async def test_a_definer_drafts_and_an_operator_puts_in_force(db):
    definer, operator = a_person(Role.ITEM_DEFINER), a_person(Role.OPERATOR)

    draft = await service.define(definer, a_text(), now=NOON)
    published = await service.publish(operator, draft.id, now=NOON)

    assert (draft.number, draft.defined_by) == (1, definer.person_id)
    assert (published.state, published.published_by) == (VersionState.PUBLISHED, operator.person_id)
    assert queries.compiled(await queries.published(CODE)) == compile_text(a_text()).item
    assert [row.act for row in await AuditRow.objects().order_by(AuditRow.id)] == [
        "item.define",
        "item.publish",
    ]
    assert [row.type for row in await OutboxRow.objects()] == ["item.published"]


async def test_nobody_publishes_what_he_defined_whatever_his_posts(db):
    both = a_person(Role.ITEM_DEFINER, Role.OPERATOR)
    draft = await service.define(both, a_text(), now=NOON)

    with pytest.raises(ItemOwnPublication):
        await service.publish(both, draft.id, now=NOON)

    with pytest.raises(ItemNotFound):
        await queries.published(CODE)
    assert await OutboxRow.count() == 0


async def test_the_database_itself_refuses_a_publisher_who_is_the_definer(db):
    definer = a_person(Role.ITEM_DEFINER)
    draft = await service.define(definer, a_text(), now=NOON)

    with pytest.raises(asyncpg.CheckViolationError):
        await execute(
            "UPDATE item_version SET state = 'published', published_by = defined_by, published_at = $2"
            " WHERE id = $1",
            draft.id, NOON,
        )  # fmt: skip


async def test_a_faulty_text_is_refused_with_every_fault(db):
    with pytest.raises(ItemTextInvalid) as refusal:
        await service.define(a_person(Role.ITEM_DEFINER), a_text(more="部们: 公安\n甲: 乙\n"), now=NOON)

    assert refusal.value.extensions["code"] == "ITEM_TEXT_INVALID"
    assert [line.split(" ")[0] for line in refusal.value.extensions["problems"]] == [
        "text:16:1:",
        "text:17:1:",
    ]
    assert await ItemVersion.count() == 0


async def test_defining_or_publishing_again_changes_nothing(db):
    definer, operator = a_person(Role.ITEM_DEFINER), a_person(Role.OPERATOR)
    draft = await service.define(definer, a_text(), now=NOON)

    again = await service.define(definer, a_text(), now=NOON)
    first = await service.publish(operator, draft.id, now=NOON)
    second = await service.publish(operator, draft.id, now=NOON)

    assert again.id == draft.id
    assert first.published_at == second.published_at
    assert await OutboxRow.count() == 1


async def test_a_new_version_supersedes_the_old_which_stays_as_it_was(db):
    old = await make_item()
    new = await make_item(name="新名字的某某证申领")

    kept = await queries.version(old.id)
    offer, item = await queries.described(CODE)

    assert (kept.state, kept.text) == (VersionState.SUPERSEDED, old.text)
    assert (offer.current_id, offer.number, offer.name) == (new.id, 2, "新名字的某某证申领")
    assert item.name == offer.name


async def test_a_withdrawn_item_is_no_longer_offered_but_its_version_stays(db):
    version = await make_item()

    gone = await service.withdraw(a_person(Role.OPERATOR), CODE, now=NOON)

    assert (gone.id, gone.state) == (version.id, VersionState.WITHDRAWN)
    for read in (queries.published, queries.described):
        with pytest.raises(ItemNotFound):
            await read(CODE)
    with pytest.raises(ItemNotFound):
        await service.withdraw(WORKER, CODE, now=NOON)
    with pytest.raises(ItemVersionNotDraft):
        await service.publish(WORKER, version.id, now=NOON)


async def test_what_is_not_there_is_not_found(db):
    with pytest.raises(ItemNotFound):
        await service.publish(WORKER, new_id(), now=NOON)
    with pytest.raises(ItemNotFound):
        await service.withdraw(WORKER, CODE, now=NOON)
    with pytest.raises(ItemNotFound):
        await queries.version(new_id())


@pytest.mark.parametrize(
    "change",
    ["text = 'x'", "compiled = '{}'", "digest = 'x'", "number = 9", "defined_by = id", "item = id"],
)
async def test_the_application_may_not_change_a_version(db, change):
    version = await make_item()

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await execute(f"UPDATE item_version SET {change} WHERE id = $1", version.id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await execute("DELETE FROM item_version WHERE id = $1", version.id)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE item_version SET text = 'x'",
        "UPDATE item_version SET published_at = now()",
        "DELETE FROM item_version",
    ],
)
async def test_even_the_owner_may_not_change_a_published_version(db, postgres, database, statement):
    await make_item()
    owner = await asyncpg.connect(postgres.url("owner", database))

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await owner.execute(statement)

    await owner.close()


async def test_a_draft_may_be_removed_by_the_owner(db, postgres, database):
    await service.define(a_person(Role.ITEM_DEFINER), a_text(), now=NOON)
    owner = await asyncpg.connect(postgres.url("owner", database))

    assert await owner.execute("DELETE FROM item_version") == "DELETE 1"

    await owner.close()


async def test_drafts_are_for_definers_and_operators(db):
    await make_item()
    await service.define(a_person(Role.ITEM_DEFINER), a_text(name="草稿"), now=NOON)

    seen = {role: await queries.versions(a_person(role), CODE) for role in (Role.CITIZEN, Role.OPERATOR)}

    assert [row.number for row in seen[Role.CITIZEN]] == [1]
    assert [row.number for row in seen[Role.OPERATOR]] == [2, 1]


async def test_seeding_publishes_each_shipped_text_once(db):
    first = await service.seed(now=NOON)
    db.clear()
    second = await service.seed(now=NOON)

    assert len(first) == len(list(service.SHIPPED.glob("*.yaml")))
    assert second == []
    assert len(db) == 2  # topics, and which texts are known


async def test_seeding_leaves_what_an_operator_published_since(db):
    shipped = (service.SHIPPED / "residence_permit.yaml").read_text(encoding="utf-8")
    await service.seed(now=NOON)
    newer = await make_item(shipped.replace("数量: 5", "数量: 6"))

    await service.seed(now=NOON)

    assert (await queries.offers(["330700101000"]))["330700101000"].current_id == newer.id
