"""Migrations lead forwards, from whatever is stored, to exactly the tables that the code names."""

import ast
import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from piccolo.columns import UUID, Serial
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from storage import db as storage_db
from storage import drift, migrations
from storage.db import execute, fetch
from storage.ids import new_id
from storage.outbox import emit
from storage.settings import DatabaseSettings
from tests.storage.factories import NOON, bell

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
TABLES: list[type[Table]] = [table for config in migrations.app_configs() for table in config.table_classes]
SOURCES = [
    path
    for package in ("storage", "identity", "miniapps")
    for path in (ROOT / package).rglob("*.py")
    if "piccolo_migrations" not in path.parts
]


@pytest.fixture
async def empty(postgres):
    """This process connected as owner to a database in which nothing has run."""
    name = f"t_{new_id().hex}"
    admin = await asyncpg.connect(postgres.url())
    await admin.execute(f"CREATE DATABASE {name} OWNER owner")
    await storage_db.connect(DatabaseSettings(url=postgres.url("owner", name), pool_min=4, pool_max=6))
    yield
    await storage_db.disconnect()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_rows_survive_the_migrations_that_come_after_them(empty, monkeypatch):
    every = migrations._files
    monkeypatch.setattr(
        migrations,
        "_files",
        lambda config: every(config)[:2] if config.app_name == "storage" else [],
    )
    await migrations.migrate()
    fact = await emit(bell(1, new_id()), now=NOON)
    monkeypatch.setattr(migrations, "_files", every)

    ran = await migrations.migrate()

    assert ran
    assert [row["id"] for row in await fetch("SELECT id FROM outbox")] == [fact]


async def test_commands_of_before_get_the_mini_app_of_their_case(empty, postgres, monkeypatch):
    every = migrations._files
    monkeypatch.setattr(
        migrations,
        "_files",
        lambda config: [file for file in every(config) if "cases_2026_11_23" not in str(file)],
    )
    await migrations.migrate()
    [here] = await fetch("SELECT current_database() AS name")
    admin = await asyncpg.connect(postgres.url(database=here["name"]))
    await admin.execute("SET session_replication_role = replica")  # without the item and its department
    party, cases = new_id(), {None: new_id(), "rent-helper": new_id()}
    for app, case in cases.items():
        await admin.execute(
            "INSERT INTO case_file (id, party_id, applicant_id, app_id, item_version, code, title, region,"
            " content, opened_at) VALUES ($1, $2, $2, $3, $2, '1', 't', '330106', '', now())",
            case,
            party,
            app,
        )
    for key, case in (("own", cases[None]), ("app", cases["rent-helper"]), ("gone", new_id())):
        await admin.execute(
            "INSERT INTO case_command (id, party_id, key, digest, case_id, at)"
            " VALUES ($1, $2, $3, 'd', $4, now())",
            new_id(),
            party,
            key,
            case,
        )
    await admin.close()
    monkeypatch.setattr(migrations, "_files", every)

    await migrations.migrate()

    rows = await fetch("SELECT key, app_id FROM case_command")
    assert {row["key"]: row["app_id"] for row in rows} == {"own": "", "app": "rent-helper", "gone": ""}


async def test_two_runners_at_once_run_each_migration_once(empty):
    first, second = await asyncio.gather(migrations.migrate(), migrations.migrate())

    assert sorted([bool(first), bool(second)]) == [False, True]
    rows = await fetch("SELECT app_name, name FROM migration")
    assert len(rows) == len({(row["app_name"], row["name"]) for row in rows}) == len(first or second)


async def test_the_migrations_are_in_step_with_the_tables():
    assert await drift.pending_changes() == []


async def test_a_changed_check_under_an_old_name_is_noticed(monkeypatch):
    config = migrations.app_configs()[0]
    table = next(table for table in config.table_classes if table._meta.tablename == "outbox")
    check = next(each for each in table._meta.constraints if isinstance(each, Check))
    monkeypatch.setattr(check, "condition", "sent_at IS NULL")

    found = await drift.pending_changes()

    assert found == [f"storage: constraint {check._meta.name} of outbox has another text: rename it"]


async def test_the_database_has_the_constraints_that_the_tables_name(empty):
    await migrations.migrate()

    for table in TABLES:
        name = table._meta.tablename
        named = table._meta.constraints
        checks = {each._meta.name: each.condition for each in named if isinstance(each, Check)}
        uniques = {each._meta.name for each in named if isinstance(each, Unique)}
        assert await constraints(name, "c") == await as_postgres_writes(name, checks), name
        assert uniques <= set(await constraints(name, "u")), name


async def constraints(table: str, kind: str) -> dict[str, str]:
    rows = await fetch(
        "SELECT conname, pg_get_constraintdef(oid) AS text FROM pg_constraint"
        ' WHERE conrelid = $1::text::regclass AND contype = $2::text::"char"',
        table,
        kind,
    )
    return {row["conname"]: row["text"] for row in rows}


async def as_postgres_writes(table: str, checks: dict[str, str]) -> dict[str, str]:
    """Return the conditions in PostgreSQL's own spelling, by putting them on an empty copy."""
    await execute(f"CREATE TABLE copy_of_it (LIKE {table})")
    for name, condition in checks.items():
        await execute(f"ALTER TABLE copy_of_it ADD CONSTRAINT {name} CHECK ({condition})")
    found = await constraints("copy_of_it", "c")
    await execute("DROP TABLE copy_of_it")
    return found


async def test_the_database_has_the_columns_that_the_tables_name(empty):
    await migrations.migrate()

    for table in TABLES:
        rows = await fetch(
            "SELECT column_name, is_nullable = 'YES' AS nullable FROM information_schema.columns"
            " WHERE table_name = $1",
            table._meta.tablename,
        )
        stored = {row["column_name"]: row["nullable"] for row in rows}
        named = {column._meta.db_column_name: column._meta.null for column in table._meta.columns}
        assert {name: stored.get(name) for name in named} == named, table._meta.tablename


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.tablename)
def test_a_uuid_key_is_of_our_own_making_and_no_key_is_counted_by_the_database(table):
    key = table._meta.primary_key

    assert not isinstance(key, Serial)
    assert not isinstance(key, UUID) or key.default is new_id


def foreign_keys() -> list[tuple[str, ast.Call]]:
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", node)
        for path in SOURCES
        if "ForeignKey" in (text := path.read_text())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ForeignKey"
    ]


@pytest.mark.parametrize(("where", "call"), foreign_keys())
def test_a_foreign_key_says_whether_it_may_be_null_and_what_deletion_does(where, call):
    said = {keyword.arg for keyword in call.keywords}

    assert {"null", "on_delete"} <= said, f"{where}: Piccolo's own choice is nullable and CASCADE"


def test_importing_everything_connects_to_nothing():
    program = (
        "import socket\n"
        "def refuse(*_): raise SystemExit('a connection was opened while importing')\n"
        "socket.socket.connect = socket.socket.connect_ex = refuse\n"
        "import api.app, api.worker, api.cli.jobs, storage.piccolo_conf\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env={"PYTHONPATH": ".:sdk/python"}, capture_output=True
    )

    assert done.returncode == 0, done.stderr.decode()
