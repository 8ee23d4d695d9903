"""A store begins with the consent to it and ends with it, whenever what it held is deleted."""

from importlib import import_module

from banshi.scopes import GRANTABLE, Scope
from banshi.stores import ABSENT, MOST_KEYS
from identity import consents
from miniapps.stores import queries, service, tasks
from storage.db import execute, fetch
from tests.miniapps.shelf.factories import NOON
from tests.miniapps.stores.test_service import APP, a_store, himself, left, put, uncounted, value
from tests.workers import drain

MIGRATIONS = (
    "identity.piccolo_migrations.identity_2026_11_22t21_00_01_000000",
    "miniapps.stores.piccolo_migrations.stores_2026_11_22t21_00_11_000000",
)

__all__ = ["uncounted"]


async def test_what_was_kept_before_a_break_is_gone_at_once_and_what_had_none_stays(db):
    app = await a_store()
    citizen, kept = himself(app), GRANTABLE - {Scope.CASES_READ}
    for key in ("draft", "other"):
        await put(app, key)

    await consents.withdraw(citizen, APP, only=[Scope.STORAGE_KEEP], now=NOON)
    assert await value(app) is None
    await consents.grant(citizen, APP, GRANTABLE, now=NOON)
    assert await value(app) is None
    assert (await queries.values(app, first=9, after=None)).rows == []
    revision = await put(app, value="2", if_revision=ABSENT)
    await consents.grant(citizen, APP, kept, now=NOON)  # without a break for what is kept
    assert await put(app, "third", if_revision=ABSENT)
    await drain([tasks.forget], NOON)  # late: all of it is there still

    assert await left() == {(APP, "draft"), (APP, "third")}
    assert (await service.read(app, "draft", now=NOON)).revision == revision
    await consents.withdraw(citizen, APP, now=NOON)
    await consents.grant(citizen, APP, kept, now=NOON)
    await service.remove(app, "third", if_revision="gone already", command="k", now=NOON)
    assert await left() == {(APP, "draft")}


async def test_a_full_store_that_was_given_up_leaves_room_for_another(db, monkeypatch):
    monkeypatch.setattr(service, "WRITES_AT_ONCE", 1000)
    app = await a_store()
    for number in range(MOST_KEYS):
        await put(app, f"k{number}")
    await consents.withdraw(himself(app), APP, now=NOON)
    await consents.grant(himself(app), APP, GRANTABLE, now=NOON)

    assert await put(app, "first-of-the-new")


async def test_what_was_kept_before_there_were_stores_by_consent_goes_on(db):
    app, former = await a_store(), await a_store()
    for each in (app, former):
        await put(each)
    await consents.withdraw(himself(former), APP, now=NOON)
    await execute("UPDATE consent SET store_id = NULL")
    await execute("UPDATE app_value SET store_id = gen_random_uuid()")

    for name in MIGRATIONS:
        for statement in import_module(name).STATEMENTS:
            await execute(statement)

    assert await value(app) == "1"
    assert [row["party_id"] for row in await fetch("SELECT party_id FROM app_value")] == [app.acting_for]
