"""A mini-app that writes when nobody sits there names the party by its own subject alone."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T18:31:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "subjects found"

STATEMENTS = (
    "CREATE UNIQUE INDEX consent_of_subject ON consent (app_id, sub)"
    " WHERE withdrawn_at IS NULL AND sub IS NOT NULL",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
