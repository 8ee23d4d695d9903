"""Each department and team that is bound signs once; versions of before learn their department."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T16:20:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "who is bound"

STATEMENTS = (
    "DROP INDEX mini_app_signature_in_force",
    "CREATE UNIQUE INDEX mini_app_signature_in_force ON mini_app_signature (app, side, signer_id)"
    " WHERE withdrawn_at IS NULL",
    "UPDATE mini_app_version v SET department_id = (SELECT d.id FROM department d"
    " WHERE d.name = v.manifest ->> 'department' ORDER BY d.id LIMIT 1)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="catalog", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
