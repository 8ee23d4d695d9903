"""People are counted by version, and their marks are nobody's to read."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T21:10:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "people found by version"

STATEMENTS = (
    "CREATE INDEX app_visitor_of_version ON app_visitor (app_id, version)",
    "REVOKE SELECT ON app_visitor FROM plan",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="insight", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
