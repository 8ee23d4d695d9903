"""The two ways an inbox is read, and the way it is swept."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T00:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes of the inbox"

STATEMENTS = (
    "CREATE INDEX notice_newest ON notice (party_id, id DESC)",
    "CREATE INDEX notice_unread ON notice (party_id, id DESC) WHERE read_at IS NULL",
    # across parties on purpose: the sweep asks for age alone, and a block index costs next to nothing
    "CREATE INDEX notice_age ON notice USING brin (told_at)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="notices", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
