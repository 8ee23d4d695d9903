"""Keys and sign-ins are for the server alone, and what was granted or appointed is ended, never removed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T01:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "least privileges"

STATEMENTS = (
    "REVOKE DELETE ON consent, department, division, party_key, person, signing_key, staff_post FROM app",
    "REVOKE SELECT ON app_token, party_key, session, sign_in_failure, signing_key FROM plan",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
