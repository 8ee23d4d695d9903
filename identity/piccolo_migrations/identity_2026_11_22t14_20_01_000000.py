"""Objections are answered, never removed; compiled reads see nothing of their words."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T14:20:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "rights and indexes of objections"

STATEMENTS = (
    "REVOKE DELETE ON access_objection FROM app",
    "REVOKE SELECT ON access_objection FROM plan",
    "CREATE INDEX access_objection_of_department ON access_objection (department_id, id DESC)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
