"""What waits or was given up is counted and listed without the million that arrived."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-23T00:50:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "index of deliveries that did not arrive"

STATEMENTS = (
    "CREATE INDEX webhook_delivery_open ON webhook_delivery (client_id, state, id DESC) INCLUDE (test)"
    " WHERE state <> 'delivered'",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="webhooks", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
