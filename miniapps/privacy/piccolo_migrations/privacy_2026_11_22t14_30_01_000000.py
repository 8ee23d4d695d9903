"""Copies are kept on record, and compiled reads see nothing of them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T14:30:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "rights and index of copies"

STATEMENTS = (
    "REVOKE DELETE ON data_export FROM app",
    "REVOKE SELECT ON data_export FROM plan",
    "CREATE INDEX data_export_of_party ON data_export (party_id, id DESC)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="privacy", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
