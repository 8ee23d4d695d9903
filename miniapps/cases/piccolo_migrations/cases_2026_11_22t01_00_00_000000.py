"""What happened to a case is never removed; only a draft is, which nobody has received."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T01:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "least privileges"

STATEMENTS = (
    "REVOKE UPDATE, DELETE ON case_command FROM app",
    "REVOKE DELETE ON case_authorisation, case_clock, case_correction, case_material, case_stop FROM app",
    "REVOKE DELETE ON commitment_bar FROM app",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="cases", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
