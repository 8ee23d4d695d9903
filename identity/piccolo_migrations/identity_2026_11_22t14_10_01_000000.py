"""The auditor looks by time: a summary of blocks, which costs those who write nothing."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T14:10:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "looking into the audit by time"

STATEMENTS = ("CREATE INDEX audit_row_time ON audit_row USING brin (at)",)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
