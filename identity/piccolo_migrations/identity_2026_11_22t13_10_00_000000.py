"""Old wires: look-ups of sweeps, and least privileges; who was switched on is ended, never removed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T13:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "old wires: sweeps and grants"

STATEMENTS = (
    "CREATE INDEX wire_pass_age ON wire_pass (issued_at)",
    "CREATE INDEX wire_seen_age ON wire_seen (at)",
    "REVOKE DELETE ON wire_client FROM app",
    "REVOKE SELECT ON wire_pass, wire_secret, wire_seen FROM plan",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
