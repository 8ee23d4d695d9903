"""What is kept by a consent in force stays; what outlived its consent goes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T21:00:11:000000"
VERSION = "1.38.0"
DESCRIPTION = "values by store"

STATEMENTS = (
    "UPDATE app_value v SET store_id = c.store_id FROM consent c WHERE c.party_id = v.party_id"
    " AND c.app_id = v.app_id AND c.withdrawn_at IS NULL AND c.store_id IS NOT NULL",
    "DELETE FROM app_value v WHERE NOT EXISTS (SELECT FROM consent c WHERE c.party_id = v.party_id"
    " AND c.app_id = v.app_id AND c.withdrawn_at IS NULL AND c.store_id = v.store_id)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="stores", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
