"""Who tries what is a matter of the person and of operators: compiled reads have no business with it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T18:40:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "rights on trials of testers"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="release", description=DESCRIPTION)

    async def run():
        await execute("REVOKE SELECT ON app_trial FROM plan")

    manager.add_raw(run)
    return manager
