"""Connections of plans: held, few, in the order of asking, and back after whatever befell them."""

import asyncio
import os
import signal

import asyncpg
import pytest

from api.graphql.plan.runtime import slots
from api.graphql.plan.runtime.connections import Connections
from api.graphql.plan.runtime.slots import Unavailable
from tests.api.plan.conftest import SIZE

OURS = "FROM pg_stat_activity WHERE application_name = 'plan' AND datname = current_database()"
SETTINGS = """
SELECT current_setting(name) FROM unnest($1::text[]) WITH ORDINALITY AS asked (name, place) ORDER BY place
"""
PREPARED = (
    "SELECT name, generic_plans + custom_plans AS runs FROM pg_prepared_statements WHERE statement = $1"
)


async def number(connections: Connections, value: int) -> int:
    [row] = await connections.fetch("SELECT $1::int AS value", [value])
    return row["value"]


async def servers_of(admin: asyncpg.Connection) -> set[int]:
    """Return the processes that serve plans; some of tests before may not be gone yet."""
    return {int(row["pid"]) for row in await admin.fetch(f"SELECT pid {OURS}")}


async def server_of(connections: Connections) -> int:
    """Return the process at the other end; those of tests before may not be gone yet."""
    [row] = await connections.fetch("SELECT pg_backend_pid()")
    return int(row[0])


async def open_all(connections: Connections, admin: asyncpg.Connection) -> None:
    """Open them all, and wait until those of tests before are gone."""
    await asyncio.gather(*(connections.fetch("SELECT pg_sleep(0.05)") for _ in range(SIZE)))
    async with asyncio.timeout(10):
        while len(await servers_of(admin)) > SIZE:
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def no_others(kept_slots):
    """Let go of connections that tests before this module kept for those to come."""
    kept_slots.drop()


def prepared_by(monkeypatch) -> list[str]:
    """The statements prepared from now on."""
    prepared: list[str] = []
    prepare = asyncpg.Connection.prepare
    monkeypatch.setattr(
        asyncpg.Connection, "prepare", lambda self, text: prepared.append(text) or prepare(self, text)
    )
    return prepared


@pytest.fixture
async def single(plan_url):
    made = Connections(plan_url, size=1)
    yield made
    await made.close()


@pytest.fixture
async def probe(owner):
    await owner.execute("CREATE TABLE probe (v int NOT NULL); INSERT INTO probe VALUES (7)")
    await owner.execute("CREATE VIEW seen AS SELECT v FROM probe")


async def test_they_read_in_utc_by_generic_plans_and_give_up_soon(connections):
    names = ["timezone", "jit", "plan_cache_mode", "statement_timeout", "lock_timeout"]

    rows = await connections.fetch(SETTINGS, [[*names, "default_transaction_read_only"]])

    assert [row[0] for row in rows] == ["UTC", "off", "force_generic_plan", "2s", "1s", "on"]


async def test_the_server_may_choose_plans_by_values_when_told(plan_url):
    chosen = Connections(plan_url, size=1, generic=False)

    rows = await chosen.fetch(SETTINGS, [["plan_cache_mode"]])
    await chosen.close()

    assert rows[0][0] == "auto"


@pytest.mark.parametrize(("held", "times"), [(True, 1), (False, 3)])
async def test_a_statement_is_prepared_once_on_a_connection(plan_url, monkeypatch, held, times):
    prepared = prepared_by(monkeypatch)
    kept = Connections(plan_url, size=1, held=held)

    for value in range(3):
        await number(kept, value)
    await kept.close()

    assert prepared == ["SELECT $1::int AS value"] * times


async def test_statements_beyond_the_most_are_prepared_again(single, monkeypatch):
    monkeypatch.setattr(slots, "MOST_PREPARED", 2 * len("SELECT 1"))
    prepared = prepared_by(monkeypatch)

    for number_ in (1, 2, 1, 3, 1, 2):  # what is used again is not the one to go
        assert await single.fetch(f"SELECT {number_}") == [(number_,)]

    assert prepared == ["SELECT 1", "SELECT 2", "SELECT 3", "SELECT 2"]
    rows = await single.fetch("SELECT statement FROM pg_prepared_statements WHERE statement LIKE 'SELECT _'")
    assert {row[0] for row in rows} == {"SELECT 1", "SELECT 2"}


async def test_a_statement_larger_than_all_that_is_held_is_answered(single, monkeypatch):
    monkeypatch.setattr(slots, "MOST_PREPARED", 5)

    assert [await number(single, value) for value in range(3)] == [0, 1, 2]


async def test_there_are_never_more_of_them_than_said(connections, admin):
    await open_all(connections, admin)
    asking = [asyncio.create_task(connections.fetch("SELECT pg_sleep(0.05)")) for _ in range(20)]
    most = 0
    while not all(task.done() for task in asking):
        most = max(most, await admin.fetchval(f"SELECT count(*) {OURS}"))

    await asyncio.gather(*asking)
    assert most == SIZE


async def test_whoever_asked_first_is_served_first(single):
    served = []

    async def ask(place: int) -> None:
        await number(single, place)
        served.append(place)

    await asyncio.gather(*(ask(place) for place in range(20)))

    assert served == list(range(20))


async def test_who_leaves_the_line_takes_no_connection_along(single):
    slot = await single.borrow()
    leaving = [asyncio.create_task(single.borrow()) for _ in range(2)]
    await asyncio.sleep(0)

    leaving[0].cancel()  # while waiting
    single.give_back(slot)
    leaving[1].cancel()  # with the connection already handed over
    await asyncio.gather(*leaving, return_exceptions=True)

    async with asyncio.timeout(5):
        assert await number(single, 1) == 1


async def test_a_cancelled_statement_ends_and_its_connection_serves_on(single, admin):
    await number(single, 1)
    before = await server_of(single)
    there = await servers_of(admin)
    for _ in range(3):
        asking = asyncio.create_task(single.fetch("SELECT 'of another', pg_sleep(1)"))
        await asyncio.sleep(0.05)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

        assert await number(single, 5) == 5
        assert await server_of(single) == before
    assert await servers_of(admin) <= there, "none was opened beside it"


async def test_connections_ended_while_idle_are_not_missed(connections, admin):
    await open_all(connections, admin)
    ended = await admin.fetch(f"SELECT pg_terminate_backend(pid) {OURS}")

    assert len(ended) == SIZE
    assert await asyncio.gather(*(number(connections, each) for each in range(20))) == list(range(20))


async def test_a_read_whose_connection_is_ended_is_done_again(connections, admin):
    asking = asyncio.create_task(connections.fetch("SELECT 'done' FROM pg_sleep(0.5)"))
    while not await admin.fetchval(f"SELECT count(*) {OURS} AND state = 'active'"):
        await asyncio.sleep(0.01)

    await admin.execute(f"SELECT pg_terminate_backend(pid) {OURS}")

    assert [row[0] for row in await asking] == ["done"]


@pytest.mark.parametrize(
    ("text", "change", "after"),
    [
        ("SELECT v FROM probe", "DROP VIEW seen; ALTER TABLE probe ALTER v TYPE text USING 'x' || v", "x7"),
        ("SELECT * FROM probe", "ALTER TABLE probe ADD w int", 7),
        ("SELECT * FROM seen", "DROP VIEW seen; CREATE VIEW seen AS SELECT 'x' || v FROM probe", "x7"),
        ("SELECT v FROM probe", "DROP TABLE probe CASCADE; CREATE TABLE probe AS SELECT 8::bigint AS v", 8),
    ],
)
async def test_a_table_may_change_under_a_prepared_statement(connections, owner, probe, text, change, after):
    await asyncio.gather(*(connections.fetch(text) for _ in range(SIZE)))

    await owner.execute(change)

    found = await asyncio.gather(*(connections.fetch(text) for _ in range(3 * SIZE)))
    assert {rows[0][0] for rows in found} == {after}


async def test_statements_forgotten_by_the_server_are_prepared_again(single):
    await number(single, 1)
    await single.fetch("DEALLOCATE ALL")

    assert await number(single, 2) == 2


async def test_nothing_can_be_written(connections, probe):
    for text in ("INSERT INTO probe VALUES (1)", "CREATE TABLE other (v int)"):
        with pytest.raises((asyncpg.ReadOnlySQLTransactionError, asyncpg.InsufficientPrivilegeError)):
            await connections.fetch(text)


async def test_a_locked_table_is_unavailable(connections, owner, probe):
    async with owner.transaction():
        await owner.execute("LOCK TABLE probe")
        with pytest.raises(Unavailable):
            await connections.fetch("SELECT v FROM probe")

    assert [row[0] for row in await connections.fetch("SELECT v FROM probe")] == [7]


async def test_a_statement_that_takes_too_long_fails_and_its_connection_serves_on(impatient):
    await number(impatient, 1)
    before = await server_of(impatient)

    with pytest.raises(asyncpg.QueryCanceledError):
        await impatient.fetch("SELECT pg_sleep(30)")

    assert await number(impatient, 2) == 2
    assert await server_of(impatient) == before


async def test_a_frozen_server_is_given_up(plan_url, monkeypatch):
    monkeypatch.setattr(slots, "ANSWER_S", 0.3)
    single = Connections(plan_url, size=1)
    await single.open()
    frozen = await server_of(single)
    os.kill(frozen, signal.SIGSTOP)

    try:
        with pytest.raises(Unavailable):
            await single.fetch("SELECT 1")
        assert await number(single, 2) == 2
    finally:
        os.kill(frozen, signal.SIGCONT)
        await single.close()


async def test_values_that_are_refused_break_nothing(single):
    await number(single, 1)
    before = await server_of(single)

    with pytest.raises(asyncpg.DataError):
        await single.fetch("SELECT $1::int AS value", ["seven"])

    assert await number(single, 2) == 2
    assert await server_of(single) == before


async def test_closing_refuses_who_waits_and_who_comes(connections, admin):
    asking = [asyncio.create_task(connections.fetch("SELECT pg_sleep(0.2)")) for _ in range(2 * SIZE)]
    await asyncio.sleep(0.05)

    await connections.close()

    found = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(each) for each in found] == [list] * SIZE + [Unavailable] * SIZE
    with pytest.raises(Unavailable):
        await connections.fetch("SELECT 1")
    while await admin.fetchval(f"SELECT count(*) {OURS}"):
        await asyncio.sleep(0.01)
