"""Stores: whose they are, what is kept of what is written, and when it goes."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from banshi.errors import ConsentNeeded, InvalidInput, KeyReused, RateLimited, ScopeMissing
from banshi.scopes import GRANTABLE, Scope
from banshi.stores import ABSENT, MOST_KEYS, StoreFull
from identity import consents
from identity.actor import Actor
from identity.relation_errors import OwnConsentNeeded
from identity.roles import MandateKind, Role
from miniapps.stores import queries, service, tasks
from storage import limits
from storage.db import execute, fetch
from storage.ids import new_id
from storage.seal import Tampered
from tests.miniapps.shelf.factories import NOON, an_actor, an_app
from tests.workers import drain

APP = "rent-app"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def uncounted(monkeypatch):
    """Limits are counted here alone, as while Valkey is silent."""
    limits.forget()
    monkeypatch.setattr(limits, "_silent_until", float("inf"))
    yield
    limits.forget()


async def a_store(app_id: str = APP, *, citizen: Actor | None = None, retention_days: int = 30) -> Actor:
    """The mini-app for a citizen who lets it keep things."""
    if not await fetch("SELECT FROM mini_app WHERE app_id = $1", app_id):
        await an_app(app_id, retention_days=retention_days)
    citizen = citizen or an_actor(Role.CITIZEN)
    await consents.grant(citizen, app_id, GRANTABLE, now=NOON)
    return replace(citizen, app_id=app_id, scopes=GRANTABLE)


def himself(app: Actor) -> Actor:
    return an_actor(Role.CITIZEN, person_id=app.person_id, acting_for=app.acting_for)


async def put(app: Actor, key: str = "draft", value: str = "1", *, now=NOON, **rest) -> str:
    return await service.put(app, key, value, command=rest.pop("command", new_id().hex), now=now, **rest)


async def value(app: Actor, key: str = "draft", *, now=NOON) -> str | None:
    kept = await service.read(app, key, now=now)
    return None if kept is None else kept.value


async def left() -> set[tuple[str, str]]:
    return {(row["app_id"], row["key"]) for row in await fetch("SELECT app_id, key FROM app_value")}


async def acts(app: Actor) -> list[str]:
    rows = await fetch(
        "SELECT act FROM audit_row WHERE party_id = $1 AND act LIKE 'app.%' ORDER BY id", app.acting_for
    )
    return [row["act"] for row in rows]


async def test_a_store_is_one_mini_apps_and_one_partys(db):
    app = await a_store()
    other, stranger = await a_store("other-app", citizen=himself(app)), await a_store()
    await put(app)

    assert [await value(each) for each in (app, other, stranger)] == ["1", None, None]
    assert [len((await queries.values(each, first=9, after=None)).rows) for each in (app, other)] == [1, 0]
    for nobody in (himself(app), replace(app, scopes=frozenset({Scope.CASES_READ}))):
        for asked in (put(nobody), value(nobody), service.remove(nobody, "draft", command="k", now=NOON)):
            with pytest.raises(ScopeMissing):
                await asked
    assert await acts(app) == ["app.keep"]


async def test_an_agent_and_his_principal_meet_in_the_principals_store(db):
    app = await a_store()
    agent = replace(app, person_id=new_id(), delegation_id=new_id(), mandate_kind=MandateKind.AGENT)

    await put(agent, value='"由代办人填写"')

    assert await value(app) == '"由代办人填写"'
    assert await fetch("SELECT FROM app_value WHERE party_id = $1", agent.person_id) == []
    with pytest.raises(OwnConsentNeeded):
        await service.clear(replace(agent, app_id=None, scopes=himself(app).scopes), APP, now=NOON)


async def test_nothing_that_is_kept_stands_in_clear(db):
    app = await a_store()
    await put(app, value='"金丝雀"', command="秘密")

    for table in ("app_value", "app_store_command"):
        [row] = await fetch(f"SELECT t::text AS told FROM {table} t")
        assert "金丝雀" not in row["told"] and "金丝雀".encode().hex() not in row["told"]
    await execute("UPDATE app_value SET key = 'other'")
    with pytest.raises(Tampered):
        await value(app, "other")


async def test_a_late_second_arrival_changes_nothing(db):
    app = await a_store()
    first = await put(app, value="1", command="one")
    await put(app, value="2")
    await service.remove(app, "draft", command="gone", now=NOON)
    await put(app, value="3")

    assert await put(app, value="1", command="one") == first
    await service.remove(app, "draft", command="gone", now=NOON)

    assert await value(app) == "3"
    for other in (put(app, value="9", command="one"), service.remove(app, "draft", command="one", now=NOON)):
        with pytest.raises(KeyReused):
            await other
    with pytest.raises(InvalidInput):
        await put(app, command="")


async def test_writes_of_a_mini_app_for_a_citizen_are_limited(db, monkeypatch):
    monkeypatch.setattr(service, "WRITES_AT_ONCE", 2)
    monkeypatch.setattr(service, "WRITES_PER_S", 0.001)
    app, other = await a_store(), await a_store()
    await put(app)
    await service.remove(app, "draft", command="k", now=NOON)

    with pytest.raises(RateLimited):
        await put(app)
    await put(other)


async def test_there_are_64_keys(db, monkeypatch):
    monkeypatch.setattr(service, "WRITES_AT_ONCE", 1000)
    app = await a_store()
    for number in range(MOST_KEYS):
        await put(app, f"k{number}")

    with pytest.raises(StoreFull):
        await put(app, "one-more")
    await put(app, "k0", "2", if_revision=(await service.read(app, "k0", now=NOON)).revision)
    page = await queries.values(app, first=50, after=None)
    rest = await queries.values(app, first=50, after=UUID(str(page.rows[-1].id)))
    assert (len(page.rows), page.more, len(rest.rows), rest.more) == (50, True, 14, False)


async def test_without_consent_and_without_a_mini_app_nothing_is_kept(db):
    app = await a_store()
    await consents.withdraw(himself(app), APP, now=NOON)
    with pytest.raises(ConsentNeeded):
        await put(app)
    client = replace(app, app_id="a-client-outside-of-the-platform-with-a-long-name")
    await consents.grant(himself(app), client.app_id, GRANTABLE, now=NOON)
    with pytest.raises(ScopeMissing):
        await put(client)


async def test_withdrawing_deletes_it_and_what_is_kept_by_a_new_consent_stays(db):
    app, other = await a_store(), await a_store()
    kept = await a_store("other-app", citizen=himself(app))
    for each in (app, other, kept):
        await put(each)

    await consents.withdraw(himself(app), APP, now=NOON + DAY)
    await drain([tasks.forget], NOON + DAY)
    assert await left() == {(APP, "draft"), ("other-app", "draft")}
    assert await value(other) == "1"

    await consents.grant(himself(other), APP, GRANTABLE - {Scope.CASES_READ}, now=NOON + DAY)
    await drain([tasks.forget], NOON + DAY)
    assert await value(other) == "1"  # it may still keep things

    await consents.withdraw(himself(other), APP, now=NOON + DAY)
    await consents.grant(himself(other), APP, GRANTABLE, now=NOON + 2 * DAY)
    await put(other, "new", now=NOON + 2 * DAY)
    await drain([tasks.forget], NOON + 2 * DAY)
    await drain([tasks.forget], NOON + 2 * DAY)
    assert [await value(other), await value(other, "new")] == [None, "1"]


async def test_what_is_switched_off_keeps_nothing(db):
    app = await a_store()
    await execute("UPDATE mini_app SET state = 'suspended' WHERE app_id = $1", APP)

    with pytest.raises(ScopeMissing):
        await put(app)


async def test_what_is_not_touched_goes_after_the_days_of_the_manifest(db, monkeypatch):
    monkeypatch.setattr(service, "AT_ONCE", 2)
    app = await a_store(retention_days=30)
    forgetful = await a_store("other-app", citizen=himself(app), retention_days=0)
    for key in ("read", "a", "b", "c"):
        await put(app, key)
    await put(forgetful)
    await value(app, "read", now=NOON + 20 * DAY)

    await service.sweep(now=NOON + timedelta(hours=11))
    assert ("other-app", "draft") in await left()  # until the day is over
    await service.sweep(now=NOON + 30 * DAY)
    assert await left() == {(APP, key) for key in ("read", "a", "b", "c")}
    await service.sweep(now=NOON + 31 * DAY)
    assert await left() == {(APP, "read")}
    await service.sweep(now=NOON + 51 * DAY)
    assert await left() == set()
    assert await fetch("SELECT FROM app_store_command") == []


async def test_a_citizen_sees_how_much_is_kept_and_empties_it(db):
    app = await a_store()
    for key, text in (("a", "1"), ("b", '"金"')):
        await put(app, key, text)
    citizen = himself(app)

    [store] = await queries.stores(citizen)
    assert (store.app_id, store.keys, store.bytes, store.changed_at) == (APP, 2, 6, NOON)
    assert await service.clear(citizen, APP, now=NOON) is True
    assert await service.clear(citizen, APP, now=NOON) is False
    assert await queries.stores(citizen) == []
    assert await acts(app) == ["app.keep", "app.keep", "app.clear"]
    for asked in (queries.stores(app), service.clear(app, APP, now=NOON)):
        with pytest.raises(ScopeMissing):
            await asked


PROBE = "INSERT INTO app_value (id, party_id, app_id, store_id, key, value, size, revision, changed_at," \
    " touched_on) SELECT gen_random_uuid(), gen_random_uuid(), 'app-' || n % 50, gen_random_uuid()," \
    " 'draft', 'x', 1, gen_random_uuid(), now(), '2026-11-20' FROM generate_series(1, 5000) n"  # fmt: skip


async def test_every_question_goes_by_an_index_and_a_command_costs_few_statements(db, postgres, database):
    app = await a_store()
    await put(app)
    await execute(PROBE)
    postgres.psql("VACUUM (ANALYZE) app_value, mini_app", database=database)
    mine = (app.acting_for, APP)
    questions = {
        queries._STANDING: (*mine, "draft", "k"), queries._SUMS: (app.acting_for,),
        service._FORGET: mine, service._UNTOUCHED: (NOON.date(), 10),
    }  # fmt: skip
    for sql, given in questions.items():
        plan = json.dumps([row["QUERY PLAN"] for row in await fetch(f"EXPLAIN {sql}", *given)])
        assert "Seq Scan on app_value" not in plan, plan
        assert "app_value_" in plan, plan

    await value(app)
    costs = []
    for asked in (put(app), value(app), queries.values(app, first=9, after=None)):
        db.clear()
        await asked
        costs.append(len([sql for sql in db if not sql.startswith(("BEGIN", "COMMIT"))]))
    assert costs == [4, 1, 1]  # a lock, a look, a write and its audit row
    assert ABSENT == ""
