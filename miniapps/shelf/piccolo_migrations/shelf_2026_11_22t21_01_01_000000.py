"""What is on the shelf already says by which host app it opens."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T21:01:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "hosts of what is on the shelf"

STATEMENTS = (
    "UPDATE shelf_entry e SET min_host_version = coalesce(v.manifest ->> 'min_host_version', '1.0')"
    " FROM mini_app_version v WHERE v.id = e.version_id",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="shelf", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
