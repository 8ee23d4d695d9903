"""How a table tells that it changed: triggers of the slices call this function."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T02:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "news of changed tables"

# statement by statement: a transaction tells each table once, at its commit
CHANGED = """
CREATE OR REPLACE FUNCTION notify_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('changed', TG_TABLE_NAME);
    RETURN NULL;
END $$
"""

STATEMENTS = (CHANGED,)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="storage", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
