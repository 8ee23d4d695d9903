"""Commands of before belong to the mini-app in which their case was opened, so that its retries still find them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-23T00:45:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "senders of before"

STATEMENT = (
    "UPDATE case_command SET app_id = case_file.app_id FROM case_file"
    " WHERE case_file.id = case_command.case_id AND case_file.party_id = case_command.party_id"
    " AND case_file.app_id IS NOT NULL AND case_command.app_id = ''"
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="cases", description=DESCRIPTION)

    async def run():
        await execute(STATEMENT)

    manager.add_raw(run)
    return manager
