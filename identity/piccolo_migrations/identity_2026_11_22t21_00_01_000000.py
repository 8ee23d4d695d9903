"""Each consent in force that lets something be kept has a store of its own."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T21:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "stores of living consents"

STATEMENTS = (
    "UPDATE consent SET store_id = id WHERE withdrawn_at IS NULL AND 'storage:keep' = ANY (scopes)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
