"""A manifest that was handed in never changes, and no mini-app is removed: its id never changes hands."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T00:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "least privileges"

STATEMENTS = (
    "REVOKE DELETE ON mini_app FROM app",
    "REVOKE UPDATE, DELETE ON mini_app_version FROM app",
    "GRANT UPDATE (state, reviewed_by, reviewed_at, reason) ON mini_app_version TO app",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="catalog", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
