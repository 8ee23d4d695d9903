"""What is old is found by its age, and what happens now across all mini-apps."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T16:30:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes by age"

STATEMENTS = (
    "CREATE INDEX app_usage_age ON app_usage (span, at)",
    "CREATE INDEX app_problem_age ON app_problem (last_seen_at)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="insight", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
