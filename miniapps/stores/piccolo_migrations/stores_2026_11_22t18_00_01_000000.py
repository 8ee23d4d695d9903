"""What finds values that nobody touched for long; who may do what with these rows."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T18:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "index and rights of stores"

STATEMENTS = (
    "CREATE INDEX app_value_untouched ON app_value (app_id, touched_on)",
    "REVOKE SELECT ON app_value, app_store_command FROM plan",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="stores", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
