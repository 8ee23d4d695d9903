"""The sweep asks for age alone."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T18:31:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "age of marks"

STATEMENTS = (
    # across parties on purpose, as `notice_age`
    "CREATE INDEX app_mark_age ON app_mark USING brin (told_at)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="notices", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
