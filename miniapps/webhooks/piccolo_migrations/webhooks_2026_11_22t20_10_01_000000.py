"""What is due is found by its client, what is ahead by its line; compiled reads have no business with either."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T20:10:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "order, indexes and rights of deliveries"

STATEMENTS = (
    "CREATE SEQUENCE webhook_seq",
    "GRANT USAGE ON SEQUENCE webhook_seq TO app",
    "CREATE INDEX webhook_delivery_of_party ON webhook_delivery (party_id) WHERE party_id IS NOT NULL",
    "CREATE INDEX webhook_delivery_line ON webhook_delivery (client_id, line, seq) WHERE state = 'waiting'",
    "CREATE INDEX webhook_delivery_due ON webhook_delivery (client_id, next_at) WHERE state = 'waiting'",
    "CREATE INDEX webhook_delivery_of_client ON webhook_delivery (client_id, id DESC)",
    "CREATE INDEX webhook_delivery_age ON webhook_delivery (made_at)",
    "REVOKE SELECT ON webhook_address, webhook_delivery FROM plan",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="webhooks", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
