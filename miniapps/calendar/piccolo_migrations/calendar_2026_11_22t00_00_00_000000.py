"""Notices are only ever added: what a deadline was counted with can always be shown."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T00:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "notices are append-only"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="calendar", description=DESCRIPTION)

    async def run():
        await execute("REVOKE UPDATE, DELETE ON calendar_notice, calendar_day FROM app")

    manager.add_raw(run)
    return manager
